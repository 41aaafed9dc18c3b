"""P12: logs, errors, metrics and addresses hold no secret: fifty and more marked words are planted in every field that takes them, then everything is called, well and badly.

Routes are found, not listed, as for P8: a new one is called as well.
"""

import base64
import hashlib
import io
import json
import logging
import os
import re
import subprocess
import sys
import urllib.parse
from contextlib import contextmanager

import pytest

from tests.promises.test_p08_nothing_leaves_before_the_ledger_has_it import _broken, _calls

KINDS = ("sha256", "md5", "sha1", "pdq")
BYTES = {"sha256": 32, "md5": 16, "sha1": 20, "pdq": 32}
#: The fields of forms and bodies that are given a planted word, wherever they are asked for.
FIELDS = [
    "reference",
    "case_reference",
    "name",
    "title",
    "summary",
    "words",
    "reason",
    "reasons",
    "note",
    "label",
    "evidence",
    "what",
    "finding",
    "person",
    "contact",
    "answer",
    "purpose",
    "legal_basis",
    "path",
    "q",
    "username",
    "login",
    "password",
    "oldpassword",
    "password1",
    "password2",
    "code",
    "email",
    "contact_email",
    "contact_phone",
    "certificate",
    "secret",
    "token",
    "key",
    "signatures",
    "hash",
]


class Planted:
    """Words that stand in no source: each field has its own."""

    def __init__(self):
        self.words, self.hashes, self.secrets = {}, {}, {}

    def word(self, name):
        mark = hashlib.sha256(f"planted {name}".encode()).hexdigest()[:16]
        return self.words.setdefault(name, f"kanarie-{mark}")

    def hash(self, kind, number):
        bits = hashlib.sha512(f"{kind} {number}".encode()).digest()[: BYTES[kind]]
        return self.hashes.setdefault((kind, number), bits).hex()

    def needles(self):
        """Every planted word, as it would stand in a text: plain, in hex, in base 64."""
        found = {}
        for name, word in {**self.words, **self.secrets}.items():
            found |= dict.fromkeys(
                (word.lower(), word.encode().hex(), base64.b64encode(word.encode()).decode().lower()), name
            )
        for name, bits in self.hashes.items():
            found |= dict.fromkeys((bits.hex(), base64.b64encode(bits).decode().lower()), name)
            found[base64.urlsafe_b64encode(bits).decode().lower()] = name
            found[repr(bits)[2:-1].lower()] = name
        return found

    def found_in(self, text):
        text = text.decode(errors="replace") if isinstance(text, bytes) else text
        told = {text.lower(), urllib.parse.unquote(text).lower()}
        return {name for needle, name in self.needles().items() if any(needle in one for one in told)}


