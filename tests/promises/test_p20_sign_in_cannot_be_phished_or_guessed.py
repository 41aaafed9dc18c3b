"""P20: sign-in cannot be phished or guessed: nothing opens with a password alone, the sixth bad try is refused, and where a strong way is, it is the only one."""

import pytest
from django.urls import URLPattern, URLResolver

from tests.passkeys import SoftKey, add_passkey, options_on, sign_in_with

PASSWORD = "a long password for tests"
#: Where somebody who has given a password and nothing else may be: setting up what is missing, confirming, and leaving.
SETTING_UP = ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/reauthenticate/")
#: What tells nothing of anybody.
EVERYBODY = ("/health", "/api/v1/openapi.json", "/accounts/session/", "/accounts/logout/", "/accounts/banner/")


def browser():
    from django.test import Client

    return Client()


def with_password(client, officer):
    return client.post("/accounts/login/", {"login": officer.username, "password": PASSWORD}, secure=True)


def with_code(client, code):
    return client.post("/accounts/2fa/authenticate/", {"code": code}, secure=True)


def is_in(client):
    return client.get("/series/", secure=True).status_code == 200


def addresses(patterns=None, prefix="/"):
    from clew.site.urls import urlpatterns

    for pattern in urlpatterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def filled(address):
    import re

    address = re.sub(r"<uuid:\w+>", "0199a0a0-0000-7000-8000-000000000000", address)
    return re.sub(r"<int:\w+>", "1", re.sub(r"<slug:\w+>", "no", address))


@pytest.fixture
def ingrid(world):
    """Norway's officer, with code, recovery codes and a passkey."""
    from clew.access.second_factor import current_one_time_code, set_up_one_time_code

    officer, client, key = world.officer("NO"), browser(), SoftKey()
    set_up_one_time_code(officer)
    with_password(client, officer)
    with_code(client, current_one_time_code(officer))
    assert add_passkey(client, key)["Location"] == "/accounts/2fa/recovery-codes/"
    _let_the_code_count_again()
    return officer, key


def _let_the_code_count_again():
    from django.core.cache import cache

    cache.clear()


def recovery_codes(officer):
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.get(user=officer, type="recovery_codes").wrap().get_unused_codes()


@pytest.mark.parametrize("policy", ["any", "phishing-resistant"])
def test_nothing_opens_with_a_password_alone(world, settings_of, policy):
    from clew.site.sign_in_settings import Policy

    settings_of(CLEW_SIGN_IN=Policy(policy))
    client = browser()
    with_password(client, world.officer("NO"))
    reached = []
    for address in map(filled, addresses()):
        answer = client.get(address, secure=True)
        if answer.status_code == 200 and not address.startswith(EVERYBODY):
            reached.append(address)
    assert set(reached) <= {*SETTING_UP, "/accounts/2fa/totp/activate/code.svg"}
    assert reached


def test_a_password_alone_adds_no_factor_to_an_account_that_has_one(ingrid):
    from allauth.mfa.models import Authenticator

    officer, _key = ingrid
    held = Authenticator.objects.filter(user=officer).count()
    client = browser()
    with_password(client, officer)
    for address in ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/2fa/"):
        assert client.get(address, secure=True)["Location"].startswith("/accounts/login/")
    assert Authenticator.objects.filter(user=officer).count() == held


def test_a_passkey_opens_alone_and_password_with_code_too_where_any_will_do(ingrid):
    from clew.access.second_factor import current_one_time_code

    officer, key = ingrid
    for enter in (
        lambda client: sign_in_with(client, key),
        lambda client: (with_password(client, officer), with_code(client, current_one_time_code(officer))),
        lambda client: (with_password(client, officer), with_code(client, recovery_codes(officer)[0])),
    ):
        client = browser()
        enter(client)
        assert is_in(client)


def test_where_the_policy_asks_for_it_a_passkey_is_the_only_way_in(ingrid, settings_of):
    from clew.access.second_factor import current_one_time_code
    from clew.ledger.models import Entry
    from clew.site.sign_in_settings import Policy

    settings_of(CLEW_SIGN_IN=Policy.PHISHING_RESISTANT)
    officer, key = ingrid
    for code in (current_one_time_code(officer), recovery_codes(officer)[0]):
        client = browser()
        with_password(client, officer)
        answer = with_code(client, code)
        assert (answer.status_code, "PasswordNotEnough" in answer.content.decode()) == (403, True)
        assert not is_in(client)
    refused = Entry.objects.using("service").filter(verb="access:sign_in:refuse")
    assert [entry.outcome for entry in refused] == ["PasswordNotEnough"] * 2
    client = browser()
    sign_in_with(client, key)
    assert is_in(client)


