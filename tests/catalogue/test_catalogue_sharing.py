"""The owner's rule, changed at any time: at once for pages, pictures, answers and what was told before; and nobody hands on what another brought."""

import datetime as dt
import uuid

import pytest


@pytest.fixture
def held(world, pictures, jpeg):
    """A series of Norway's with one picture, all shared with all members; what Portugal was told when it brought the same one; Sweden."""
    from types import SimpleNamespace

    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media
    from clew.intake.models import ReceivedFile

    world.found("SE")
    officer = world.officer("NO")
    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    with acting_as(officer):
        series = create_series(officer, "Blue sofa", world.grounds(sharing="members"))
        media = Media.objects.get()
        state_membership(officer, series, [media.id], basis="seen")
    asked = world.submit("PT", {"b.jpg": jpeg(pictures(1), quality=70)})
    with acting_as(world.officer("PT")):
        file = ReceivedFile.objects.get(submission=asked)
    return SimpleNamespace(submission=submission, series=series, media=media, asked=asked, file=file)


def _rule(**changes):
    from clew.catalogue.sharing import Rule

    return Rule(**{"confidentiality": "restricted", "sharing": "members", "outside": "contact", **changes})


def _change(world, held, key="NO", **changes):
    """Series and submission under the same new rule."""
    from clew.catalogue.sharing import change_rule

    for kind, row in (("submission", held.submission), ("series", held.series)):
        change_rule(world.officer(key), kind, row.id, _rule(**changes))


def _openings(world, held, key):
    """What of Norway's an officer reaches by each door: status of series, media and picture; then what the match says."""
    client = world.client(key)
    doors = [
        client.get(f"/series/{held.series.id}/").status_code,
        client.get(f"/media/{held.media.id}/").status_code,
        client.post(f"/media/{held.media.id}/reveal/").status_code,
    ]
    if key != "PT":
        return doors
    page = client.get(f"/verdicts/{held.file.id}/").content.decode()
    shown = "Side by side" in page, "desk@no.example" in page, "Something is held" in page
    return doors, shown


def _told(world, held):
    """What a check answers Portugal: verdict and level of each match."""
    from clew.catalogue.models import Digests
    from clew.intake.actions import check
    from clew.intake.fingerprints import Fingerprint

    sha256 = bytes(Digests.objects.using("service").get(media=held.media).sha256)
    (answer,) = check(world.officer("PT"), [Fingerprint(digests={"sha256": sha256})])
    return answer.kind.value, [hit.level.value for hit in answer.hits]


@pytest.mark.parametrize(
    ("changes", "shown", "told"),
    [
        ({}, (True, True, False), ("known", ["full"])),
        ({"sharing": "nobody"}, (False, True, True), ("known", ["contact"])),
        ({"sharing": "nobody", "outside": "existence"}, (False, False, True), ("known", ["existence"])),
        ({"sharing": "nobody", "outside": "silent"}, (False, False, False), ("new", [])),
        ({"sharing": "listed", "release_only": True, "to": "SE"}, (False, False, False), ("new", [])),
        ({"denied": "PT"}, (False, False, False), ("new", [])),
        ({"sharing": "listed", "release_only": True, "to": "PT"}, (True, True, False), ("known", ["full"])),
    ],
)
def test_a_change_counts_at_once_behind_every_door(world, held, changes, shown, told):
    assert _openings(world, held, "PT") == ([200, 200, 200], (True, True, False))
    names = {key: [world.organisations[value].id] for key, value in changes.items() if key in {"to", "denied"}}
    rule = {key: value for key, value in changes.items() if key not in {"to", "denied"}}
    _change(
        world,
        held,
        **rule,
        audience_organisations=names.get("to", []),
        denied_organisations=names.get("denied", []),
    )
    status = 200 if shown[0] else 404
    assert _openings(world, held, "PT") == ([status, status, status], shown)
    assert _told(world, held) == told
    assert _openings(world, held, "NO") == [200, 200, 200]
    _change(world, held)
    assert _openings(world, held, "PT") == ([200, 200, 200], (True, True, False))


