"""Pages of no room: health, errors in one shape, headers on everything, and the places a role may go."""

import json

import pytest


@pytest.fixture
def stranger():
    from django.test import Client

    return Client()


def test_health_answers_anybody_and_tells_nothing_else(stranger, database):
    assert stranger.get("/health").json() == {"status": "ok"}
    assert stranger.post("/health").status_code == 405


def test_a_stranger_is_sent_to_sign_in_and_brought_back(stranger, database):
    assert stranger.get("/series/")["Location"] == "/accounts/login/?next=/series/"
    page = stranger.get("/accounts/login/?next=/series/").content.decode()
    assert 'value="/series/"' in page
    assert "Sign up" not in page


@pytest.mark.parametrize(
    "address",
    ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/admin/", "/accounts/2fa/webauthn/signup/"],
)
def test_what_officers_do_not_need_is_not_there(world, address):
    assert world.client("NO").get(address).status_code == 404


def test_every_answer_has_a_strict_content_policy_and_is_not_kept(world, stranger):
    for client, address in (
        (stranger, "/accounts/login/"),
        (world.client("NO"), "/submissions/"),
        (world.client("NO"), "/nowhere/"),
    ):
        answer = client.get(address)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer["Cache-Control"] == "no-store"
        assert (answer["X-Frame-Options"], answer["Referrer-Policy"], answer["X-Content-Type-Options"]) == (
            "DENY",
            "same-origin",
            "nosniff",
        )
        page = answer.content.decode()
        assert "style=" not in page
        assert " onclick" not in page
        assert "<script>" not in page


@pytest.mark.parametrize(
    ("key", "places"),
    [("NO", ["Submissions", "Series", "Alerts"]), ("HL", [])],
)
def test_each_role_sees_its_places_and_nobody_is_left_without_a_word(world, key, places):
    page = world.client(key).get("/", follow=True).content.decode()
    assert [words for words in ("Submissions", "Series", "Alerts") if f">{words}</a></li>" in page] == places
    assert "<h1>" in page


def test_an_error_is_a_sentence_for_people_and_a_name_for_programs(world):
    client = world.client("NO")
    page = client.get("/series/00000000-0000-0000-0000-000000000000/")
    assert (page.status_code, "There is no such record, or it is not shared with you" in page.content.decode()) == (
        404,
        True,
    )
    told = client.get("/series/00000000-0000-0000-0000-000000000000/", headers={"Accept": "application/json"}).json()
    assert told["error"] == "NotFound"


def test_a_fault_of_ours_tells_nothing_of_the_inside(world, monkeypatch):
    from clew.catalogue import pages

    def broken(_officer):
        message = "secret inside"
        raise RuntimeError(message)

    monkeypatch.setattr(pages, "series_visible", broken)
    client = world.client("NO")
    client.raise_request_exception = False
    answer = client.get("/series/")
    assert answer.status_code == 500
    assert "Something went wrong inside Clew" in answer.content.decode()
    assert "secret inside" not in answer.content.decode()


def test_a_form_from_another_site_is_refused_in_words(world):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "no.officer", "password": "x"})
    assert (answer.status_code, "came from another site" in answer.content.decode()) == (403, True)


def test_five_wrong_passwords_shut_the_door_for_a_while(world, stranger):
    tries = [stranger.post("/accounts/login/", {"login": "no.officer", "password": "wrong"}) for _ in range(6)]
    assert "Too many failed" in tries[-1].content.decode() or tries[-1].status_code == 429
    right = stranger.post("/accounts/login/", {"login": "no.officer", "password": "a long password for tests"})
    assert "_auth_user_id" not in stranger.session
    assert right.status_code in {200, 429}


def test_the_description_of_the_api_names_every_call(stranger, database):
    paths = json.loads(stranger.get("/api/v1/openapi.json").content)["paths"]
    assert {"/api/v1/checks", "/api/v1/submissions"} <= set(paths)