def test_where_the_policy_asks_for_it_a_password_does_not_confirm_either(ingrid, settings_of):
    from clew.site.sign_in_settings import Policy

    settings_of(CLEW_SIGN_IN=Policy.PHISHING_RESISTANT)
    _officer, key = ingrid
    client = browser()
    sign_in_with(client, key)
    for address in ("/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/"):
        answer = client.get(f"{address}?next=/series/", secure=True)
        assert answer["Location"] == "/accounts/2fa/webauthn/reauthenticate/?next=%2Fseries%2F"
        assert client.post(address, {"password": PASSWORD}, secure=True).status_code == 302


def test_a_first_passkey_is_made_and_shown_before_anything_else_is_reached(world, settings_of):
    from clew.site.sign_in_settings import Policy

    settings_of(CLEW_SIGN_IN=Policy.PHISHING_RESISTANT)
    client, key = browser(), SoftKey()
    with_password(client, world.officer("NO"))
    assert client.get("/series/", secure=True)["Location"] == "/accounts/2fa/webauthn/add/"
    add_passkey(client, key)
    away = client.get("/series/", secure=True)["Location"]
    assert away.startswith("/accounts/2fa/webauthn/reauthenticate/")
    answer = key.answer(options_on(client.get(away, secure=True)))
    client.post("/accounts/2fa/webauthn/reauthenticate/", {"credential": answer}, secure=True)
    assert is_in(client)


@pytest.mark.parametrize(
    "fault",
    [
        "another site",
        "a site below ours",
        "plain http",
        "owner not verified",
        "another key",
        "another owner",
        "no owner",
        "an old challenge",
    ],
)
def test_a_passkeys_answer_that_is_not_exactly_right_opens_nothing(ingrid, world, fault):
    _officer, key = ingrid
    client = browser()
    asked = client.get("/accounts/2fa/webauthn/login/", secure=True, headers={"Accept": "application/json"})
    options = asked.json()["request_options"]
    key.origin = {
        "another site": "https://testserver.evil.example",
        "a site below ours": "https://evil.testserver",
        "plain http": "http://testserver",
    }.get(fault, key.origin)
    key.verifies = fault != "owner not verified"
    if fault == "another key":
        stranger = SoftKey()
        stranger.id, stranger.owner, key = key.id, key.owner, stranger
    if fault in {"another owner", "no owner"}:
        key.owner = handle_of(world.officer("PT")) if fault == "another owner" else "AAAA"
    answer = key.answer(options)
    if fault == "an old challenge":
        client.get("/accounts/2fa/webauthn/login/", secure=True, headers={"Accept": "application/json"})
    client.post("/accounts/2fa/webauthn/login/", {"credential": answer}, secure=True)
    assert not is_in(client)


def handle_of(officer):
    """The name under which an officer's passkeys are kept."""
    from allauth.account.utils import user_pk_to_url_str
    from fido2.utils import websafe_encode

    return websafe_encode(user_pk_to_url_str(officer).encode())


@pytest.mark.parametrize("fault", ["another site", "a site below ours", "owner not verified"])
def test_a_passkey_made_for_another_site_or_without_its_owner_is_not_taken(world, fault):
    from allauth.mfa.models import Authenticator

    from clew.access.second_factor import current_one_time_code, set_up_one_time_code

    officer, client, key = world.officer("NO"), browser(), SoftKey()
    set_up_one_time_code(officer)
    with_password(client, officer)
    with_code(client, current_one_time_code(officer))
    key.origin = {"another site": "https://evil.example", "a site below ours": "https://evil.testserver"}.get(
        fault, key.origin
    )
    key.verifies = fault != "owner not verified"
    assert add_passkey(client, key).status_code == 200
    assert not Authenticator.objects.filter(user=officer, type="webauthn").exists()


def test_the_sixth_bad_try_is_refused_and_a_passkey_opens_still(ingrid):
    officer, key = ingrid
    for _ in range(5):
        browser().post("/accounts/login/", {"login": officer.username, "password": "wrong"}, secure=True)
    client = browser()
    assert "Too many failed tries" in with_password(client, officer).content.decode()
    assert not is_in(client)
    # A stranger who locks every name keeps nobody from work (AC-7, enhancement 4).
    sign_in_with(client, key)
    assert is_in(client)


def test_a_disabled_officers_passkey_opens_nothing(ingrid):
    from clew.access.actions import disable_officer

    officer, key = ingrid
    client = browser()
    sign_in_with(client, key)
    disable_officer(officer)
    assert not is_in(client)
    sign_in_with(client, key)
    assert not is_in(client)


def test_a_screen_is_locked_after_a_quarter_of_an_hour_at_the_latest_by_default(ingrid):
    from django.conf import settings

    from clew.kernel.limits import IDLE_MINUTES_MAX

    assert settings.CLEW_IDLE_MINUTES == 15
    assert IDLE_MINUTES_MAX == 30
