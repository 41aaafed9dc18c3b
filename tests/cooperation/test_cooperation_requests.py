"""Requests for access: asked of whoever lets itself be met, answered by the owner, on record on both sides; a silent owner is never found by trying."""

import datetime as dt
import uuid

import pytest

from clew.kernel.clock import frozen_at, now


@pytest.fixture
def met(world, pictures, jpeg):
    """`met(outside=…)`: Portugal holds a picture, shared with nobody, and Norway brings it too. Norway's match, or None."""

    def make(**rule):
        from clew.access.scope import acting_as
        from clew.intake.models import Match

        world.submit("PT", {"held.jpg": jpeg(pictures(1))}, **rule)
        world.submit("NO", {"met.jpg": jpeg(pictures(1), quality=70)})
        with acting_as(world.officer("NO")):
            return Match.objects.select_related("verdict").first()

    return make


@pytest.fixture
def administrator(world):
    from clew.access.actions import enlist_officer

    made = enlist_officer(
        world.units["PT"], username="pt.admin", name="A", roles=["national_administrator"], password="p"
    )
    world.officers["PT admin"] = made
    return made


def _ask(world, match, **more):
    from clew.cooperation.requests import ask_for_access

    return ask_for_access(world.officer("NO"), match.id, words="A child may be near.", **more)


def _shown(world, match):
    from clew.access.scope import acting_as
    from clew.intake.queries import match_for

    with acting_as(world.officer("NO")):
        return match_for(world.officer("NO"), match.id)


def _state(world, request):
    from clew.access.scope import acting_as
    from clew.cooperation.queries import request_for, task_for

    with acting_as(world.officer("NO")):
        asked = request_for(world.officer("NO"), request.id).state
    with acting_as(world.officer("PT")):
        assert task_for(world.officer("PT"), request.id).state == asked
    return asked


def test_a_granted_request_opens_what_was_met_and_nothing_else(world, met, pictures, jpeg):
    from clew.catalogue.models import Sighting, Submission
    from clew.cooperation.requests import Decision, answer_request

    match = met(outside="contact")
    other = world.submit("PT", {"other.jpg": jpeg(pictures(2))}, reference="C-9")
    assert not _shown(world, match).is_open
    request = _ask(world, match)
    assert _state(world, request) == "open"
    answer_request(world.officer("PT"), request.id, Decision.GRANT)
    assert _state(world, request) == "granted"
    assert _shown(world, match).is_open
    held = Sighting.objects.using("service").get(owner_unit=world.units["PT"], path="held.jpg")
    assert (held.sharing, held.audience_organisations) == ("listed", [world.organisations["NO"].id])
    assert Sighting.objects.using("service").get(submission=other).sharing == "nobody"
    assert set(Submission.objects.using("service").values_list("sharing", flat=True)) == {"nobody"}


def test_a_request_about_a_series_opens_the_series(world, pictures, jpeg, met):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media
    from clew.cooperation.requests import Decision, answer_request
    from clew.intake.models import Match

    officer = world.officer("PT")
    world.submit("PT", {"held.jpg": jpeg(pictures(1))})
    with acting_as(officer):
        series = create_series(officer, "Alder", world.grounds())
        state_membership(officer, series, [Media.objects.get().id], basis="seen")
    world.submit("NO", {"met.jpg": jpeg(pictures(1), quality=70)})
    match = Match.objects.using("service").get(owner_organisation=world.organisations["NO"])
    assert match.series_id == series.id
    request = _ask(world, match)
    answer_request(officer, request.id, Decision.GRANT, words="Here it is.")
    assert _shown(world, match).series == series
    assert "Alder" in world.client("NO").get(f"/series/{series.id}/").content.decode()