def test_what_is_told_of_a_file_one_holds_oneself_ends_with_the_sharing_too(world, pictures, jpeg):
    """The very same bytes: the media stays visible, since it is one's own; whose else it is does not."""
    from clew.access.scope import acting_as
    from clew.catalogue.sharing import change_rule
    from clew.intake.queries import shown_matches, verdicts_of

    content = jpeg(pictures(1))
    brought = world.submit("NO", {"a.jpg": content}, sharing="members")
    asked = world.submit("PT", {"b.jpg": content})
    officer = world.officer("PT")

    def levels():
        with acting_as(officer):
            return [
                shown.level for found in shown_matches(officer, verdicts_of(officer, asked)).values() for shown in found
            ]

    assert levels() == ["full"]
    change_rule(world.officer("NO"), "submission", brought.id, _rule(sharing="nobody", outside="existence"))
    assert levels() == ["existence"]
    change_rule(world.officer("NO"), "submission", brought.id, _rule(sharing="nobody", outside="silent"))
    assert levels() == []


def test_under_examination_it_is_used_by_nobody_and_its_owner_sees_why(world, held):
    from clew.catalogue.models import Series, Sighting

    for rows in (Series.objects.using("service"), Sighting.objects.using("service").filter(submission=held.submission)):
        rows.update(under_examination=True)
    assert _openings(world, held, "PT") == ([404, 404, 404], (False, False, False))
    assert _told(world, held) == ("new", [])
    own = world.client("NO")
    for page in (f"/series/{held.series.id}/", f"/media/{held.media.id}/"):
        assert "Under examination" in own.get(page).content.decode()


def test_a_case_takes_its_submissions_with_it_and_the_change_is_on_record(world, held):
    from clew.catalogue.models import Sighting, Submission
    from clew.catalogue.sharing import change_rule
    from clew.ledger.models import Entry

    denied = world.organisations["SE"].id
    change_rule(world.officer("NO"), "case", held.submission.case_id, _rule(denied_organisations=[denied]))
    assert Submission.objects.using("service").get(id=held.submission.id).denied_organisations == [denied]
    assert Sighting.objects.using("service").get(submission=held.submission).denied_organisations == [denied]
    entry = Entry.objects.using("service").get(verb="catalogue:rule:change")
    assert (entry.subject_id, entry.facts["denied_organisations"]) == (held.submission.case_id, [str(denied)])


def test_who_is_denied_a_series_is_denied_its_media_too(world, held):
    from clew.catalogue.sharing import change_rule

    change_rule(
        world.officer("NO"), "series", held.series.id, _rule(denied_organisations=[world.organisations["PT"].id])
    )
    assert _openings(world, held, "PT")[0] == [404, 404, 404]
    assert _openings(world, held, "SE") == [200, 200, 200]


def test_an_aggregate_takes_the_highest_confidentiality_of_what_is_in_it(world, held, pictures, jpeg):
    from clew.access.scope import acting_as
    from clew.catalogue.models import Case, Media, Series
    from clew.catalogue.sharing import change_rule

    officer = world.officer("NO")

    def markings():
        series = Series.objects.using("service").get()
        return Case.objects.using("service").get(owner_unit=officer.unit_id).confidentiality, series.confidentiality

    assert markings() == ("restricted", "restricted")
    change_rule(officer, "submission", held.submission.id, _rule(confidentiality="confidential"))
    assert markings() == ("confidential", "confidential")
    change_rule(officer, "series", held.series.id, _rule(confidentiality="official"))
    assert markings() == ("confidential", "confidential")
    change_rule(officer, "case", held.submission.case_id, _rule(confidentiality="official"))
    change_rule(officer, "series", held.series.id, _rule(confidentiality="official"))
    assert markings() == ("official", "official")
    world.submit("NO", {"c.jpg": jpeg(pictures(2))}, confidentiality="restricted")
    assert markings() == ("restricted", "official")
    with acting_as(officer):
        from clew.catalogue.actions import state_membership

        (other,) = Media.objects.exclude(id=held.media.id).filter(sightings__owner_unit=officer.unit_id)
        state_membership(officer, held.series, [other.id], basis="seen")
    assert markings() == ("restricted", "restricted")


