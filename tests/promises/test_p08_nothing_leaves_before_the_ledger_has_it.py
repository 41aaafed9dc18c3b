"""P8: nothing protected leaves before its ledger entry is durable: a ledger that cannot be written shuts every door.

Routes are found, not listed: a new one is called as well, and fails here until it has a sample that it answers.
"""

import json
import re
import subprocess
import sys
import uuid
from contextlib import contextmanager

import pytest
from django.urls import URLPattern, URLResolver

#: Answer the same without a ledger, each for its reason.
EXEMPT = {
    "health": "tells only that the site answers",
    "session_state": "tells an officer how many seconds their own screen stays open",
    "api:openapi-json": "what the source says of the API is no secret",
    "POST /api/v1/witness/add-checkpoint": "shows nothing; what it has seen is a record of its own, and not changeable either",
}
#: What no call of this test gets an answer of: never one in which something could leave.
ONLY_REFUSE = {
    "one_time_code_picture": "is shown while the code is set up and never again",
    "mfa_authenticate": "belongs to a sign-in that is under way",
    "account_inactive": "redirects whoever is active",
}
PAGE_FORMS = {
    "intake:release": {"reason": "seen"},
    "intake:submission_new": {
        "case_reference": "C-9",
        "legal_basis": "Act 1",
        "purpose": "victim identification",
        "confidentiality": "restricted",
        "sharing": "nobody",
        "outside": "contact",
    },
}
API_BODIES = {
    "POST /api/v1/checks": {"fingerprints": [{"path": "a", "md5": "0" * 32}]},
    "POST /api/v1/match": {"signatures": ["md5:" + "0" * 32]},
    "POST /api/v1/submissions": {"case_reference": "C-8", "legal_basis": "Act 1"},
    "POST /api/v1/submissions/{submission_id}/hashes": [
        {"key": "k1", "path": "a", "kind": "md5", "hash": "0" * 31 + "1"},
    ],
    "POST /api/v1/submissions/{submission_id}/refusals": [{"key": "k2", "path": "b", "reason": "torn"}],
    "POST /api/v1/submissions/{submission_id}/close": {},
}
#: Written into what is held: none of it may stand in an answer that came without an entry.
SECRETS = (b"holiday", b"Blue sofa", b'"verdict"', b"\xff\xd8\xff", b"kept-key", b"C-1")


@contextmanager
def _broken(database, *, at):
    """A ledger that refuses every entry: when it is written, as a full disk would, or only when the transaction is committed."""
    refuse = """
    CREATE FUNCTION no_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;
    CREATE CONSTRAINT TRIGGER no_entry AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY {} FOR EACH ROW EXECUTE FUNCTION no_entry();
    """
    with database["owner"].cursor() as cursor:
        cursor.execute(refuse.format("IMMEDIATE" if at == "insert" else "DEFERRED"))
    try:
        yield
    finally:
        with database["owner"].cursor() as cursor:
            cursor.execute("DROP TRIGGER no_entry ON ledger_entry; DROP FUNCTION no_entry();")


@pytest.fixture
def held(world, pictures, jpeg):
    """An officer with every role, and what they hold: the values that fill addresses."""
    from clew.access.permissions import ROLE_NAMES
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media
    from clew.intake.models import Parking, Verdict
    from clew.intake.parking import park

    world.found("SE", roles=tuple(sorted(ROLE_NAMES)))
    officer = world.officer("SE")
    submission = world.submit("SE", {"holiday.jpg": jpeg(pictures(1))}, close=False)
    with acting_as(officer):
        series = create_series(officer, "Blue sofa", world.grounds())
        media = Media.objects.get()
        state_membership(officer, series, [media.id], basis="seen")
    park(officer, media.id, "too many")
    return {
        "submission_id": submission.id,
        "series_id": series.id,
        "media_id": media.id,
        "file_id": Verdict.objects.using("service").get().file_id,
        "parking_id": Parking.objects.using("service").first().id,
    }