@pytest.mark.parametrize(("outside", "named"), [("contact", True), ("existence", False)])
def test_an_owner_that_stays_unnamed_is_asked_all_the_same(world, met, database, outside, named):
    from clew.access.scope import acting_as

    match = met(outside=outside)
    request = _ask(world, match)
    page = world.client("NO").get(f"/requests/{request.id}/").content.decode()
    assert ("Bureau PT" in page) == ("desk@pt.example" in page) == named
    verdict = world.client("NO").get(f"/verdicts/{match.verdict_id}/").content.decode()
    assert ("Bureau PT" in verdict) == named
    assert "Ask for access" in verdict
    # Nor do the asker's rows say it, to whoever runs SQL as the web role.
    with acting_as(world.officer("NO")), database["default"].cursor() as cursor:
        cursor.execute("SELECT r::text FROM cooperation_accessrequest r")
        assert (str(world.units["PT"].id) in cursor.fetchone()[0]) == named
        cursor.execute("SELECT count(*) FROM cooperation_accesstask")
        assert cursor.fetchone() == (0,)
    owner = world.client("PT").get(f"/requests/{request.id}/").content.decode()
    assert "Bureau NO" in owner
    assert "A child may be near." in owner
    assert "Act 1" in owner


def test_what_is_silent_open_foreign_or_absent_cannot_be_asked_for_and_looks_the_same(world, met):
    from clew.catalogue.models import Sighting
    from clew.cooperation.models import AccessTask
    from clew.cooperation.requests import ask_for_access
    from clew.kernel.errors import NotFound

    match = met(outside="contact")
    client = world.client("NO")
    assert client.get(f"/matches/{match.id}/request/").status_code == 200
    answers = []
    for rule in ({"outside": "silent"}, {"sharing": "members"}, {"under_examination": True}):
        Sighting.objects.using("service").filter(owner_unit=world.units["PT"]).update(**rule)
        with pytest.raises(NotFound):
            _ask(world, match)
        answers.append(client.get(f"/matches/{match.id}/request/").status_code)
    with pytest.raises(NotFound):
        ask_for_access(world.officer("NO"), uuid.uuid4(), words="x")
    with pytest.raises(NotFound):
        ask_for_access(world.officer("PT"), match.id, words="x")
    assert answers == [404, 404, 404]
    assert client.get(f"/matches/{uuid.uuid4()}/request/").status_code == 404
    assert not AccessTask.objects.using("service").exists()


def test_a_silent_owner_makes_no_match_that_could_be_asked_about(world, met):
    assert met(outside="silent") is None


def test_asked_twice_it_is_one_and_decided_it_is_decided(world, met):
    from clew.cooperation.requests import Decision, RequestDecided, answer_request

    match = met()
    first, second = _ask(world, match), _ask(world, match)
    assert first == second
    answer_request(world.officer("PT"), first.id, Decision.DECLINE, words="Not yet.")
    assert _state(world, first) == "declined"
    with pytest.raises(RequestDecided):
        answer_request(world.officer("PT"), first.id, Decision.GRANT)
    assert not _shown(world, match).is_open
    assert _ask(world, match) != first


def test_asked_back_the_asker_replies_and_the_owner_has_the_time_again(world, met):
    from clew.access.scope import acting_as
    from clew.cooperation.queries import task_for, words_of
    from clew.cooperation.requests import Decision, RequestDecided, answer_back, answer_request
    from clew.kernel.errors import InputRefused

    request = _ask(world, met())
    with pytest.raises(RequestDecided):
        answer_back(world.officer("NO"), request.id, words="Nobody asked.")
    with pytest.raises(InputRefused, match="Words are needed"):
        answer_request(world.officer("PT"), request.id, Decision.ASK_BACK)
    answer_request(world.officer("PT"), request.id, Decision.ASK_BACK, words="Which case?")
    assert _state(world, request) == "asked back"
    with frozen_at(now() + dt.timedelta(days=3)):
        answer_back(world.officer("NO"), request.id, words="C-1.")
    assert _state(world, request) == "open"
    for key in ("NO", "PT"):
        with acting_as(world.officer(key)):
            written = [(one.by_owner, one.words) for one in words_of(world.officer(key), request.id)]
        assert written == [(False, "A child may be near."), (True, "Which case?"), (False, "C-1.")]
    with acting_as(world.officer("PT")):
        assert task_for(world.officer("PT"), request.id).answer_by == (now() + dt.timedelta(days=10)).date()
    with acting_as(world.officer("HL")):
        from clew.cooperation.models import RequestWords

        assert RequestWords.objects.count() == 0


