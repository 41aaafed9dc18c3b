"""Sessions: locked when nobody is at the screen, over after twelve hours, listed and ended by their officer, each step on record."""

import datetime as dt

import pytest

PASSWORD = "a long password for tests"


def later(minutes):
    from clew.kernel.clock import frozen_at, now

    return frozen_at(now() + dt.timedelta(minutes=minutes))


def verbs(prefix="access:session"):
    from clew.ledger.models import Entry

    found = Entry.objects.using("service").filter(verb__startswith=prefix).order_by("sequence")
    return [entry.verb for entry in found]


@pytest.mark.parametrize(
    ("since_sign_in", "since_seen", "state"),
    [
        (0, 0, "open"),
        (60, 14.9, "open"),
        (60, 15, "locked"),
        (719, 0, "open"),
        (720, 0, "ended"),
        (900, 500, "ended"),
    ],
)
def test_how_a_session_stands(since_sign_in, since_seen, state):
    from clew.access.sessions import state_at

    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    before = [now - dt.timedelta(minutes=minutes) for minutes in (since_sign_in, since_seen)]
    assert state_at(now, signed_in_at=before[0], seen_at=before[1], idle_minutes=15) == state


def test_a_screen_left_alone_is_locked_and_shows_no_name_and_no_page(world):
    client = world.client("NO")
    assert "Officer NO" in client.get("/series/").content.decode()
    with later(15):
        answer = client.get("/series/?page=2")
        assert (answer.status_code, answer["Location"]) == (
            302,
            "/accounts/2fa/reauthenticate/?next=/series/%3Fpage%3D2",
        )
        page = client.get(answer["Location"]).content.decode()
        assert "The screen was locked" in page
        assert "Officer NO" not in page
        assert "Submissions" not in page
        for address in ("/submissions/new/", "/accounts/2fa/", "/accounts/password/change/", "/accounts/sessions/"):
            assert client.get(address)["Location"].startswith("/accounts/2fa/reauthenticate/"), address
        told = client.get("/series/", headers={"Accept": "application/json"})
        assert (told.status_code, told.json()["error"]) == (401, "SessionLocked")


def test_any_one_factor_opens_it_again_where_it_was(world):
    from clew.access.second_factor import current_one_time_code

    client = world.client("NO")
    with later(20):
        away = client.get("/series/")["Location"]
        wrong = client.post(away, {"code": "000000", "next": "/series/"})
        assert wrong.status_code == 200
        assert client.get("/series/").status_code == 302
    client = world.client("NO")
    with later(20):
        back = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/series/"})
        assert back["Location"] == "/series/"
        assert client.get("/series/").status_code == 200
    client = world.client("NO")
    # The code's clock is the machine's own, so only the session is aged.
    _age(minutes=20)
    code = current_one_time_code(world.officer("NO"))
    back = client.post("/accounts/2fa/reauthenticate/", {"code": code, "next": "/series/"})
    assert back["Location"] == "/series/"
    assert client.get("/series/").status_code == 200
    assert verbs("access:session:confirm") == ["access:session:confirm"] * 2


def _age(minutes):
    from clew.access.models import OpenSession

    for session in OpenSession.objects.using("service").all():
        session.seen_at -= dt.timedelta(minutes=minutes)
        session.save(using="service")


def test_somebody_elses_code_does_not_open_it(world):
    from clew.access.second_factor import current_one_time_code, set_up_one_time_code

    client = world.client("NO")
    set_up_one_time_code(world.officer("PT"))
    _age(minutes=20)
    code = current_one_time_code(world.officer("PT"))
    assert client.post("/accounts/2fa/reauthenticate/", {"code": code, "next": "/series/"}).status_code == 200
    assert client.get("/series/").status_code == 302


def test_what_a_page_asks_by_itself_keeps_nothing_open(world, pictures, jpeg):
    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))})
    client = world.client("NO")
    progress = f"/submissions/{submission.id}/progress/"
    for minute in range(1, 15):
        with later(minute):
            assert client.get(progress, headers={"Accept": "application/json"}).status_code == 200
            assert client.get("/accounts/session/").json()["seconds"] <= 60 * (15 - minute)
    with later(15):
        assert client.get(progress, headers={"Accept": "application/json"}).status_code == 401
        assert client.get("/accounts/session/").json() == {"seconds": 0}


def test_what_an_officer_does_keeps_it_open(world):
    client = world.client("NO")
    for minute in (10, 20, 30, 40):
        with later(minute):
            assert client.get("/series/").status_code == 200


def test_files_on_their_way_come_in_behind_a_locked_screen_and_nothing_is_shown(world):
    submission = world.submit("NO", {}, decide=False, close=False)
    client = world.client("NO")
    files = f"/submissions/{submission.id}/files/"
    with later(20):
        asked = client.get(files, headers={"Accept": "application/json"})
        assert (asked.status_code, asked.json()["error"]) == (401, "SessionLocked")
        sent = client.post(files, b"", content_type="application/octet-stream", headers={"Accept": "application/json"})
        assert sent.status_code not in {302, 401}
        assert client.get("/accounts/session/").json() == {"seconds": 0}


