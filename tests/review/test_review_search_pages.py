"""Pages of searching: what is shown and counted, what is refused on the page, the way back, and searches that are kept."""

import re
import uuid

import pytest


@pytest.fixture
def seized(world, pictures, jpeg, make_words):
    """Norway shares two pictures with all members; Portugal keeps one to itself."""
    world.submit(
        "NO", {"sofa/a.jpg": jpeg(pictures(1)), "sofa/b.png": jpeg(pictures(2))}, reference="OSLO-7", sharing="members"
    )
    world.submit("PT", {"sofa/secret-name.jpg": jpeg(pictures(3))}, reference="LISBOA-1")
    make_words()


def facets(page):
    """Title -> {choice: count} of a page."""
    told = {}
    for key, body in re.findall(r'id="facet-(\w+)">.*?</h3>(.*?)</ul>', page, re.DOTALL):
        told[key] = dict(re.findall(r'<bdi>(.*?)</bdi> <span class="count">([\d,]+)</span>', body))
    return told


def test_results_are_hidden_tiles_beside_facets_that_count_what_is_seen_alone(world, seized):
    page = world.client("NO").get("/review/search/?text=sofa")
    body = page.content.decode()
    assert page.status_code == 200
    assert body.count("data-media=") == 2
    assert body.count('data-state="hidden"') == 2
    assert "<img" not in body.split("<main", 1)[1]
    told = facets(body)
    assert told["verdict"] == {"New": "2"}
    assert told["case"] == {"OSLO-7": "2"}
    assert told["kind"] == {"Image": "2"}
    assert told["prevalence"] == {"one submission": "2"}
    assert told["said"] == {"Not decided by us": "2"}
    assert "secret" not in body
    assert "LISBOA" not in body
    assert facets(world.client("PT").get("/review/search/?text=sofa").content.decode())["prevalence"] == {
        "one submission": "3"
    }


def test_a_facet_leads_to_what_it_counts_and_off_again(world, seized):
    client = world.client("NO")
    body = client.get("/review/search/?text=sofa").content.decode()
    address = re.search(r'href="(\?[^"]*kind=image[^"]*)"', body)[1].replace("&amp;", "&")
    kept = client.get("/review/search/" + address).content.decode()
    assert kept.count("data-media=") == 2
    assert 'aria-current="true"' in kept
    off = re.search(r'href="(\?[^"]*)" aria-current="true"', kept)[1]
    assert "kind" not in off
    assert "text=sofa" in off


def test_a_search_that_finds_nothing_says_what_to_take_off(world, seized):
    body = world.client("NO").get("/review/search/?text=sofa&kind=video").content.decode()
    assert "Nothing that you may see answers this" in body
    assert re.search(r"Take off <bdi>Kind: video</bdi></a>: 2 found", body)
    assert "Take off <bdi>Words: sofa" not in body


def test_hidden_and_absent_give_the_same_page(world, seized):
    client = world.client("NO")

    def plain(word):
        body = client.get(f"/review/search/?text={word}").content.decode().replace(word, "WORD")
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\"\w{64}\"", "", body)

    assert plain("secret") == plain("absent")


def test_what_may_be_a_hash_is_refused_and_comes_into_no_address(world, seized):
    client = world.client("NO")
    digits = "0123456789abcdef" * 2
    for answer in (
        client.post("/review/search/state/", {"text": digits}),
        client.get("/review/search/", {"text": digits}),
    ):
        assert answer.status_code == 422
        assert "looks like a hash" in answer.content.decode()
        assert digits not in answer.content.decode()
    led = client.post("/review/search/state/", {"text": "sofa", "kind": "image", "taken_from": "no day"})
    assert (led.status_code, led["Location"]) == (302, "/review/search/?text=sofa&kind=image")


def test_without_a_purpose_nothing_is_shown_until_it_is_stated(world, seized):
    world.units["NO"].purpose_default = ""
    world.units["NO"].save(using="service")
    client = world.client("NO")
    refused = client.get("/review/search/?text=sofa")
    assert refused.status_code == 422
    assert "data-media=" not in refused.content.decode()
    led = client.post("/review/search/state/", {"text": "sofa", "purpose": "triage"})["Location"]
    assert client.get(led).content.decode().count("data-media=") == 2


