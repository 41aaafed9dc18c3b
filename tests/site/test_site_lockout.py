"""Lock-out: five bad tries within a quarter of an hour lock a name, whether or not there is such an officer; an administrator unlocks it."""

import datetime as dt
import threading

import pytest

PASSWORD = "a long password for tests"


@pytest.fixture
def browser():
    from django.test import Client

    return Client()


def tried(browser, name="no.officer", password="wrong"):
    return browser.post("/accounts/login/", {"login": name, "password": password})


def entries(*verbs):
    from clew.ledger.models import Entry

    return list(Entry.objects.using("service").filter(verb__in=verbs).order_by("sequence"))


def words(answer):
    """What a page says, without what differs each time."""
    import re

    text = answer.content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value=|csrf-token" content=)"[^"]*"', "", text)


def test_the_sixth_try_is_refused_even_with_the_right_password(world, browser):
    for _ in range(5):
        assert "Too many failed tries" not in tried(browser).content.decode()
    right = tried(browser, password=PASSWORD)
    assert "Too many failed tries" in right.content.decode()
    assert "_auth_user_id" not in browser.session
    assert [entry.verb for entry in entries("access:officer:lock")] == ["access:officer:lock"]
    assert entries("access:sign_in:refuse")[0].outcome == "TooManyTries"


def test_four_bad_tries_and_a_right_one_go_through(world, browser):
    for _ in range(4):
        tried(browser)
    assert tried(browser, password=PASSWORD)["Location"].startswith("/")


def test_a_name_that_does_not_exist_is_answered_word_for_word_as_one_that_does(world):
    from django.test import Client

    known, unknown = Client(), Client()
    for _ in range(7):
        answers = [tried(known, "no.officer"), tried(unknown, "mo.officer")]
        texts = [words(answer).replace("mo.officer", "no.officer") for answer in answers]
        assert (texts[0], answers[0].status_code) == (texts[1], answers[1].status_code)


def test_both_cost_one_hash_of_the_password(world, browser, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    made = []
    real = Argon2PasswordHasher.encode
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda self, *args: made.append(1) or real(self, *args))
    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda self, *args: made.append(1) or verify(self, *args))
    costs = []
    for name in ("no.officer", "nobody.at.all"):
        made.clear()
        tried(browser, name)
        costs.append(len(made))
    assert costs == [1, 1]


def test_what_was_typed_for_a_name_is_nowhere_on_record(world, browser, caplog):
    from clew.ledger.models import Entry

    # A password in the wrong field.
    for _ in range(6):
        tried(browser, "my secret passphrase 1984")
    kept = str(list(Entry.objects.using("service").values())) + caplog.text
    assert "passphrase" not in kept
    failed = entries("access:sign_in:fail")
    assert {len(entry.facts["name"]) for entry in failed} == {64}
    assert {entry.subject_id for entry in failed} == {None}
    tried(browser)
    known = entries("access:sign_in:fail")[-1]
    assert (known.subject_id, known.facts) == (world.officer("NO").pk, {"way": "password"})


def test_case_width_and_blanks_make_no_other_name(world, browser):
    for name in ("no.officer", "NO.OFFICER", " no.officer ", "No.Officer", "\uff4e\uff4f.officer"):
        tried(browser, name)
    assert "Too many failed tries" in tried(browser, password=PASSWORD).content.decode()


def test_codes_and_recovery_codes_count_too_and_the_right_password_between_them_changes_nothing(world):
    from django.test import Client

    from clew.access.second_factor import current_one_time_code, set_up_one_time_code

    officer = world.officer("NO")
    set_up_one_time_code(officer)
    for number in range(5):
        browser = Client()
        tried(browser, password=PASSWORD)
        browser.post("/accounts/2fa/authenticate/", {"code": f"{number:06}" if number % 2 else "abcd1234"})
    browser = Client()
    assert "Too many failed tries" in tried(browser, password=PASSWORD).content.decode()
    assert [entry.facts["way"] for entry in entries("access:sign_in:fail")] == ["code"] * 5
    assert current_one_time_code(officer)