def test_only_the_owner_changes_a_rule(world, held):
    from clew.access.actions import enlist_officer, set_up_unit
    from clew.catalogue.sharing import change_rule
    from clew.kernel.errors import NotFound, NotPermitted

    norway = world.organisations["NO"]
    elsewhere = set_up_unit(norway, name="Second", contact_email="b@no.example", contact_phone="1")
    second = enlist_officer(
        elsewhere,
        username="no.second",
        name="S",
        roles=["specialist"],
        password="p",
        certified_until=dt.date(2200, 1, 1),
    )
    head = enlist_officer(elsewhere, username="no.head", name="H", roles=["national_administrator"], password="p")
    for officer, error in ((world.officer("PT"), NotFound), (second, NotFound), (world.officer("HL"), NotPermitted)):
        with pytest.raises(error):
            change_rule(officer, "series", held.series.id, _rule())
    with pytest.raises(NotFound):
        change_rule(world.officer("NO"), "series", uuid.uuid4(), _rule())
    change_rule(head, "series", held.series.id, _rule(sharing="nobody"))


def test_a_rule_that_nobody_can_mean_is_refused(world, held):
    from clew.access.models import Officer
    from clew.catalogue.sharing import change_rule
    from clew.kernel.errors import InputRefused

    officer = world.officer("NO")
    for changes, words in (
        ({"sharing": "nobody", "release_only": True}, "nobody is named"),
        ({"audience_organisations": [uuid.uuid4()]}, "organisation that was named is not known"),
        ({"denied_organisations": [uuid.uuid4()]}, "organisation that was named is not known"),
        ({"audience_groups": [uuid.uuid4()]}, "group that was named is not known"),
        ({"audience_organisations": [world.organisations["HL"].id]}, "Providers receive lists, never records"),
    ):
        with pytest.raises(InputRefused, match=words):
            change_rule(officer, "series", held.series.id, _rule(**changes))
    Officer.objects.using("service").filter(id=officer.id).update(clearance="restricted")
    officer.refresh_from_db()
    with pytest.raises(InputRefused, match="not cleared"):
        change_rule(officer, "series", held.series.id, _rule(confidentiality="confidential"))


def test_the_page_of_the_rule(world, held):
    client, address = world.client("NO"), f"/series/{held.series.id}/rule/"
    assert address in client.get(f"/series/{held.series.id}/").content.decode()
    assert "Put it in force" in client.get(address).content.decode()
    stated = {"confidentiality": "restricted", "sharing": "nobody", "outside": "silent"}
    assert client.post(address, {**stated, "sharing": "listed"}).status_code == 422
    assert client.post(address, stated).status_code == 302
    assert world.client("PT").get(f"/series/{held.series.id}/").status_code == 404
    assert world.client("PT").get(address).status_code == 404
    for kind, id_ in (("submissions", held.submission.id), ("cases", held.submission.case_id)):
        assert client.post(f"/{kind}/{id_}/rule/", stated).status_code == 302


def test_the_rule_through_the_api(world, held):
    from django.test import Client

    from clew.access.keys import create_key

    def put(key, kind, id_, **changes):
        headers = {"Authorization": f"Bearer {create_key(world.officer(key), 'x')}"}
        body = {"confidentiality": "restricted", "sharing": "nobody", "outside": "silent", **changes}
        return Client().put(f"/api/v1/{kind}/{id_}/rule", body, content_type="application/json", headers=headers)

    assert put("PT", "series", held.series.id).status_code == 404
    assert put("NO", "series", held.series.id, outside="perhaps").status_code == 422
    for kind, id_ in (
        ("series", held.series.id),
        ("submissions", held.submission.id),
        ("cases", held.submission.case_id),
    ):
        assert put("NO", kind, id_).json()["outside"] == "silent"
    assert _openings(world, held, "PT")[0] == [404, 404, 404]


