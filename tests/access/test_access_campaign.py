"""The yearly campaign: every officer confirmed or ended, whom nobody answers for disabled, and nobody confirming themselves."""

import datetime as dt
import uuid

import pytest

from clew.kernel.clock import frozen_at, now


@pytest.fixture
def campaign(world):
    """An open campaign of Norway with two administrators and two specialists; the coordinator, and Portugal's administrator."""
    from clew.access.actions import enlist_officer
    from clew.access.campaigns import open_campaign

    people = (
        ("A1", "NO", "national_administrator"),
        ("A2", "NO", "national_administrator"),
        ("S2", "NO", "specialist"),
        ("P1", "PT", "national_administrator"),
    )
    for key, unit, role in people:
        world.officers[key] = enlist_officer(
            world.units[unit], username=key, name=key, roles=[role], password="a long password"
        )
    world.found("CO", kind="coordinator", roles=("coordinator",))
    return open_campaign(world.organisations["NO"])


def line_of(world, key):
    from clew.access.models import CampaignLine

    return CampaignLine.objects.using("service").get(officer=world.officer(key))


def is_active(world, key):
    from clew.access.models import Officer

    return Officer.objects.using("service").get(id=world.officer(key).id).is_active


def test_confirmed_officers_stay_ended_ones_go_and_those_unanswered_are_disabled_after_the_deadline(campaign, world):
    from clew.access.campaigns import answer, close_due_campaigns

    answer(world.officer("A1"), line_of(world, "NO").id, is_confirmed=True)
    answer(world.officer("A1"), line_of(world, "A2").id, is_confirmed=True)
    answer(world.officer("A2"), line_of(world, "A1").id, is_confirmed=True)
    assert close_due_campaigns() == 0
    with frozen_at(campaign.answers_until + dt.timedelta(seconds=1)):
        assert close_due_campaigns() == 1
        assert close_due_campaigns() == 0
    assert [is_active(world, key) for key in ("NO", "A1", "A2", "S2")] == [True, True, True, False]
    assert line_of(world, "S2").answer == "lapsed"


def test_whoever_is_ended_is_out_at_once(campaign, world):
    from clew.access.campaigns import AnsweredAlready, answer

    browser = world.client("S2")
    answer(world.officer("A1"), line_of(world, "S2").id, is_confirmed=False)
    assert browser.get("/status/").status_code == 302
    with pytest.raises(AnsweredAlready):
        answer(world.officer("A2"), line_of(world, "S2").id, is_confirmed=True)


def test_nobody_answers_for_themselves_for_another_country_or_too_late(campaign, world):
    from clew.access.campaigns import AnsweredAlready, NotForOneself, answer
    from clew.kernel.errors import NotFound, NotPermitted

    with pytest.raises(NotForOneself):
        answer(world.officer("A1"), line_of(world, "A1").id, is_confirmed=True)
    with pytest.raises(NotFound):
        answer(world.officer("P1"), line_of(world, "NO").id, is_confirmed=True)
    with pytest.raises(NotFound):
        answer(world.officer("A1"), uuid.uuid4(), is_confirmed=True)
    with pytest.raises(NotPermitted):
        answer(world.officer("NO"), line_of(world, "S2").id, is_confirmed=True)
    with frozen_at(campaign.answers_until), pytest.raises(AnsweredAlready):
        answer(world.officer("A1"), line_of(world, "NO").id, is_confirmed=True)


def test_the_coordinator_answers_for_administrators_alone(campaign, world):
    from clew.access.campaigns import answer
    from clew.kernel.errors import NotFound

    answer(world.officer("CO"), line_of(world, "A1").id, is_confirmed=True)
    with pytest.raises(NotFound):
        answer(world.officer("CO"), line_of(world, "NO").id, is_confirmed=True)


def test_it_warns_once_before_it_disables(campaign, world):
    from clew.access.campaigns import close_due_campaigns
    from clew.ledger.models import Entry

    def warnings():
        return Entry.objects.using("service").filter(verb="access:recertification:warn").count()

    close_due_campaigns()
    assert warnings() == 0
    with frozen_at(campaign.answers_until - dt.timedelta(days=6)):
        close_due_campaigns()
        close_due_campaigns()
        assert warnings() == 1
        assert "is disabled: 4 officers" in world.client("A1").get("/people/review/").content.decode()


def test_it_opens_by_itself_after_a_year_and_once(world):
    from clew.access.campaigns import campaigns_due, open_campaign
    from clew.access.tasks import review_rights

    assert not campaigns_due().exists()
    with frozen_at(now() + dt.timedelta(days=366)):
        assert [one.key for one in campaigns_due()] == ["hl", "no", "pt"]
        open_campaign(world.organisations["NO"])
        assert [one.key for one in campaigns_due()] == ["hl", "pt"]
        review_rights(0)
        assert not campaigns_due().exists()


def test_pages_show_progress_to_the_organisation_and_sums_to_the_coordinator(campaign, world):
    admin = world.client("A1")
    assert "0 of 4 answered" in admin.get("/people/review/").content.decode()
    assert admin.post(f"/people/review/{line_of(world, 'S2').id}/", {"answer": "confirm"}).status_code == 302
    assert "1 of 4 answered" in admin.get("/people/review/").content.decode()
    assert admin.post(f"/people/review/{line_of(world, 'A1').id}/", {"answer": "confirm"}).status_code == 403
    assert world.client("P1").post(f"/people/review/{line_of(world, 'NO').id}/", {"answer": "end"}).status_code == 404
    told = world.client("CO").get("/organisations/").content.decode()
    assert "Yearly review" in told
    assert "S2" not in told
    assert "None was opened yet" in world.client("P1").get("/people/review/").content.decode()