def test_a_search_is_on_record_without_its_words(world, seized):
    from clew.ledger.models import Entry

    world.client("NO").get("/review/search/?text=zelda+sofa")
    entry = Entry.objects.using("service").get(verb="review:search:run")
    assert entry.purpose == "victim-identification"
    assert entry.facts == {"filters": ["text"], "found": 0, "is_more": False, "page": 1}
    assert list(entry.sensitive) == ["search"]
    assert not Entry.objects.using("service").filter(facts__icontains="zelda").exists()


def test_searches_are_counted_by_the_guard(world, seized, monkeypatch):
    from clew.access import reading_guard

    monkeypatch.setitem(reading_guard.BUDGETS, reading_guard.What.RECORDS, 2)
    client = world.client("NO")
    assert [client.get("/review/search/").status_code for _ in range(3)] == [200, 200, 429]


def test_the_way_back_leads_to_filters_page_and_place(world, seized):
    from clew.catalogue.models import Sighting
    from clew.review.models import SearchStep

    client = world.client("NO")
    client.get("/review/search/?text=sofa")
    first = SearchStep.objects.using("service").get()
    client.get(f"/review/search/?text=sofa&kind=image&step={first.id}")
    client.get(f"/review/search/?text=sofa&kind=video&step={first.id}")
    client.get(f"/review/search/?text=sofa&step={first.id}&page=1")
    steps = SearchStep.objects.using("service")
    assert steps.count() == 3
    assert set(steps.exclude(id=first.id).values_list("parent_id", flat=True)) == {first.id}
    media = Sighting.objects.using("service").get(path="sofa/a.jpg").media_id
    assert client.post(f"/review/search/steps/{first.id}/left/", {"media": str(media)}).status_code == 204
    body = client.get("/review/search/steps/").content.decode()
    assert f"text=sofa&amp;step={first.id}&amp;page=1#media-{media}" in body
    assert body.count('class="level"') == 2
    # Of nobody else's.
    other = world.client("PT")
    assert "sofa" not in other.get("/review/search/steps/").content.decode()
    for step_id in (first.id, uuid.uuid4()):
        assert other.post(f"/review/search/steps/{step_id}/left/", {"media": str(media)}).status_code == 404
    other.get(f"/review/search/?text=x&step={first.id}")
    assert SearchStep.objects.using("service").get(officer=world.officer("PT")).parent_id is None


def test_old_steps_are_forgotten_and_what_came_after_stays(world, seized, monkeypatch):
    from clew.review import search_history
    from clew.review.models import SearchStep

    client = world.client("NO")
    step = ""
    for number in range(4):
        client.get(f"/review/search/?text=w{number}&step={step}")
        step = SearchStep.objects.using("service").order_by("-made_at").first().id
    monkeypatch.setattr(search_history, "SEARCH_STEPS_MAX", 2)
    assert search_history.forget_old_steps() == 2
    left = SearchStep.objects.using("service").order_by("made_at")
    assert [one.query["text"] for one in left] == [["w2"], ["w3"]]
    assert [one.parent_id for one in left] == [None, left[0].id]