def _pages(patterns, prefix="", namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "api":
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from _pages(pattern.url_patterns, prefix + str(pattern.pattern), inner)
        elif isinstance(pattern, URLPattern):
            yield namespace + pattern.name, "/" + prefix + str(pattern.pattern)


def _filled(address, held):
    """The address with what is held; what is not held is a record that does not exist."""
    for name, value in held.items():
        address = re.sub(rf"<uuid:{name}>|{{{name}}}", str(value), address)
    address = re.sub(r"<uuid:\w+>|{\w+_id}", str(uuid.uuid4()), address).replace("<slug:kind>", "media")
    # A scheme that comes with Clew, and a taxonomy.
    for sample, value in (("<slug:key>", "uk"), ("<str:taxonomy_key>", "rooms"), ("<str:version>", "2014")):
        address = address.replace(sample, value)
    address = re.sub(r"<slug:\w+>", "nowhere", re.sub(r"<int:\w+>", "1", address))
    assert not re.search("[<{]", address), f"{address} needs a sample"
    return address


def _verbs():
    """Name -> the verb that a door says it is on record under."""
    from clew.access.declared import declared_of
    from clew.site.api import api
    from clew.site.urls import urlpatterns

    verbs = {}
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                address = re.sub(r"{uuid:(\w+)}", r"{\1}", f"/api{prefix}{path}")
                for method in operation.methods:
                    verbs[f"{method} {address}"] = declared_of(operation.view_func).verb
    for name, pattern in _named(urlpatterns):
        if hasattr(pattern.callback, "verb"):
            verbs[name] = pattern.callback.verb
    return verbs


def _named(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "api":
            yield from _named(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            yield namespace + pattern.name, pattern


def _calls(world, held):
    """Name -> ways to call it; every route of the site, every operation of the API."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from django.test import Client

    from clew.access.keys import create_key
    from clew.site.api import api
    from clew.site.urls import urlpatterns

    world.client("SE")
    RecoveryCodes.activate(world.officer("SE"))
    officer, key = world.officer("SE"), {"Authorization": f"Bearer {create_key(world.officer('SE'), 'test')}"}

    def browser():
        client = Client(raise_request_exception=False)
        client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def page(method, address, form):
        # Signed in beforehand: to begin a session is on record as well. Once more for the second call, for some of them end all sessions.
        beforehand = [browser()]
        return lambda: getattr(beforehand.pop() if beforehand else browser(), method)(address, form)

    def call(method, address, body):
        client = Client(raise_request_exception=False)
        if body == "multipart":
            return lambda: client.post(address, {"manifest": "[]"}, headers=key)
        if method == "put":
            headers = {**key, "X-Clew-Key": "k3", "X-Clew-Path": "c"}
            return lambda: client.put(address, b"text", content_type="application/octet-stream", headers=headers)
        content = {} if body is None else {"content_type": "application/json"}
        return lambda: getattr(client, method)(
            address, json.dumps(body) if body is not None else {}, headers=key, **content
        )

    calls = {}
    calls["api:openapi-json"] = [call("get", "/api/v1/openapi.json", None)]
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method in operations:
            name = f"{method.upper()} {path}"
            body = "multipart" if path.endswith("/files") else API_BODIES.get(name)
            calls[name] = [call(method, _filled(path, held), body)]
    for name, address in _pages(urlpatterns):
        filled = _filled(address, held)
        calls[name] = [page("get", filled, {}), page("post", filled, PAGE_FORMS.get(name, {}))]
    return calls


@pytest.mark.parametrize("at", ["insert", "commit"])
def test_with_a_broken_ledger_every_route_answers_503_where_it_answers_with_a_whole_one(database, held, world, at):
    from clew.ledger.models import Entry

    calls, verbs = _calls(world, held), _verbs()
    entries = Entry.objects.using("service").count()
    with _broken(database, at=at):
        shut = {name: [ask() for ask in ways] for name, ways in calls.items()}
    assert Entry.objects.using("service").count() == entries
    silent = []
    for name, ways in calls.items():
        for ask, refusal in zip(ways, shut[name], strict=True):
            for secret in SECRETS:
                assert secret not in refusal.content, (name, secret)
            before = Entry.objects.using("service").count()
            answer = ask()
            if answer.status_code >= 400:
                # That it was tried is put on record too; what is refused before the door is refused as ever.
                assert refusal.status_code in {503, answer.status_code}, (name, refusal.status_code)
                continue
            silent.append(name)
            if name not in EXEMPT:
                assert refusal.status_code == 503, (name, refusal.status_code, refusal.content)
                assert Entry.objects.using("service").count() > before, name
                written = Entry.objects.using("service").order_by("-sequence")[
                    : Entry.objects.using("service").count() - before
                ]
                if name in verbs:
                    assert verbs[name] in {entry.verb for entry in written}, name
    # Of records that are held, and of lists, every reading was answered: what leaves most is tried with an answer.
    unanswered = set(calls) - set(silent) - set(ONLY_REFUSE)
    assert {name for name in unanswered if name.startswith("GET ")} <= {"GET /api/v1/requests/{request_id}"}
    assert len(silent) > 50


@pytest.mark.parametrize("at", ["insert", "commit"])
def test_the_refusal_has_one_shape_for_people_and_one_for_programs(database, held, world, at):
    calls = _calls(world, held)
    with _broken(database, at=at):
        page = calls["catalogue:media"][0]()
        told = calls["GET /api/v1/submissions/{submission_id}"][0]()
        picture = calls["catalogue:reveal"][1]()
    assert (page.status_code, told.status_code, picture.status_code) == (503, 503, 503)
    assert b"The ledger cannot be written" in page.content
    assert told.json()["error"] == "LedgerUnwritable"
    assert calls["catalogue:reveal"][1]().content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("at", ["insert", "commit"])
def test_a_page_of_outlines_waits_for_its_one_entry(database, held, world, at):
    from clew.catalogue.models import Look

    client, asked = world.client("SE"), json.dumps({"media": [str(held["media_id"])]})
    client.raise_request_exception = False

    def ask():
        return client.post("/media/outlines/", asked, content_type="application/json")

    with _broken(database, at=at):
        shut = ask()
    assert (shut.status_code, b"/9j/" in shut.content) == (503, False)
    # Nor does a look that nobody wrote down make the next step possible.
    assert not Look.objects.using("service").exists()
    assert b"/9j/" in ask().content


@pytest.mark.parametrize("at", ["insert", "commit"])
def test_what_is_refused_to_an_officer_is_shut_in_the_same_way(database, world, at):
    client = world.client("NO")
    absent = f"/media/{uuid.uuid4()}/"
    with _broken(database, at=at):
        assert client.get(absent).status_code == 503
    assert client.get(absent).status_code == 404


@pytest.mark.parametrize(
    ("at", "words"), [("insert", ("check",)), ("commit", ("match",)), ("commit", ("submit", "--case", "C-7"))]
)
def test_the_command_line_tells_nothing_and_ends_with_a_status_of_its_own(
    database, world, tmp_path, pictures, jpeg, at, words
):
    known = jpeg(pictures(1))
    world.submit("NO", {"a.jpg": known})
    if words[0] == "match":
        import hashlib

        asked = tmp_path / "list.txt"
        asked.write_text(f"sha256:{hashlib.sha256(known).hexdigest()}\n")
    else:
        asked = tmp_path / "holiday.jpg"
        asked.write_bytes(known)
    command = [sys.executable, "-m", "clew", *words, str(asked), "--as", "no.officer", "--json"]
    with _broken(database, at=at):
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "The ledger cannot be written" in ran.stderr
    assert subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).returncode == 1


def test_an_action_whose_commit_fails_is_undone_and_the_next_one_works(database, world):
    from django.db import transaction

    from clew.ledger.actions import record
    from clew.ledger.errors import LedgerUnwritable
    from clew.ledger.models import Entry

    def act():
        with transaction.atomic(using="service"):
            record("tests:entry:write", actor=None, using="service")

    with _broken(database, at="commit"), pytest.raises(LedgerUnwritable):
        act()
    assert not Entry.objects.using("service").filter(verb="tests:entry:write").exists()
    act()
    assert Entry.objects.using("service").filter(verb="tests:entry:write").count() == 1


def test_a_commit_without_entries_fails_as_it_always_did(database):
    from django.db import IntegrityError, transaction

    with database["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE pairs (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")

    def act():
        with transaction.atomic(using="owner"), database["owner"].cursor() as cursor:
            cursor.execute("INSERT INTO pairs VALUES (1), (1)")

    try:
        with pytest.raises(IntegrityError):
            act()
    finally:
        with database["owner"].cursor() as cursor:
            cursor.execute("DROP TABLE pairs")


def test_a_database_that_is_away_is_told_as_a_ledger_that_cannot_be_written(world, monkeypatch):
    from django.db import OperationalError, connections

    client = world.client("NO")
    client.raise_request_exception = False

    def gone(*_ignored):
        raise OperationalError

    monkeypatch.setattr(connections["default"], "ensure_connection", gone)
    connections["default"].close()
    assert client.get("/submissions/").status_code == 503