@pytest.fixture
def planted(world, pictures, jpeg):
    """Sweden, with an officer in every role but the data protection officer's, holds what was planted; addresses are filled with it."""
    from clew.access.actions import enlist_officer
    from clew.access.canaries import plant_canary
    from clew.access.groups import create_group, deny
    from clew.access.keys import create_key
    from clew.access.permissions import ROLE_NAMES
    from clew.access.scope import acting_as
    from clew.access.second_factor import set_up_one_time_code
    from clew.access.subject_requests import enter_request
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.caution import set_caution
    from clew.catalogue.models import Case, Media
    from clew.catalogue.retention import place_hold
    from clew.intake.actions import open_submission, receive_files, receive_hashes
    from clew.intake.models import Parking, Verdict
    from clew.intake.parking import park

    planted = Planted()
    world.found("SE", roles=tuple(sorted(ROLE_NAMES - {"data_protection_officer"})))
    officer, word = world.officer("SE"), planted.word
    submission = open_submission(
        officer,
        case_reference=word("case"),
        legal_basis=word("basis"),
        grounds=world.grounds(purpose=word("aim")),
        door="test",
    )
    for number in range(12):
        content = jpeg(pictures(1)) if number == 0 else f"{number} no picture".encode()
        for kind in ("sha256", "sha1", "md5"):
            planted.hashes[kind, f"file {number}"] = hashlib.new(kind, content).digest()
        receive_files(
            officer,
            submission.id,
            [(word(f"client key {number}"), f"{word('folder')}/{word(f'file {number}')}.jpg", content)],
        )
    listed = [
        (f"list {n}", word(f"line {n}"), kind, bytes.fromhex(planted.hash(kind, n))) for n, kind in enumerate(KINDS * 3)
    ]
    receive_hashes(officer, submission.id, listed)
    world.decide(submission)
    with acting_as(officer):
        series = create_series(officer, word("series"), world.grounds())
        media = Media.objects.get(kind="image")
        state_membership(officer, series, [media.id], basis=word("statement"))
        case = Case.objects.get()
    for bits in _looks_of(media):
        planted.hashes["pdq", bits.hex()[:8]] = bits
    group = create_group(officer, word("group"))
    deny(officer, world.organisations["PT"].id, word("denial"))
    plant_canary(officer, subject_kind="series", subject_id=series.id, note=word("watch"))
    place_hold(officer, "case", case.id, reason=word("hold") + " for the court", review_on=_in_a_year())
    set_caution(officer, "series", series.id, word("caution") + " is doubted")
    park(officer, media.id, word("parking"))
    protector = enlist_officer(
        officer.unit,
        username="se.dpo",
        name=word("protector"),
        roles=("data_protection_officer",),
        password=word("their password"),
        certified_until=None,
    )
    enter_request(protector, **_request(word))
    planted.secrets["totp"] = set_up_one_time_code(officer)
    planted.secrets["key"] = create_key(officer, word("key label"))
    officer.set_password(word("password"))
    officer.save(using="service")
    planted.held = {
        "submission_id": submission.id,
        "series_id": series.id,
        "media_id": media.id,
        "group_id": group.id,
        "file_id": Verdict.objects.using("service").order_by("file_id").first().file_id,
        "parking_id": Parking.objects.using("service").first().id,
    }
    return planted


def _in_a_year():
    import datetime as dt

    from clew.kernel.clock import now

    return now().date() + dt.timedelta(days=300)


def _request(word):
    from clew.kernel.clock import now

    return {
        "kind": "correction",
        "received_on": now().date(),
        "person": word("person"),
        "contact": word("contact"),
        "words": word("request"),
    }


def _looks_of(media):
    from clew.catalogue.models import Signature

    return [bytes(row.bits) for row in Signature.objects.using("service").filter(media=media)]


def _formatter():
    from django.conf import settings
    from django.utils.module_loading import import_string

    line = dict(settings.LOGGING["formatters"]["line"])
    made = import_string(line.pop("()")) if "()" in line else logging.Formatter
    return made(line["format"], style=line["style"])


@contextmanager
def _listening():
    """Everything that any logger says from DEBUG on, as the console would show it; what goes past loggers to standard output and error too."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    # As the settings would have it written.
    handler.setFormatter(_formatter())
    levels = {
        name: logging.getLogger(name).level for name in ("", "clew", "django", "django.request", "allauth", "ninja")
    }
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _telling_database(database, tables):
    """A database that refuses rows and says in its error what was in them, as PostgreSQL does where something is there already."""
    with database["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION tells() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'it is there already' USING ERRCODE = 'unique_violation', DETAIL = NEW::text; END $$"
        )
        for table in tables:
            cursor.execute(
                f"CREATE TRIGGER tells BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION tells()"
            )
    try:
        yield
    finally:
        with database["owner"].cursor() as cursor:
            cursor.execute("DROP FUNCTION tells() CASCADE")


def _addresses(answer):
    """Every address in a page, and where it sends the reader."""
    text = answer.content.decode(errors="replace") if "html" in answer.get("Content-Type", "") else ""
    return " ".join(
        [
            *re.findall(r"""(?:href|action|src|hx-get|hx-post|data-[\w-]*url)=["']([^"']*)""", text),
            answer.get("Location", ""),
        ]
    )