def test_many_tries_at_once_are_not_more_than_one_after_another(world):
    from django.db import connections

    from clew.access.lockout import TooManyTries, begin_try

    begun = []

    def guess():
        try:
            begun.append(begin_try("no.officer", "password"))
        except TooManyTries:
            pass
        finally:
            connections.close_all()

    guessing = [threading.Thread(target=guess) for _ in range(20)]
    for one in guessing:
        one.start()
    for one in guessing:
        one.join()
    assert len(begun) == 5


def test_tries_are_forgotten_after_a_quarter_of_an_hour_and_locks_are_not(world, browser):
    from clew.kernel.clock import frozen_at, now

    start = now()
    for minute in (0, 4, 8, 12, 16):
        with frozen_at(start + dt.timedelta(minutes=minute)):
            tried(browser)
    with frozen_at(start + dt.timedelta(minutes=16)):
        assert entries("access:officer:lock") == []
        tried(browser)
    with frozen_at(start + dt.timedelta(days=400)):
        assert "Too many failed tries" in tried(browser, password=PASSWORD).content.decode()


def test_a_lock_ends_by_itself_only_where_the_setting_says_so(world, browser, settings_of):
    from clew.kernel.clock import frozen_at, now

    settings_of(CLEW_LOCK_MINUTES=30)
    for _ in range(5):
        tried(browser)
    with frozen_at(now() + dt.timedelta(minutes=29)):
        assert "Too many failed tries" in tried(browser, password=PASSWORD).content.decode()
    with frozen_at(now() + dt.timedelta(minutes=31)):
        assert tried(browser, password=PASSWORD).status_code == 302


def test_an_administrator_of_the_same_organisation_unlocks_and_nobody_else(world, browser):
    from clew.access.actions import enlist_officer
    from clew.access.lockout import NotLocked, is_locked, unlock
    from clew.kernel.errors import NotFound, NotPermitted

    officer = world.officer("NO")
    for _ in range(5):
        tried(browser)
    admins = {
        key: enlist_officer(
            world.units[key], username=f"admin.{key}", name=key, roles=["national_administrator"], password=PASSWORD
        )
        for key in ("NO", "PT")
    }
    for by, refusal in ((world.officer("NO"), NotPermitted), (admins["PT"], NotFound)):
        with pytest.raises(refusal):
            unlock(officer, by=by)
    assert is_locked(officer)
    unlock(officer, by=admins["NO"])
    assert not is_locked(officer)
    assert entries("access:officer:unlock")[0].officer_id == admins["NO"].pk
    assert tried(browser, password=PASSWORD).status_code == 302
    with pytest.raises(NotLocked):
        unlock(officer, by=None)


def test_an_administrator_does_not_unlock_themselves(world, browser):
    from clew.access.actions import enlist_officer
    from clew.access.lockout import unlock
    from clew.kernel.errors import NotFound

    admin = enlist_officer(
        world.units["NO"], username="admin", name="A", roles=["national_administrator"], password=PASSWORD
    )
    for _ in range(5):
        tried(browser, "admin")
    with pytest.raises(NotFound):
        unlock(admin, by=admin)


def test_one_address_does_not_try_one_name_after_another_for_ever(world, browser):
    for number in range(50):
        tried(browser, f"name{number}")
    shut = tried(browser, password=PASSWORD)
    assert (shut.status_code, "came from your address" in shut.content.decode()) == (429, True)
    elsewhere = browser.post("/accounts/login/", {"login": "no.officer", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(settings_of):
    import ipaddress

    from django.test import RequestFactory

    from clew.site.peers import client_address, is_from_trusted_proxy

    def asked(peer, forwarded):
        return RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    settings_of(CLEW_TRUSTED_PROXIES=(ipaddress.ip_network("10.0.0.0/8"),))
    for peer, forwarded, address, is_trusted in (
        ("192.0.2.1", "198.51.100.1", "192.0.2.1", False),
        ("10.1.2.3", "203.0.113.9, 198.51.100.1, 10.9.9.9", "198.51.100.1", True),
        ("10.1.2.3", "what is no address", "10.1.2.3", True),
        ("", "198.51.100.1", "198.51.100.1", True),
        ("", "", "local", True),
    ):
        request = asked(peer, forwarded)
        assert (client_address(request), is_from_trusted_proxy(request)) == (address, is_trusted)