def test_a_saved_search_shows_what_is_new_to_whoever_runs_it(world, seized, pictures, jpeg, make_words):
    from clew.access.actions import enlist_officer
    from clew.kernel.clock import now
    from clew.review.models import SavedSearch

    client = world.client("NO")
    led = client.post("/review/search/saved/keep/", {"name": " Sofas ", "query": "text=sofa", "is_shared": "on"})[
        "Location"
    ]
    assert "new to you" not in client.get(led).content.decode()
    assert "0 new to you" in client.get(led).content.decode()
    world.submit("NO", {"sofa/c.jpg": jpeg(pictures(5))}, reference="OSLO-8")
    make_words()
    body = client.get(led).content.decode()
    assert "1 new to you" in body
    assert body.count(">New to you<") == 1
    assert "0 new to you" in client.get(led).content.decode()

    world.officers["NO2"] = enlist_officer(
        world.units["NO"],
        username="no.colleague",
        name="Colleague",
        roles=("specialist",),
        password="a long password for tests",
        certified_until=now().date().replace(year=2999),
    )
    colleague = world.client("NO2")
    assert "Sofas" in colleague.get("/review/search/saved/").content.decode()
    assert "new to you" not in colleague.get(led).content.decode()
    assert "0 new to you" in colleague.get(led).content.decode()
    saved = SavedSearch.objects.using("service").get()
    for who in ("NO2", "PT"):
        assert world.client(who).post(f"/review/search/saved/{saved.id}/forget/").status_code == 404
    assert "Sofas" not in world.client("PT").get("/review/search/saved/").content.decode()
    assert client.post(f"/review/search/saved/{saved.id}/forget/").status_code == 302
    assert not SavedSearch.objects.using("service").exists()


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ({"name": "x", "query": ""}, 422),
        ({"name": "", "query": "text=sofa"}, 422),
        ({"name": "x" * 81, "query": "text=sofa"}, 422),
        ({"name": "taken", "query": "text=sofa"}, 409),
        ({"name": "x", "query": "text=" + "ab" * 16}, 422),
        ({"name": "x", "query": "like=1", "is_shared": "on"}, 422),
    ],
)
def test_what_cannot_be_kept_is_refused(world, seized, stated, status):
    from clew.review.models import SavedSearch

    client = world.client("NO")
    client.post("/review/search/saved/keep/", {"name": "taken", "query": "text=a"})
    assert client.post("/review/search/saved/keep/", stated).status_code == status
    assert SavedSearch.objects.using("service").count() == 1


def test_what_is_like_a_media_is_asked_from_its_page_and_hashes_by_a_form(world, seized, pictures, jpeg):
    from clew.catalogue.models import Sighting

    world.submit("PT", {"copy.jpg": jpeg(pictures(1), quality=60)}, reference="C", sharing="members")
    client = world.client("NO")
    media = Sighting.objects.using("service").get(path="sofa/a.jpg").media_id
    assert "Similar to this" in client.get(f"/media/{media}/").content.decode()
    led = client.post("/review/search/like/ask/", {"media": str(media)})["Location"]
    assert re.fullmatch(r"/review/search/\?like=[0-9a-f-]{36}", led)
    body = client.get(led).content.decode()
    assert body.count("data-media=") == 1
    assert re.search(r"Near-duplicate \(PDQ\), distance \d+", body)
    refused = client.post("/review/search/like/ask/", {"signatures": "no hash at all"})
    assert refused.status_code == 422
    assert "no hash at all" not in refused.content.decode()
    assert client.post("/review/search/like/ask/", {}).status_code == 422
    assert client.get("/review/search/like/").status_code == 200


def test_programs_search_by_a_key_with_the_permission(world, seized):
    from django.test import Client

    from clew.access.keys import create_key

    def ask(who, query="text=sofa"):
        headers = {"Authorization": f"Bearer {create_key(world.officer(who), 'test')}"}
        return Client().get(f"/api/v1/search?{query}", headers=headers)

    north, south = ask("NO"), ask("PT")
    assert (north.json()["found"], south.json()["found"]) == (2, 3)
    assert [one["count"] for one in north.json()["facets"]["verdict"]] == [2]
    assert {"taken_on", "camera_make", "kind"} < set(north.json()["media"][0])
    assert "secret" not in north.content.decode()
    assert ask("NO", "text=" + "ab" * 16).status_code == 422
    assert ask("HL").status_code == 403
    assert Client().get("/api/v1/search").status_code == 401


def test_a_search_that_takes_too_long_is_ended_and_the_page_still_answers(world, seized, monkeypatch):
    from django.db import connections

    from clew.review import search_running

    real = search_running.media_found

    def slow(officer, search):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(2)")
        return real(officer, search)

    monkeypatch.setattr(search_running, "media_found", slow)
    monkeypatch.setattr(search_running.within_time.__wrapped__, "__defaults__", (1,))
    answer = world.client("NO").get("/review/search/?text=sofa")
    assert answer.status_code == 422
    assert "looks through too much" in answer.content.decode()