def test_nobody_hands_on_what_another_brought(world, held, pictures, jpeg):
    """Portugal sees Norway's picture and places it in a series of its own, shared with all: Sweden sees the series, and nothing in it."""
    from django.db import ProgrammingError

    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Membership
    from clew.intake.actions import check
    from clew.intake.fingerprints import fingerprint_of
    from clew.intake.pipeline import process_jail
    from clew.kernel.errors import NotFound
    from clew.kernel.ids import new_id

    _change(world, held, sharing="listed", release_only=True, audience_organisations=[world.organisations["PT"].id])
    officer = world.officer("PT")
    with acting_as(officer):
        series = create_series(officer, "Ours", world.grounds(sharing="members"))
        state_membership(officer, series, [held.media.id], basis="seen")
    swede = world.client("SE")
    assert str(held.media.id) not in swede.get(f"/series/{series.id}/").content.decode()
    assert swede.get(f"/media/{held.media.id}/").status_code == 404
    asked = fingerprint_of(jpeg(pictures(1)), jail=process_jail())
    (answer,) = check(world.officer("SE"), [asked])
    assert world.organisations["NO"].id not in {hit.holder_organisation_id for hit in answer.hits}
    assert held.media.id not in {hit.candidate.media_id for hit in answer.hits}
    # The database refuses the claim that it is one's own to show.
    row = {"stated_by_unit_id": officer.unit_id, "stated_by": officer, "basis": "x", "opens_media": True}
    other = create_series_of(officer, world)
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(officer):
        Membership.objects.bulk_create([Membership(id=new_id(), series=other, media_id=held.media.id, **row)])
    with pytest.raises(NotFound), acting_as(officer):
        state_membership(officer, other, [uuid.uuid4()], basis="guessed")
    # Once it has brought the same bytes itself, it shows what is its own.
    world.submit("PT", {"own.jpg": jpeg(pictures(1))}, reference="C-2")
    assert swede.get(f"/media/{held.media.id}/").status_code == 200


def create_series_of(officer, world):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series

    with acting_as(officer):
        return create_series(officer, "Another", world.grounds())


def test_an_officer_who_is_not_cleared_sees_nothing_of_it_in_their_own_unit_either(world, pictures, jpeg):
    from clew.access.actions import enlist_officer
    from clew.access.models import Officer
    from clew.access.scope import acting_as
    from clew.catalogue.models import Media, Sighting, Submission
    from clew.intake.models import Match, ReceivedFile, Verdict

    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))}, confidentiality="confidential")
    low = enlist_officer(
        world.units["NO"],
        username="no.low",
        name="L",
        roles=["specialist"],
        password="p",
        certified_until=dt.date(2200, 1, 1),
    )
    Officer.objects.using("service").filter(id=low.id).update(clearance="restricted")
    world.officers["low"] = low
    for officer, count in ((world.officer("NO"), 1), (low, 0)):
        with acting_as(officer):
            for model in (Submission, Sighting, Media, ReceivedFile, Verdict):
                assert model.objects.count() == count, model
            assert Match.objects.count() == 0
    assert world.client("NO").get(f"/submissions/{submission.id}/").status_code == 200
    assert world.client("low").get(f"/submissions/{submission.id}/").status_code == 404


def test_a_submission_is_told_with_its_case_and_none_is_added_to_a_case_above_ones_clearance(
    world, held, pictures, jpeg
):
    """A colleague's submission has raised the case: who is not cleared for that reads neither, and learns why nothing more fits in."""
    from clew.access.models import Officer
    from clew.access.scope import acting_as
    from clew.catalogue.actions import CaseAboveClearance
    from clew.catalogue.models import Submission
    from clew.intake.queries import submission_for, submissions_of
    from clew.kernel.errors import NotFound

    officers = Officer.objects.using("service").filter(id=world.officer("NO").id)
    reference = held.submission.case.reference
    assert held.submission.confidentiality == "restricted"
    world.submit("NO", {"c.jpg": jpeg(pictures(2))}, reference=reference, confidentiality="confidential")
    officers.update(clearance="restricted")
    world.officers["NO"] = officer = officers.get()
    with acting_as(officer):
        assert Submission.objects.filter(id=held.submission.id).exists()
        assert not submissions_of(officer).exists()
        with pytest.raises(NotFound):
            submission_for(officer, held.submission.id)
    assert world.client("NO").get(f"/submissions/{held.submission.id}/").status_code == 404
    with pytest.raises(CaseAboveClearance):
        world.submit("NO", {"d.jpg": jpeg(pictures(3))}, reference=reference)
    assert world.submit("NO", {"d.jpg": jpeg(pictures(3))}, reference="C-2").case.reference == "C-2"
