"""The auditor's pages: who did what, per officer, record and organisation; spot checks; and the guard."""

import datetime as dt
import re
import uuid

import pytest


@pytest.fixture
def audited(world, pictures, jpeg):
    """Norway's officer has brought a picture and looked at it; auditors of Norway, Portugal and the coordinator."""
    from clew.access.actions import enlist_officer
    from clew.access.scope import acting_as
    from clew.catalogue.models import Media

    world.found("CO", kind="coordinator", roles=("auditor",))
    for key, unit in (("NA", "NO"), ("PA", "PT")):
        world.officers[key] = enlist_officer(
            world.units[unit], username=key, name=f"Auditor {key}", roles=["auditor"], password="a long password"
        )
    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    with acting_as(world.officer("NO")):
        media = Media.objects.get()
    browser = world.client("NO")
    assert browser.post(f"/media/{media.id}/reveal/").status_code == 200
    return media, {key: world.client(key) for key in ("NA", "PA", "CO")}


def test_an_auditor_reads_who_saw_what(audited, world):
    media, clients = audited
    text = clients["NA"].get("/audit/").content.decode()
    assert "catalogue:media:reveal" in text
    assert "Officer NO" in text
    assert str(media.id) in text
    by_officer = (
        clients["NA"].get(f"/audit/?officer={world.officer('NO').pk}&verb=catalogue:media:reveal").content.decode()
    )
    assert by_officer.count('<th scope="row">') == 1
    none = clients["NA"].get(f"/audit/?officer={uuid.uuid4()}").content.decode()
    assert "No such entries" in none
    wrong = clients["NA"].get("/audit/?record=nonsense").content.decode()
    assert "not understood" in wrong
    table = clients["NA"].get("/audit/table/?verb=catalogue:media:reveal").content.decode().splitlines()
    assert len(table) == 2
    assert "Officer NO" in table[1]


def test_auditors_of_other_organisations_read_nothing_of_it_and_the_coordinators_read_all(audited, world):
    _media, clients = audited
    foreign = clients["PA"].get("/audit/").content.decode()
    assert "catalogue:media:reveal" not in foreign
    assert "Officer NO" not in foreign
    assert "Officer NO" in clients["CO"].get("/audit/").content.decode()
    activity = f"/audit/officers/{world.officer('NO').pk}/"
    assert clients["PA"].get(activity).status_code == 404
    assert "catalogue:media:reveal" in clients["NA"].get(activity).content.decode()


def test_the_holder_of_a_record_is_told_who_read_it_by_organisation(audited, world):
    media, clients = audited
    assert world.client("PT").post(f"/media/{media.id}/reveal/").status_code == 200
    text = clients["NA"].get(f"/audit/media/{media.id}/").content.decode()
    assert text.count("catalogue:media:reveal") == 2
    assert "Bureau PT" in text
    assert "Officer PT" not in text
    for client in (clients["PA"], clients["CO"]):
        assert client.get(f"/audit/media/{media.id}/").status_code == 404
    assert clients["NA"].get(f"/audit/media/{uuid.uuid4()}/").status_code == 404
    assert clients["NA"].get(f"/audit/verdict/{media.id}/").status_code == 404


def test_a_watched_record_sings_at_its_first_reading_whoever_reads_it(audited, world):
    from clew.access.models import GuardNotice

    media, clients = audited
    page = f"/audit/media/{media.id}/watch/"
    assert clients["PA"].post(page).status_code == 404
    assert clients["NA"].post(page, {"note": "bait"}).status_code == 302
    assert clients["NA"].post(page, {"note": "bait"}).status_code == 409
    assert not GuardNotice.objects.using("service").exists()
    assert world.client("PT").get(f"/media/{media.id}/").status_code == 200
    notice = GuardNotice.objects.using("service").get()
    assert notice.officer_id == world.officer("PT").pk
    for key in ("NA", "PA", "CO"):
        text = clients[key].get("/audit/guard/").content.decode()
        assert "nobody has a reason to read" in text, key
    # Whose officer it is learns that they did, not of which record.
    assert str(media.id) not in clients["PA"].get("/audit/guard/").content.decode()
    assert "1 new notice" in clients["NA"].get("/audit/").content.decode()
    assert clients["NA"].post(f"/audit/guard/{notice.id}/seen/").status_code == 302
    assert clients["NA"].post(f"/audit/guard/{notice.id}/seen/").status_code == 404
    assert "new notice" not in clients["NA"].get("/audit/").content.decode()