def _badly(world, planted, key, signed_in=None):
    """Ways to call every address with planted words where something else belongs."""
    from django.test import Client

    from clew.site.api import api
    from clew.site.urls import urlpatterns
    from tests.promises.test_p08_nothing_leaves_before_the_ledger_has_it import _filled, _pages

    form = {field: planted.word(f"sent as {field}") for field in FIELDS} | {"hash": planted.hash("sha256", 90)}

    def browser():
        client = Client(raise_request_exception=False)
        if signed_in:
            client.cookies.update(signed_in)
        else:
            client.force_login(world.officer("SE"), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    for name, address in _pages(urlpatterns):
        filled = _filled(address, planted.held)
        yield name, lambda filled=filled: browser().post(filled, form)
        yield (
            name,
            lambda filled=filled: browser().get(filled, {"q": planted.word("asked"), "page": planted.word("page")}),
        )
        yield (
            name,
            lambda filled=filled: Client(raise_request_exception=False).get(filled, {"q": planted.word("asked")}),
        )
    bodies = [
        form,
        {
            planted.hash("sha256", 91): planted.hash("pdq", 92),
            **form,
            "signatures": [f"sha256:{planted.hash('sha256', 93)}0"],
            "fingerprints": [
                {
                    "path": planted.word("bad path"),
                    "sha256": planted.hash("sha256", 94) + "x",
                    "pdq": {planted.hash("pdq", 95): 1},
                }
            ],
        },
        [{**form, "kind": planted.word("kind"), "key": planted.word("bad key"), "hash": planted.hash("md5", 96) + "0"}],
        [{**form, "kind": "md5", "key": "k", "path": planted.word("list path"), "hash": planted.hash("sha1", 97)}],
    ]
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method in operations:
            for body in bodies:
                for headers in (
                    {"Authorization": f"Bearer {key}"},
                    {"Authorization": f"Bearer {planted.word('wrong key')}"},
                ):
                    yield (
                        f"{method.upper()} {path}",
                        lambda method=method, path=path, body=body, headers=headers: Client(
                            raise_request_exception=False
                        ).generic(
                            method.upper(),
                            _filled(path, planted.held),
                            json.dumps(body),
                            content_type="application/json",
                            headers=headers,
                        ),
                    )


class Leaks(list):
    """What was found where it must not be."""

    def look(self, planted, where, text):
        self += [(where, name) for name in planted.found_in(text)]

    def judge(self, planted, name, answer):
        # What somebody wrote into an address themselves may stand in the links of the page they get, to the next of its pages.
        told = planted.found_in(_addresses(answer)) - {"asked", "page"}
        self += [(f"addresses in {name}", word) for word in told]
        headers = str({name: value for name, value in answer.headers.items() if name != "Set-Cookie"})
        self += [(f"headers of {name}", word) for word in planted.found_in(headers) - {"asked", "page"}]
        # A form that is given back to whoever filled it in is no error page.
        is_form = answer.status_code == 422 and "html" in answer.get("Content-Type", "")
        if answer.status_code >= 400 and not is_form:
            self.look(planted, f"error {answer.status_code} of {name}", answer.content)


def test_no_planted_word_is_in_a_log_an_error_an_address_or_a_metric(database, world, planted, capfd):
    from django.test import Client

    leaks, codes = Leaks(), set()
    key = planted.secrets["key"]
    with _listening() as written:
        well = [(name, ask) for name, ways in _calls(world, planted.held).items() for ask in ways]
        badly = list(_badly(world, planted, key))
        assert len(planted.needles()) > 150
        assert len({*planted.words, *planted.hashes, *planted.secrets}) >= 50
        for name, ask in [*badly, *well]:
            answer = ask()
            codes.add(answer.status_code)
            leaks.judge(planted, name, answer)
            if name.endswith("/metrics"):
                leaks.look(planted, "metrics", answer.content)
        client = Client()
        client.force_login(world.officer("SE"), backend="allauth.account.auth_backends.AuthenticationBackend")
        with _broken(database, at="commit"):
            for name, ask in _badly(world, planted, key, client.cookies):
                answer = ask()
                codes.add(answer.status_code)
                leaks.judge(planted, name, answer)
        telling = (
            "catalogue_case",
            "catalogue_submission",
            "intake_receivedfile",
            "intake_statedhash",
            "access_sharinggroup",
            "access_apikey",
            "catalogue_series",
        )
        with _telling_database(database, telling):
            for name, ask in [*badly, *well]:
                answer = ask()
                codes.add(answer.status_code)
                leaks.judge(planted, name, answer)
    assert {200, 302, 400, 401, 404, 405, 422, 500, 503} <= codes
    assert "Traceback" in written.getvalue()
    leaks.look(planted, "log", written.getvalue())
    told = capfd.readouterr()
    leaks.look(planted, "standard output", told.out)
    leaks.look(planted, "standard error", told.err)
    assert sorted(set(leaks)) == [], "\n".join(map(str, sorted(set(leaks))))


def test_no_planted_word_is_in_the_facts_of_the_ledger(database, world, planted):
    from clew.ledger.models import Entry

    for _name, ask in _badly(world, planted, planted.secrets["key"]):
        ask()
    leaks = Leaks()
    for entry in Entry.objects.using("service").all():
        leaks.look(
            planted,
            f"entry {entry.verb}",
            json.dumps([entry.facts, entry.outcome, entry.subject_kind, entry.door], default=str),
        )
    assert sorted(set(leaks)) == []


@pytest.mark.parametrize("key", ["PT", "HL"])
def test_no_planted_word_is_told_to_an_officer_of_another_organisation(database, world, planted, key):
    """Every route with Sweden's records, as Portugal's specialist and as a provider's engineer."""
    from django.test import Client

    from clew.access.keys import create_key
    from clew.site.api import api
    from clew.site.urls import urlpatterns
    from tests.promises.test_p08_nothing_leaves_before_the_ledger_has_it import _filled, _pages

    client, secret = world.client(key), create_key(world.officer(key), "test")
    client.raise_request_exception = False
    leaks = Leaks()
    for name, address in _pages(urlpatterns):
        leaks.look(planted, name, client.get(_filled(address, planted.held)).content)
        if client.session.get("_auth_user_id") is None:
            client = world.client(key)
            client.raise_request_exception = False
    for path in api.get_openapi_schema()["paths"]:
        asked = Client(raise_request_exception=False).get(
            _filled(path, planted.held), headers={"Authorization": f"Bearer {secret}"}
        )
        leaks.look(planted, path, asked.content)
    # Why a signature was set aside is what the coordinator tells everybody who sees the index.
    assert sorted({leak for leak in leaks if leak != ("intake:status", "parking")}) == []


def test_no_planted_word_is_in_what_a_failing_command_says(database, world, planted, tmp_path):
    """Lists with broken lines, names of nobody, files that are none, a database that tells what it refused."""
    listed = tmp_path / "list.txt"
    listed.write_text(
        "".join(f"sha256:{planted.hash('sha256', n)}z\n{planted.hash('md5', n)}\n" for n in range(70, 80))
    )
    good = tmp_path / "good.txt"
    good.write_text("".join(f"{planted.hash('md5', n)}\n" for n in range(70, 80)))

    def run(*words, **environment):
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "clew", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "CLEW_LOG_LEVEL": "DEBUG", **environment},
        )

    leaks = Leaks()
    with _telling_database(database, ("catalogue_case", "catalogue_submission", "intake_statedhash", "access_unit")):
        for words in (
            ("match", listed, "--as", "se.officer", "--json"),
            ("submit", good, "--case", planted.word("command case"), "--as", "se.officer"),
            ("unit", "add", "se", "--name", planted.word("command unit"), "--email", "a@b.example", "--phone", "1"),
            ("check", tmp_path, "--as", "no.officer"),
            ("status",),
            ("doctor",),
            ("ledger", "verify"),
        ):
            ran = run(*words)
            leaks.look(planted, f"standard error of {words[0]}", ran.stderr)
            leaks.look(planted, f"standard output of {words[0]}", ran.stdout if words[0] != "match" else "")
    assert sorted(set(leaks)) == []
