"""The doors of the grid: what tiles are told, what is decided from it, one media alone, media side by side."""

import uuid

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from clew.access.scope import acting_as
from clew.catalogue.models import Media, Sighting
from clew.kernel.limits import RECORDS_AN_HOUR_MAX, RESULT_TILES_MAX, TILE_PLACES_COUNTED_MAX
from clew.ledger.models import Entry
from clew.review.deciding import decide
from clew.review.grid_facts import tiles_of
from clew.review.models import Result, Statement
from clew.review.side_by_side import abreast
from clew.review.viewing import neighbours
from tests.films import film


@pytest.fixture
def seized(world, pictures, jpeg):
    """Five pictures of Norway, newest first; the members see them."""
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n, 64, 48)) for n in range(5)}, sharing="members")
    return list(Media.objects.using("service").order_by("-id").values_list("id", flat=True))


@pytest.fixture
def grid(world, seized):
    """Norway's browser, and the address of a result of its search for everything."""
    client = world.client("NO")
    answer = client.get("/review/grid/?at=3")
    assert answer.status_code == 302
    address, _, query = answer["Location"].partition("?")
    assert query == "at=3"
    return client, address


def test_the_page_shows_how_many_and_no_picture_and_its_tiles_tell_the_facts(grid, seized):
    client, address = grid
    page = client.get(f"{address}?at=3").content.decode()
    assert 'data-count="5"' in page
    assert 'data-at="3"' in page
    assert "/reveal/" in page
    assert "<img" not in page.split("<main")[1]
    told = client.get(f"{address}tiles/?from=1&count=2").json()
    assert [tile["media"] for tile in told["tiles"]] == [str(one) for one in seized[1:3]]
    assert told["tiles"][0] | {"media": ""} == {
        "media": "",
        "kind": "image",
        "width": 64,
        "height": 48,
        "seconds": None,
        "has_picture": True,
        "has_scenes": False,
        "places": 1,
        "verdict": "new",
        "stack": 0,
        "own": [],
        "others": [],
        "is_disputed": False,
    }
    assert (told["count"], told["is_whole"]) == (5, True)
    assert client.get(f"{address}tiles/?from=5").json()["tiles"] == []
    for wrong in ("from=-1", "from=x", "count=1e3", "from=99999999999"):
        assert client.get(f"{address}tiles/?{wrong}").status_code == 422


def test_no_more_than_a_screen_of_tiles_is_told_at_once_with_as_many_questions_as_one(world, seized, grid):
    officer = world.officer("NO")
    for asked in (seized[:1], seized):
        with acting_as(officer), CaptureQueriesContext(connections["default"]) as questions:
            assert all(tiles_of(officer, asked))
        assert len(questions) == 4
    client, address = grid
    assert len(client.get(f"{address}tiles/?count={10 * RESULT_TILES_MAX}").json()["tiles"]) == 5


def test_every_asking_for_tiles_is_on_record_and_counts(grid, world):
    from clew.access.audit_models import Reading

    client, address = grid
    client.get(f"{address}tiles/")
    entry = Entry.objects.using("service").get(verb="review:result:tiles")
    assert str(entry.subject_id) in address
    Reading.objects.using("service").update(number=RECORDS_AN_HOUR_MAX)
    assert client.get(f"{address}tiles/").status_code == 429


def test_nobody_else_reads_it_and_what_is_closed_is_an_empty_tile(grid, world, seized):
    _client, address = grid
    for other in ("PT", "HL"):
        theirs = world.client(other)
        for path in ("", "tiles/"):
            assert theirs.get(address + path).status_code in {403, 404}
        assert theirs.post(f"{address}more/").status_code in {403, 404}
        assert theirs.post(f"{address}decide/", {"ranges": "0-1", "code": "A"}).status_code in {403, 404}
    portugal = world.client("PT")
    own = portugal.get("/review/grid/")["Location"].partition("?")[0]
    assert [bool(tile) for tile in portugal.get(f"{own}tiles/").json()["tiles"]] == [True] * 5
    Sighting.objects.using("service").filter(media=seized[2]).update(sharing="nobody")
    told = portugal.get(f"{own}tiles/").json()
    assert [bool(tile) for tile in told["tiles"]] == [True, True, False, True, True]
    assert told["count"] == 5
    assert portugal.get(f"/review/media/{seized[2]}/").status_code == 404
    absent = portugal.get(f"/review/media/{uuid.uuid4()}/")
    assert absent.status_code == 404
    # Deciding passes over what is closed by now.
    assert portugal.post(f"{own}decide/", {"ranges": "1-3", "code": "A"}).json()["count"] == 2


def test_what_is_chosen_is_decided_in_one_act_and_taken_back(grid, seized):
    client, address = grid
    done = client.post(f"{address}decide/", {"ranges": "0-1,4-4", "code": "B"}).json()
    assert done["count"] == 3
    standing = Statement.objects.using("service").filter(is_standing=True)
    assert set(standing.values_list("media_id", flat=True)) == {seized[0], seized[1], seized[4]}
    assert client.get(f"{address}tiles/").json()["tiles"][4]["own"] == ["B"]
    assert client.post(f"/review/decisions/{done['decision']}/undo/").json()["code"] == "B"
    assert not standing.exists()
    for wrong in ({"ranges": "0-1", "code": "no such"}, {"ranges": "", "code": "A"}, {"ranges": "7-9", "code": "A"}):
        assert client.post(f"{address}decide/", wrong).status_code == 422
    assert not standing.exists()


