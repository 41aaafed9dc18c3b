"""Pages of the catalogue: series and media as far as they are shared; pictures one at a time, each look on record."""

import uuid

import pytest


@pytest.fixture
def held(world, pictures, jpeg):
    """A series of Norway's, shared with all members, with one picture; and a media in none, shared with nobody."""
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    officer = world.officer("NO")
    with acting_as(officer):
        series = create_series(officer, "Blue sofa", world.grounds(sharing="members"), summary="A room.")
        shared = Media.objects.get()
        state_membership(officer, series, [shared.id], basis="seen")
    world.submit("NO", {"b.jpg": jpeg(pictures(2))}, reference="C-2")
    with acting_as(officer):
        own = Media.objects.exclude(id=shared.id).get()
    return series, shared, own


def test_a_shared_series_is_listed_and_read_by_others(world, held):
    series, shared, own = held
    client = world.client("PT")
    assert "Blue sofa" in client.get("/series/").content.decode()
    page = client.get(f"/series/{series.id}/").content.decode()
    assert str(shared.id) in page
    assert "desk@no.example" in page
    assert client.get(f"/media/{shared.id}/").status_code == 200
    assert client.get(f"/media/{own.id}/").status_code == 404


def test_a_coordinator_reads_series_without_their_media(world, held):
    world.found("CO", kind="coordinator", roles=("coordinator",))
    page = world.client("CO").get(f"/series/{held[0].id}/").content.decode()
    assert "Your role reads series without their media" in page
    assert str(held[1].id) not in page


def test_a_look_gives_the_picture_once_it_is_on_record(world, held):
    from clew.ledger.models import Entry

    answer = world.client("PT").post(f"/media/{held[1].id}/reveal/", {"rendition": "preview"})
    assert (answer.status_code, answer["Content-Type"], answer.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert "no-store" in answer["Cache-Control"]
    entry = Entry.objects.using("service").get(verb="catalogue:media:reveal")
    assert (entry.subject_id, entry.officer_id, entry.facts) == (
        held[1].id,
        world.officer("PT").id,
        {"rendition": "preview", "step": "outline"},
    )


@pytest.mark.parametrize("rendition", ["original", "thumbnail_address", "../../x", ""])
def test_nothing_but_a_rendition_is_given(world, held, rendition):
    assert world.client("NO").post(f"/media/{held[1].id}/reveal/", {"rendition": rendition}).status_code == 404


def test_what_is_not_shared_is_not_shown_and_the_try_is_on_record(world, held):
    from clew.ledger.models import Entry

    client = world.client("PT")
    foreign, absent = (client.post(f"/media/{id_}/reveal/") for id_ in (held[2].id, uuid.uuid4()))
    assert foreign.status_code == absent.status_code == 404
    assert Entry.objects.using("service").filter(verb="catalogue:media:reveal", outcome="NotFound").count() == 2


def test_a_look_is_asked_for_and_never_just_linked(world, held):
    assert world.client("NO").get(f"/media/{held[1].id}/reveal/").status_code == 405