def test_who_holds_a_record_too_is_not_betrayed_by_looking_at_it(audited, world, pictures, jpeg):
    """Portugal keeps silent about its own file of the same picture: Norway's auditors learn of it neither from history nor by a canary."""
    from clew.access.models import Canary, GuardNotice

    media, clients = audited
    world.submit("PT", {"same.jpg": jpeg(pictures(1))}, outside="silent")
    for key in ("NA", "PA"):
        # Nor does either learn that the other watches.
        assert clients[key].post(f"/audit/media/{media.id}/watch/").status_code == 302
    assert world.client("PT").post(f"/media/{media.id}/reveal/").status_code == 200
    for key, told, hidden in (("NA", "Bureau NO", "Bureau PT"), ("PA", "Bureau PT", "Bureau NO")):
        text = clients[key].get(f"/audit/media/{media.id}/").content.decode()
        assert text.count("catalogue:media:reveal") == 1, key
        assert told in text
        assert hidden not in text
    planters = set(GuardNotice.objects.using("service").values_list("planter_organisation_id", "owner_organisation_id"))
    portugal = world.organisations["PT"].id
    assert planters == {(portugal, portugal)}
    assert Canary.objects.using("service").count() == 2


def test_a_record_watched_no_more_is_silent(audited, world):
    from clew.access.models import Canary, GuardNotice

    media, clients = audited
    clients["NA"].post(f"/audit/media/{media.id}/watch/")
    canary = Canary.objects.using("service").get()
    removing = f"/audit/canaries/{canary.id}/remove/"
    assert world.confirmed("PA").post(removing).status_code == 404
    assert "reauthenticate" in clients["NA"].post(removing)["Location"]
    assert world.confirmed("NA").post(removing).status_code == 302
    world.client("PT").get(f"/media/{media.id}/")
    assert not GuardNotice.objects.using("service").exists()


def test_a_spot_check_is_drawn_answered_and_signed(audited, world):
    from clew.access.models import SpotCheck

    _media, clients = audited
    today = dt.datetime.now(dt.UTC).date().isoformat()
    drawn = clients["NA"].post("/audit/checks/draw/", {"at_from": today, "at_to": today, "number": 2})
    page = drawn["Location"]
    check = SpotCheck.objects.using("service").get()
    assert len(check.sequences) == 2
    text = clients["NA"].get(page).content.decode()
    assert "2 to answer" in text
    assert clients["NA"].post(f"{page}sign/").status_code == 409
    first, second = check.sequences
    assert clients["NA"].post(f"{page}answer/", {"sequence": first, "finding": "question"}).status_code == 422
    assert (
        clients["NA"].post(f"{page}answer/", {"sequence": first, "finding": "question", "words": "why?"}).status_code
        == 302
    )
    assert clients["NA"].post(f"{page}answer/", {"sequence": second, "finding": "fine"}).status_code == 302
    assert (
        clients["NA"].post(f"{page}answer/", {"sequence": max(check.sequences) + 99, "finding": "fine"}).status_code
        == 404
    )
    assert clients["NA"].post(f"{page}answer/", {"sequence": first, "finding": "whatever"}).status_code == 422
    assert clients["PA"].get(page).status_code == 404
    assert clients["PA"].post(f"{page}sign/").status_code == 404
    assert clients["NA"].post(f"{page}sign/").status_code == 302
    assert clients["NA"].post(f"{page}answer/", {"sequence": second, "finding": "fine"}).status_code == 409
    assert re.search(r"why\?", clients["NA"].get(page).content.decode())


def test_a_spot_check_can_be_drawn_again_from_its_seed(audited):
    from clew.access.models import SpotCheck
    from clew.access.spot_checks import drawn
    from clew.ledger.models import Entry

    _media, clients = audited
    today = dt.datetime.now(dt.UTC).date().isoformat()
    clients["CO"].post("/audit/checks/draw/", {"at_from": today, "at_to": today, "number": 3})
    check = SpotCheck.objects.using("service").get()
    entries = Entry.objects.using("service").filter(at__lt=check.drawn_at, officer_id__isnull=False)
    there = list(entries.exclude(officer_id=check.drawn_by_id).order_by("sequence").values_list("sequence", flat=True))
    assert len(there) == check.drawn_from
    assert drawn(there, check.seed, 3) == check.sequences


def test_nothing_is_drawn_where_nothing_is(audited):
    _media, clients = audited
    draw = {"at_from": "2001-01-01", "at_to": "2001-01-02", "number": 5}
    assert clients["NA"].post("/audit/checks/draw/", draw).status_code == 409
    assert clients["NA"].post("/audit/checks/draw/", {**draw, "number": 5000}).status_code == 422
    assert clients["NA"].post("/audit/checks/draw/", {}).status_code == 422
