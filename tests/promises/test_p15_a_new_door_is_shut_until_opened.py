"""P15: a new door is shut until opened: every route names the permission it asks for, or stands on this short list of open ones."""

import re
import uuid

import pytest
from django.urls import URLPattern, URLResolver

#: Reached without a permission, each for its reason.
OPEN = {
    "home": "sends to the first place the officer may go",
    "health": "tells only that the site answers",
    "one_time_code_picture": "shows an officer their own secret while they set it up",
}
#: Django-allauth's own pages, which ask for sign-in themselves, and sign-in itself.
ACCOUNTS = "accounts/"


def _routes(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern


def _all_routes():
    from clew.site.urls import urlpatterns

    return [(address, pattern) for address, pattern in _routes(urlpatterns) if not address.startswith(ACCOUNTS)]


def _filled(address):
    return "/" + re.sub(r"<uuid:\w+>", str(uuid.uuid4()), address).replace("<slug:kind>", "media")


def test_every_page_names_its_permission(installation):
    pages = [(address, pattern) for address, pattern in _all_routes() if not address.startswith("api/")]
    bare = [address for address, pattern in pages if not hasattr(pattern.callback, "permission")]
    assert [address for address, pattern in pages if pattern.name in OPEN] == bare
    assert len(pages) > len(OPEN)


@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_a_stranger_reaches_nothing(database, method):
    from django.test import Client

    for address, pattern in _all_routes():
        answer = getattr(Client(), method)(_filled(address))
        if pattern.name in {"health", "openapi-json"}:
            # That it answers, and what the source says of the API, is no secret.
            continue
        # 404 and 405 come before the question who asks; 302 leads to sign-in.
        assert answer.status_code in {302, 401, 403, 404, 405}, address
        assert answer.status_code != 302 or answer["Location"].startswith("/accounts/login/"), address


def test_an_officer_without_a_one_time_code_reaches_nothing_but_setting_it_up(world):
    from django.test import Client

    client = Client()
    client.force_login(world.officer("NO"), backend="allauth.account.auth_backends.AuthenticationBackend")
    for address, pattern in _all_routes():
        if address.startswith("api/") or pattern.name in {"health", "one_time_code_picture"}:
            continue
        answer = client.get(_filled(address))
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/totp/activate/"), address


def test_a_role_reaches_exactly_the_pages_its_permissions_open(world):
    world.found("AU", roles=("auditor",))
    for key in ("NO", "HL", "AU"):
        client, permissions = world.client(key), world.officer(key).permissions
        for address, pattern in _all_routes():
            permission = getattr(pattern.callback, "permission", None)
            if permission is None:
                continue
            answer = client.get(_filled(address))
            assert (answer.status_code == 403) == (permission not in permissions and answer.status_code != 405), address


def test_a_disabled_officer_is_out_at_once(world):
    from clew.access.actions import disable_officer
    from clew.access.keys import create_key

    client, secret = world.client("NO"), create_key(world.officer("NO"), "test")
    assert client.get("/submissions/").status_code == 200
    disable_officer(world.officer("NO"))
    assert client.get("/submissions/").status_code == 302
    assert (
        client.get(
            "/api/v1/submissions/" + str(uuid.uuid4()), headers={"Authorization": f"Bearer {secret}"}
        ).status_code
        == 401
    )
