"""Pages of schemes and votes, and what is said on the page of a media: shown side by side, confirmed, withdrawn, and shut to strangers."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

GROUNDS = "The profile of our force, edition of 2026."


@pytest.fixture
def seized(world, pictures, jpeg):
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    return Media.objects.using("service").get().id


@pytest.fixture
def administrator(world):
    from clew.access.actions import enlist_officer

    world.officers["A"] = enlist_officer(
        world.units["NO"],
        username="no.admin",
        name="Admin",
        roles=("national_administrator",),
        password="a long password",
    )
    return world.client("A")


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_scheme_has_its_page_with_definitions_and_losses(world):
    from clew.review.schemes import all_schemes

    client = world.client("NO")
    listed = client.get("/review/schemes/").content.decode()
    for scheme in all_schemes():
        address = f"/review/schemes/{scheme.key}/{scheme.version}/"
        assert address in listed
        text = client.get(address).content.decode()
        for code in scheme.codes:
            assert f"<td>{code.label}" in text.replace("&#x27;", "'")
    assert "The US scheme does not separate A, B and C." in _text(client.get("/review/schemes/vic-us/2/"))
    assert client.get("/review/schemes/uk/1900/").status_code == 404


def test_the_administrator_confirms_and_withdraws_and_the_specialist_is_offered_neither(world, administrator):
    from clew.review.models import SchemeConfirmation
    from clew.review.schemes import scheme_of

    page, digest = "/review/schemes/caid/1/", scheme_of("caid").digest
    specialist = world.client("NO")
    assert "confirm/" not in specialist.get(page).content.decode()
    assert specialist.post(f"{page}confirm/", {"digest": digest, "grounds": GROUNDS}).status_code == 403
    assert digest in administrator.get(page).content.decode()
    assert administrator.post(f"{page}confirm/", {"digest": digest, "grounds": GROUNDS}).status_code == 302
    assert GROUNDS in _text(specialist.get(page))
    made = SchemeConfirmation.objects.using("service").get()
    assert administrator.post(f"/review/confirmations/{made.id}/withdraw/").status_code == 302
    assert "Nobody decides in them" in _text(specialist.get(page))


def test_the_desk_is_chosen_on_the_page(world, administrator):
    from clew.review.schemes import desk_schemes

    chosen = {"first": "ncmec/1", "also": ["baseline/1", "ncmec/1"]}
    assert administrator.post("/review/schemes/choose/", chosen).status_code == 302
    assert [one.key for one in desk_schemes(world.officer("NO"))] == ["ncmec", "baseline"]
    assert administrator.post("/review/schemes/choose/", {"first": "nonsense"}).status_code == 422


def test_a_taxonomy_is_brought_on_the_page_and_seen_by_its_organisation_alone(world, administrator):
    table = b"id,parent,section,label,definition,version,languages\nroom,,Elements,Room,A room.,3.1,en\n"

    def bring(content):
        sent = {"key": "own", "title": "Own labels", "file": SimpleUploadedFile("own.csv", content)}
        return administrator.post("/review/taxonomies/bring/", sent)

    refused = bring(table + b"x,nowhere,Elements,X,An x.,3.1,en\n")
    assert refused.status_code == 422
    assert "at line 3" in refused.content.decode()
    assert bring(table)["Location"] == "/review/taxonomies/own/3.1/"
    assert "Own labels" in world.client("NO").get("/review/taxonomies/own/3.1/").content.decode()
    assert world.client("PT").get("/review/taxonomies/own/3.1/").status_code == 404
    assert administrator.post("/review/taxonomies/bring/", {"key": "own", "title": "x"}).status_code == 422


def test_a_media_shows_what_is_said_side_by_side_with_disagreement_and_loss(world, seized):
    from clew.review.deciding import decide

    decide(world.officer("NO"), [seized], code="A")
    decide(world.officer("PT"), [seized], code="B")
    decide(world.officer("PT"), [seized], scheme="sar", code="4")
    decide(world.officer("PT"), [seized], scheme="rooms", code="bedroom")
    text = _text(world.client("NO").get(f"/media/{seized}/"))
    assert "A , UK categories A, B, C (said in your scheme by your organisation)" in text
    assert text.count("Not agreed") == 3
    assert "Officer NO , Unit, Bureau NO" in text
    assert "Officer PT" not in text
    assert "UK A does not separate penetration from sadism and animals." in text
    assert "sar-uk/4 version 1" in text
    assert "Bedroom" in text
    assert text.count("withdraw") == 1


def test_who_is_asked_to_vote_sees_nothing_of_others_on_any_page_before_they_have(world, seized):
    from clew.review.deciding import decide

    norway, portugal = world.client("NO"), world.client("PT")
    decide(world.officer("NO"), [seized], scheme="baseline", code="yes")
    call = norway.post(f"/review/media/{seized}/votes/", {"rule": "baseline"})["Location"]
    shown = _text(portugal.get(f"/media/{seized}/"))
    assert "judge this without knowing" in shown
    assert "Decided" not in shown
    assert "You have not voted" in _text(portugal.get("/review/votes/"))
    assert "Baseline : 1 for" not in _text(portugal.get(call))
    assert "Baseline : 1 for" in _text(norway.get(call))
    decide(world.officer("PT"), [seized], scheme="baseline", code="no")
    assert "Disputed" in _text(portugal.get(call))
    assert "Disputed" in _text(norway.get("/review/votes/"))


def test_votes_are_confirmed_and_undone_on_the_pages_by_two_people(world, seized, administrator):
    from clew.access.approvals import decide as answer
    from clew.access.models import Approval
    from clew.review.deciding import decide

    norway = world.confirmed("NO")
    call = norway.post(f"/review/media/{seized}/votes/", {"rule": "baseline"})["Location"]
    for key in ("NO", "PT"):
        decide(world.officer(key), [seized], scheme="baseline", code="yes")

    def granted(address):
        assert norway.post(f"{address}ask/", {"reason": "Two countries looked at it."}).status_code == 302
        asked = Approval.objects.using("service").get(state="waiting")
        answer(world.officer("A"), asked.id, digest=bytes(asked.request_digest), grant=True)

    assert norway.post(f"{call}confirm/").status_code == 403
    granted(call)
    assert "by exactly these votes" in _text(norway.get(call))
    confirmed = norway.post(f"{call}confirm/")["Location"]
    assert "Confirmed by votes" in _text(world.client("PT").get(f"/media/{seized}/"))
    assert "Undone" not in _text(norway.get(confirmed))
    granted(confirmed)
    assert norway.post(f"{confirmed}undo/").status_code == 302
    assert "Undone" in _text(norway.get(confirmed))
    assert "Confirmed by votes" not in _text(norway.get(f"/media/{seized}/"))


def test_a_statement_is_withdrawn_on_its_page_by_its_officer_alone(world, seized):
    from clew.review.deciding import decide
    from clew.review.models import Statement

    decide(world.officer("NO"), [seized], code="A")
    page = f"/review/statements/{Statement.objects.using('service').get().id}/withdraw/"
    assert world.client("PT").get(page).status_code == 404
    norway = world.client("NO")
    assert norway.get(page).status_code == 200
    assert norway.post(page, {"reason": "short"}).status_code == 422
    assert norway.post(page, {"reason": "It was another picture."}).status_code == 302
    assert norway.get(page).status_code == 404
    assert "Nothing is said of it" in _text(norway.get(f"/media/{seized}/"))


def test_a_call_is_closed_by_those_who_made_it_alone(world, seized):
    norway = world.client("NO")
    call = norway.post(f"/review/media/{seized}/votes/", {"rule": "baseline"})["Location"]
    assert world.client("PT").post(f"{call}close/", {"reason": "It was a mistake, I think."}).status_code == 404
    assert norway.post(f"{call}close/", {"reason": "It was a mistake, I think."}).status_code == 302
    assert "Closed" in _text(norway.get(call))