def test_who_may_not_answer_cannot(world, met, administrator):
    from clew.cooperation.requests import Decision, answer_request
    from clew.kernel.errors import NotFound, NotPermitted

    request = _ask(world, met())
    with pytest.raises(NotFound):
        answer_request(world.officer("NO"), request.id, Decision.GRANT)
    with pytest.raises(NotPermitted):
        answer_request(world.officer("HL"), request.id, Decision.GRANT)
    # The unit's administrator may: it is their own unit.
    answer_request(administrator, request.id, Decision.GRANT)


def test_silence_brings_it_before_the_national_administrator_once(world, met, administrator):
    from clew.access.actions import enlist_officer, set_up_unit
    from clew.cooperation.requests import escalate_overdue
    from clew.ledger.models import Entry

    elsewhere = set_up_unit(
        world.organisations["PT"], name="Head office", contact_email="a@pt.example", contact_phone="1"
    )
    world.officers["head"] = enlist_officer(
        elsewhere, username="pt.head", name="H", roles=["national_administrator"], password="p"
    )
    request = _ask(world, met())
    head = world.client("head")
    assert head.get(f"/requests/{request.id}/").status_code == 404
    with frozen_at(now() + dt.timedelta(days=7)):
        assert escalate_overdue() == 0
    with frozen_at(now() + dt.timedelta(days=8)):
        assert escalate_overdue() == 1
        assert escalate_overdue() == 0
        head = world.client("head")
        assert "Overdue" in head.get(f"/requests/{request.id}/").content.decode()
        assert "left it unanswered" in head.get("/requests/").content.decode()
    entries = Entry.objects.using("service").filter(verb="cooperation:request:escalate")
    assert {entry.organisation_id for entry in entries} == {world.organisations[key].id for key in ("NO", "PT")}


def test_both_sides_have_every_step_on_record(world, met):
    from clew.cooperation.requests import Decision, answer_request
    from clew.ledger.models import Entry

    request = _ask(world, met(), purpose="forensic-analysis", legal_basis="Act 7")
    answer_request(world.officer("PT"), request.id, Decision.DECLINE, words="No.")
    for key, own, other in (
        ("NO", "cooperation:request:create", "cooperation:request:answer"),
        ("PT", "cooperation:request:answer", "cooperation:request:create"),
    ):
        entries = Entry.objects.using("service").filter(
            organisation_id=world.organisations[key].id, subject_id=request.id
        )
        named = {entry.verb: entry.officer_id for entry in entries}
        assert named == {own: world.officer(key).id, other: None}
    asked = Entry.objects.using("service").filter(verb="cooperation:request:create").first()
    assert (asked.facts["purpose"], asked.facts["legal_basis"]) == ("forensic-analysis", "Act 7")


def test_a_grant_that_would_open_nothing_is_refused(world, met):
    from clew.catalogue.models import Sighting
    from clew.cooperation.requests import Decision, answer_request
    from clew.kernel.errors import InputRefused

    request = _ask(world, met())
    held = Sighting.objects.using("service").filter(owner_unit=world.units["PT"])
    held.update(denied_organisations=[world.organisations["NO"].id])
    with pytest.raises(InputRefused, match="would still not see it"):
        answer_request(world.officer("PT"), request.id, Decision.GRANT)
    assert held.get().sharing == "nobody"
    assert _state(world, request) == "open"


def test_who_is_not_cleared_for_it_grants_nothing(world, pictures, jpeg):
    """They see the picture that was met, and not the series it is in, which is marked higher: that is not theirs to share."""
    from clew.access.models import Officer
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media, Series
    from clew.cooperation.requests import Decision, answer_request
    from clew.intake.models import Match
    from clew.kernel.errors import InputRefused

    officer = world.officer("PT")
    world.submit("PT", {"held.jpg": jpeg(pictures(1))})
    with acting_as(officer):
        series = create_series(officer, "Alder", world.grounds(confidentiality="confidential"))
        state_membership(officer, series, [Media.objects.get().id], basis="seen")
    world.submit("NO", {"met.jpg": jpeg(pictures(1), quality=70)})
    request = _ask(world, Match.objects.using("service").get(owner_organisation=world.organisations["NO"]))
    officers = Officer.objects.using("service").filter(id=officer.id)
    officers.update(clearance="restricted")
    with pytest.raises(InputRefused, match="not cleared"):
        answer_request(officers.get(), request.id, Decision.GRANT)
    assert Series.objects.using("service").get().sharing == "nobody"
    officers.update(clearance="confidential")
    answer_request(officers.get(), request.id, Decision.GRANT)
    assert _state(world, request) == "granted"