def test_another_officers_decision_is_not_undone(grid, world):
    client, address = grid
    done = client.post(f"{address}decide/", {"ranges": "0-0", "code": "B"}).json()
    assert world.client("PT").post(f"/review/decisions/{done['decision']}/undo/").status_code == 404
    assert Statement.objects.using("service").filter(is_standing=True).count() == 1


def test_what_other_countries_say_is_told_and_a_dispute_is_marked(grid, world, seized):
    client, address = grid
    decide(world.officer("PT"), seized[:2], code="A")
    decide(world.officer("NO"), seized[1:2], code="C")
    first, second = client.get(f"{address}tiles/?count=2").json()["tiles"]
    assert (first["own"], first["others"], first["is_disputed"]) == ([], ["pt A"], False)
    assert (second["own"], second["others"], second["is_disputed"]) == (["C"], ["pt A"], True)
    page = client.get(f"/review/media/{seized[1]}/").content.decode()
    assert page.count("they do not agree") == 2
    assert "Bureau PT" in page


def test_places_are_counted_to_a_bound(world, seized):
    officer = world.officer("NO")
    sighting = Sighting.objects.using("service").get(media=seized[0])
    copies = []
    for _ in range(TILE_PLACES_COUNTED_MAX + 50):
        sighting.pk = uuid.uuid4()
        copies.append(Sighting(**{f.attname: getattr(sighting, f.attname) for f in Sighting._meta.concrete_fields}))
    Sighting.objects.using("service").bulk_create(copies)
    with acting_as(officer):
        assert tiles_of(officer, seized[:1])[0]["places"] == TILE_PLACES_COUNTED_MAX + 1


def test_one_media_knows_its_neighbours_and_passes_over_what_is_closed(grid, world, seized):
    client, address = grid
    result_id = address.split("/")[-2]
    page = client.get(f"/review/media/{seized[2]}/?result={result_id}&at=3").content.decode()
    assert f"/review/media/{seized[1]}/?result={result_id}&amp;at=2" in page
    assert f"/review/media/{seized[3]}/?result={result_id}&amp;at=4" in page
    assert f"/review/results/{result_id}/?at=3" in page
    portugal = world.officer("PT")
    own = world.client("PT").get("/review/grid/")["Location"].split("/")[-2]
    Sighting.objects.using("service").filter(media__in=[seized[1], seized[3]]).update(sharing="nobody")
    with acting_as(portugal):
        back, on = neighbours(Result.objects.get(id=own), 3)
        assert (back.media_id, back.at, on.media_id, on.at) == (seized[0], 1, seized[4], 5)
        assert neighbours(Result.objects.get(id=own), 1)[0] is None
        assert neighbours(Result.objects.get(id=own), 5)[1] is None
    # Without a result, or with another's, it stands alone.
    for query in ("", "?result=x", f"?result={own}&at=2"):
        alone = client.get(f"/review/media/{seized[2]}/{query}")
        assert alone.status_code == 200
        assert "Back to the grid" not in alone.content.decode()


def test_side_by_side_takes_two_to_four_and_leaves_out_what_is_closed(grid, world, seized):
    client, _address = grid
    page = client.get("/review/compare/", {"media": seized[:3]}).content.decode()
    assert page.count("<figure>") == 3
    assert "<img" not in page.split("<main")[1]
    for wrong in ([], seized[:1], ["x", "y"], [*seized, uuid.uuid4()], [seized[0], seized[0]]):
        assert client.get("/review/compare/", {"media": wrong}).status_code == 422
    Sighting.objects.using("service").filter(media__in=seized[1:3]).update(sharing="nobody")
    portugal = world.client("PT")
    assert portugal.get("/review/compare/", {"media": seized[:3]}).status_code == 404
    assert (
        portugal.get("/review/compare/", {"media": [seized[0], seized[2], seized[3]]}).content.count(b"<figure>") == 2
    )


def test_facts_side_by_side_differ_where_not_all_say_the_same():
    one = Media(kind="image", mime="image/jpeg", size_bytes=5, metadata={"Make": "A", "Model": "M"})
    two = Media(kind="image", mime="image/jpeg", size_bytes=5, metadata={"Make": "B"})
    lines = {line.name: line for line in abreast([one, two, one])}
    assert not lines["kind"].differs
    assert not lines["size"].differs
    assert lines["Make"].values == ("A", "B", "A")
    assert lines["Make"].differs
    assert lines["Model"].values == ("M", "", "M")
    assert lines["Model"].differs


def test_when_each_scene_of_a_film_begins_is_kept_with_its_strip(world, pictures):
    world.submit("NO", {"film.mp4": film([pictures(n) for n in (1, 4, 7)])})
    media = Media.objects.using("service").get()
    times = [int(time) for time in media.derivation["strip_ms"].split()]
    assert times == sorted(set(times))
    assert len(times) >= 3
    assert times[0] < 500
    assert 2000 in times
    assert times[-1] < 6000
    page = world.client("NO").get(f"/review/media/{media.id}/").content.decode()
    assert f'data-scene-times="{media.derivation["strip_ms"]}"' in page
    assert "<video" not in page
    with acting_as(world.officer("NO")):
        (tile,) = tiles_of(world.officer("NO"), [media.id])
    assert (tile["seconds"], tile["has_scenes"], tile["kind"]) == (6.0, True, "video")
