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
    """Records that do not exist, but for schemes, which everybody has."""
    samples = {"<slug:kind>": "media", "<slug:key>": "uk", "<str:taxonomy_key>": "rooms", "<str:version>": "2014"}
    address = "/" + re.sub(r"<uuid:\w+>", str(uuid.uuid4()), address)
    for sample, value in samples.items():
        address = address.replace(sample, value)
    return address


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
    world.found("NA", roles=("national_administrator",))
    world.found("CO", kind="coordinator", roles=("coordinator",))
    for key in ("NO", "HL", "AU", "NA", "CO"):
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


def _commands():
    import typer.main

    from clew.site.cli import app

    def walk(command, path):
        if hasattr(command, "commands"):
            for name, below in command.commands.items():
                yield from walk(below, [*path, name])
        else:
            yield " ".join(path), command.callback

    return dict(walk(typer.main.get_command(app), []))


def _jobs():
    from procrastinate.contrib.django import app

    return {
        name: task.func for name, task in app.tasks.items() if not task.func.__module__.startswith("procrastinate.")
    }


def _operations():
    from clew.site.api import api

    return {
        f"{method} {prefix}{path}": operation.view_func
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def test_every_call_command_and_job_says_to_whom_it_is_open_and_how_it_is_on_record(installation):
    from clew.access.declared import declared_of

    doors = {**_operations(), **_commands(), **_jobs()}
    assert len(doors) > 60
    for name, function in doors.items():
        assert declared_of(function).verb.count(":") == 2, name


def test_a_call_names_the_permission_it_asks_for(world):
    """An officer whose key lacks it is refused, whatever else the key may do."""
    from django.test import Client

    from clew.access.declared import declared_of
    from clew.access.keys import create_key
    from clew.access.permissions import Permission

    officer = world.officer("NO")
    tried = 0
    for name, function in _operations().items():
        needed = declared_of(function).opens
        if not isinstance(needed, Permission) or needed not in officer.permissions:
            continue
        rest = sorted(one.value for one in officer.permissions - {needed})
        secret = create_key(officer, "without", scope=rest)
        method, address = name.split(" ")
        address = "/api" + re.sub(r"{[^}]*}", str(uuid.uuid4()), address)
        answer = Client().generic(
            method, address, b"{}", content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
        )
        # What is malformed is refused before the question who may.
        assert answer.status_code in {403, 422}, (name, answer.status_code, answer.content)
        tried += answer.status_code == 403
    assert tried > 5


def test_a_command_or_job_without_a_declaration_does_not_run():
    from clew.access.declared import DoorUndeclared, declared_of

    def command():
        """Says nothing of itself."""

    with pytest.raises(DoorUndeclared, match="command"):
        declared_of(command)


def test_a_command_that_only_reads_is_on_record_all_the_same(world):
    import os
    import subprocess
    import sys

    from clew.ledger.models import Entry

    for words, verb in (
        (("organisation", "list"), "access:organisation:list"),
        (("index", "parked"), "intake:signature:list"),
    ):
        subprocess.run([sys.executable, "-m", "clew", *words], check=True, env=dict(os.environ), capture_output=True)
        entry = Entry.objects.using("service").order_by("-sequence").first()
        assert (entry.verb, entry.door) == (verb, "command")