def test_a_grant_writes_over_no_rule_that_was_changed_at_the_same_moment(world, met):
    import threading
    import time

    from django.db import connections, transaction

    from clew.catalogue.models import Sighting
    from clew.cooperation.requests import Decision, answer_request

    other = world.found("SE").organisation_id
    request = _ask(world, met())

    def grant():
        try:
            answer_request(world.officer("PT"), request.id, Decision.GRANT)
        finally:
            connections.close_all()

    granting = threading.Thread(target=grant)
    held = Sighting.objects.using("service").filter(owner_unit=world.units["PT"])
    with transaction.atomic(using="service"):
        held.update(sharing="listed", audience_organisations=[other])
        granting.start()
        # Long enough for the grant to come to the row that is being changed.
        time.sleep(1)
    granting.join()
    assert set(held.get().audience_organisations) == {other, world.organisations["NO"].id}


def test_through_the_pages(world, met):
    match = met()
    asker, owner = world.client("NO"), world.client("PT")
    assert "Your request goes to" in asker.get(f"/matches/{match.id}/request/").content.decode()
    asked = asker.post(
        f"/matches/{match.id}/request/",
        {"words": "Please.", "purpose": "victim-identification", "legal_basis": "Act 1"},
    )
    address = asked["Location"]
    assert "they ask for access" in owner.get("/alerts/").content.decode()
    assert "Bureau NO" in owner.get("/requests/").content.decode()
    assert "Bureau PT" in asker.get("/requests/").content.decode()
    assert owner.post(f"{address}answer/", {"decision": "perhaps"}).status_code == 422
    assert owner.post(f"{address}answer/", {"decision": "ask back", "words": "Why?"}).status_code == 302
    assert asker.post(f"{address}reply/", {"words": "Because."}).status_code == 302
    assert owner.post(f"{address}answer/", {"decision": "grant"}).status_code == 302
    assert "Granted" in asker.get(address).content.decode()
    assert "Side by side" in asker.get(f"/verdicts/{match.verdict_id}/").content.decode()


def test_through_the_api(world, met):
    from django.test import Client

    from clew.access.keys import create_key

    match = met(outside="existence")

    def call(key, method, path, body=None):
        headers = {"Authorization": f"Bearer {create_key(world.officer(key), 'x')}"}
        return getattr(Client(), method)(f"/api/v1{path}", body, content_type="application/json", headers=headers)

    told = call("NO", "get", f"/submissions/{match.verdict.submission_id}/verdicts").json()["results"][0]["matches"][0]
    assert (told["id"], told["level"], told["owner"]) == (str(match.id), "existence", None)
    made = call("NO", "post", "/requests", {"match_id": told["id"], "words": "Please."}).json()
    assert call("NO", "get", "/requests").json()["made"][0]["asked_of"] is None
    assert call("PT", "get", "/requests").json()["to_answer"][0]["id"] == made["id"]
    assert (
        call("PT", "post", f"/requests/{made['id']}/answer", {"decision": "ask back", "words": "Why?"}).status_code
        == 200
    )
    assert call("NO", "post", f"/requests/{made['id']}/reply", {"words": "Because."}).status_code == 200
    assert call("PT", "post", f"/requests/{made['id']}/answer", {"decision": "grant"}).status_code == 200
    read = call("NO", "get", f"/requests/{made['id']}").json()
    assert (read["state"], read["asked_of"], len(read["words"])) == ("granted", "Unit, Bureau PT", 3)
    assert call("NO", "get", f"/requests/{uuid.uuid4()}").status_code == 404
    assert call("NO", "post", "/requests", {"match_id": told["id"], "words": "Again."}).status_code == 404