def test_after_twelve_hours_everybody_signs_in_again(world):
    client = world.client("NO")
    for minute in range(10, 720, 10):
        with later(minute):
            client.get("/series/")
    with later(720):
        assert client.get("/series/")["Location"] == "/accounts/login/?next=/series/"
    assert client.get("/series/").status_code == 302


def test_minutes_are_a_setting_within_bounds(world, settings_of):
    from clew.site.sign_in_settings import SettingRefused, idle_minutes

    settings_of(CLEW_IDLE_MINUTES=5)
    client = world.client("NO")
    with later(5):
        assert client.get("/series/").status_code == 302
    assert [idle_minutes(value) for value in (None, "1", "30")] == [15, 1, 30]
    for value in ("0", "31", "-1", "half", "1.5", "\uff11"):
        with pytest.raises(SettingRefused):
            idle_minutes(value)


def test_an_officer_sees_their_sessions_and_ends_one_elsewhere(world):
    here, elsewhere, stranger = world.client("NO"), world.client("NO"), world.client("PT")
    assert elsewhere.get("/series/").status_code == 200
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("End it</button>") == 1
    assert "This one" in page
    from clew.access.models import OpenSession

    other = elsewhere.session["clew.session"]
    assert stranger.post(f"/accounts/sessions/{other}/end/").status_code == 404
    assert elsewhere.get("/series/").status_code == 200
    assert here.post(f"/accounts/sessions/{other}/end/").status_code == 302
    assert elsewhere.get("/series/")["Location"] == "/accounts/login/?next=/series/"
    assert here.get("/series/").status_code == 200
    assert OpenSession.objects.using("service").filter(officer=world.officer("NO")).count() == 1


def test_all_are_ended_at_once(world):
    clients = [world.client("NO") for _ in range(3)]
    other = world.client("PT")
    clients[0].post("/accounts/sessions/end/")
    for client in clients:
        assert client.get("/series/").status_code == 302
    assert other.get("/series/").status_code == 200
    assert verbs()[-1] == "access:session:end_all"


def test_a_cookie_kept_after_sign_out_opens_nothing(world):
    from django.test import Client

    client = world.client("NO")
    kept = client.cookies["clew"].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["clew"] = kept
    assert thief.get("/series/").status_code == 302
    assert verbs() == ["access:session:begin", "access:session:end"]


def test_the_session_has_another_key_after_sign_in(world):
    from django.test import Client

    from clew.access.second_factor import current_one_time_code, set_up_one_time_code

    set_up_one_time_code(world.officer("NO"))
    client = Client()
    client.post("/accounts/login/", {"login": "no.officer", "password": PASSWORD})
    before = client.cookies["clew"].value
    client.post("/accounts/2fa/authenticate/", {"code": current_one_time_code(world.officer("NO"))})
    assert client.cookies["clew"].value != before
    assert client.get("/series/").status_code == 200


def test_the_banner_is_acknowledged_before_anybody_signs_in(world, settings_of):
    from django.test import Client

    from clew.ledger.models import Entry

    settings_of(CLEW_BANNER="Only for those who may.\n\nEverything is on record.")
    client = Client()
    for address in ("/accounts/login/", "/series/", "/accounts/2fa/webauthn/login/"):
        assert client.get(address)["Location"] == f"/accounts/banner/?next={address}"
    blind = client.post("/accounts/login/", {"login": "no.officer", "password": PASSWORD})
    assert blind["Location"].startswith("/accounts/banner/")
    assert "Everything is on record." in client.get("/accounts/banner/?next=/series/").content.decode()
    away = client.post("/accounts/banner/", {"next": "https://evil.example/"})
    assert away["Location"] == "/"
    client.post("/accounts/login/", {"login": "no.officer", "password": PASSWORD})
    begun = Entry.objects.using("service").get(verb="access:session:begin")
    assert begun.facts["banner"] is True


def test_every_page_that_changes_the_account_asks_who_it_is_and_leads_back(world):
    from clew.site.urls import accounts

    client = world.client("NO")
    changing = [pattern for pattern in accounts if getattr(pattern.callback, "is_confirmed", False)]
    named = {pattern.name for pattern in changing}
    assert {"account_change_password", "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_deactivate_totp"} <= named
    for pattern in changing:
        address = "/accounts/" + str(pattern.pattern).replace("<int:pk>", "1")
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/2fa/reauthenticate/?next={address}")
    # Whatever else changes something does not name a factor.
    harmless = {pattern.name for pattern in accounts} - named
    assert not {name for name in harmless if "add" in name or "remove" in name or "activate" in name}


def test_changes_of_factors_are_on_record(world):
    from clew.ledger.models import Entry

    client = world.client("NO")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/"})
    assert client.get("/accounts/2fa/recovery-codes/generate/").status_code == 200
    client.post("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/totp/deactivate/")
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"},
    )
    verbs = set(Entry.objects.using("service").values_list("verb", flat=True))
    assert {"access:factor:reset", "access:factor:remove"} <= verbs
