"""What an entry states: all of AU-3, sensitive values as keyed hashes alone, in a form that never changes."""

import datetime as dt
import hashlib
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ledger import keyring
from clew.ledger.circumstances import DoorKind, circumstances, note, under
from clew.ledger.errors import LedgerKeyMissing
from clew.ledger.rules import Stated, canonical_form, plain, settled, text_of_json, text_of_moment

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(verb=TEXTS, purpose=TEXTS, facts=st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers(), st.none()), max_size=3))
def test_the_canonical_form_is_json_with_sorted_keys_and_no_spaces(verb, purpose, facts):
    at = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
    fields = {"verb": verb, "outcome": "done", "officer": str(uuid.UUID(int=1)), "organisation": None}
    stated = Stated(
        at=text_of_moment(at), subject_kind="media", subject_id=None, facts=text_of_json(facts), format=1, **fields
    )
    former = {**fields, "at": at.isoformat(timespec="microseconds"), "facts": facts, "subject": ["media", None]}
    assert canonical_form(stated) == json.dumps(former, sort_keys=True, separators=(",", ":")).encode()
    full = {
        "purpose": purpose,
        "door": "api",
        "session": "ab",
        "address": None,
        "sensitive": {},
        "format": 2,
        "basis": "",
    }
    newer = Stated(
        at=stated.at, subject_kind="media", subject_id=None, facts=stated.facts, format=2, purpose=purpose, door="api",
        session="ab", **fields,
    )  # fmt: skip
    assert canonical_form(newer) == json.dumps({**former, **full}, sort_keys=True, separators=(",", ":")).encode()


def test_entries_of_the_first_form_keep_their_hash():
    from clew.ledger.rules import leaf_hash

    stated = Stated(
        format=1, at="2026-11-24T02:16:00.000000+00:00", verb="access:unit:set_up", outcome="done", officer=None,
        organisation=None, subject_kind="unit", subject_id="0192d1f0-0000-7000-8000-000000000001", facts="{}",
    )  # fmt: skip
    assert canonical_form(stated) == (
        b'{"at":"2026-11-24T02:16:00.000000+00:00","facts":{},"officer":null,"organisation":null,"outcome":"done",'
        b'"subject":["unit","0192d1f0-0000-7000-8000-000000000001"],"verb":"access:unit:set_up"}'
    )
    assert leaf_hash(canonical_form(stated)).hex() == "5dfa935c17c34086652aba422f74b946202b28ae97161cbbcfcc67b68e1455a4"


@pytest.mark.parametrize("facts", [{"a": float("inf")}, {"a": [float("nan")]}, {"a": {"b": 1e300}}, {"a": -0.0}])
def test_what_the_database_would_give_back_otherwise_is_refused(facts):
    with pytest.raises(ValueError, match=r"number|JSON"):
        settled(facts)


def test_any_other_fact_comes_back_with_the_same_hash(world):
    from django.db import transaction

    from clew.ledger.actions import record, stated_by
    from clew.ledger.models import Entry
    from clew.ledger.rules import leaf_hash

    facts = {
        10: "x",
        9: 0.1,
        "small": 1e-12,
        "large": 2**70,
        "text": "ü\u2028\U0001f4a9",
        "list": [None, True, {"b": 1, "a": 2.0}],
    }
    with transaction.atomic(using="service"), under(purpose="a\x00b\ud800", legal_basis="ü" * 999):
        record("tests:entry:facts", actor=None, using="service", facts=facts)
    entry = Entry.objects.using("service").get(verb="tests:entry:facts")
    assert leaf_hash(canonical_form(stated_by(entry))) == bytes(entry.leaf_hash)
    assert (entry.purpose, len(entry.legal_basis)) == ("a\ufffdb?", 300)
    assert plain("a\x00" * 9, 3) == "a\ufffda"


def test_equal_values_of_a_kind_have_equal_hashes_and_others_differ(installation):
    assert keyring.keyed_hash("path", "a.jpg") == keyring.keyed_hash("path", b"a.jpg")
    seen = {keyring.keyed_hash(kind, value) for kind in ("path", "pat", "session") for value in ("a", "ha", b"\x00a")}
    assert len(seen) == 9


def test_without_the_key_there_is_an_error_and_no_other_hash(installation, monkeypatch):
    monkeypatch.setattr(keyring, "_given", None)
    with pytest.raises(LedgerKeyMissing):
        keyring.keyed_hash("path", "a.jpg")
    with pytest.raises(LedgerKeyMissing):
        keyring.signing_keys()


def test_a_sensitive_value_is_found_by_its_keyed_hash_and_stands_nowhere(world, database):
    from django.db import transaction

    from clew.ledger.actions import record
    from clew.ledger.models import Entry

    with transaction.atomic(using="service"), under(address="192.0.2.7", session="s3cr3t"):
        record(
            "tests:entry:ask",
            actor=None,
            using="service",
            sensitive={"path": "holiday.jpg", "sha256": [b"\x01" * 32, b"\x02" * 32]},
        )
    wanted = keyring.mark_of("sha256", b"\x02" * 32)
    found = Entry.objects.using("service").get(sensitive__sha256__contains=wanted)
    assert found.sensitive["path"] == keyring.mark_of("path", "holiday.jpg")
    assert bytes(found.address_hash) == keyring.keyed_hash("address", "192.0.2.7")
    with database["owner"].cursor() as cursor:
        cursor.execute("SELECT ledger_entry::text FROM ledger_entry")
        rows = "".join(row[0] for row in cursor.fetchall())
    for secret in ("holiday", "192.0.2.7", "s3cr3t", "01" * 32):
        assert secret not in rows


def test_circumstances_hold_inside_and_are_gone_outside():
    before = circumstances()
    with under(door=DoorKind.PAGE, session="a"):
        with under(purpose="search"):
            note(session="b")
            assert (circumstances().session, circumstances().door, circumstances().purpose) == ("b", "page", "search")
        assert (circumstances().session, circumstances().purpose) == ("a", "")
    assert circumstances() == before


def test_pages_and_calls_state_door_session_and_address(world):
    from django.test import Client

    from clew.access.keys import create_key
    from clew.ledger.models import Entry

    client, secret = world.client("NO"), create_key(world.officer("NO"), "test")
    client.get("/submissions/", REMOTE_ADDR="192.0.2.7")
    client.get("/series/", REMOTE_ADDR="192.0.2.8")
    other, page = Entry.objects.using("service").order_by("-sequence")[:2]
    assert (page.door, page.verb) == ("page", "intake:submission:list")
    assert page.session_hash == other.session_hash == keyring.keyed_hash("session", client.session.session_key)
    assert bytes(page.address_hash) == keyring.keyed_hash("address", "192.0.2.7")
    assert page.address_hash != other.address_hash
    Client().get(f"/api/v1/submissions/{uuid.uuid4()}", headers={"Authorization": f"Bearer {secret}"})
    call = Entry.objects.using("service").order_by("-sequence").first()
    assert (call.door, call.outcome) == ("api", "NotFound")
    assert call.session_hash not in {None, page.session_hash}


def test_behind_a_trusted_proxy_the_address_is_what_the_proxy_says_last(settings_of):
    import ipaddress

    from django.test import RequestFactory

    from clew.site.peers import client_address

    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.7"}, REMOTE_ADDR="127.0.0.1")
    assert client_address(request) == "127.0.0.1"
    settings_of(CLEW_TRUSTED_PROXIES=(ipaddress.ip_network("127.0.0.1"),))
    assert client_address(request) == "192.0.2.7"


def test_who_asked_for_a_hash_is_found_by_whoever_has_the_key(world):
    from clew.intake.actions import check, match
    from clew.intake.fingerprints import Fingerprint
    from clew.intake.signatures_stated import questions_of_signatures
    from clew.ledger.models import Entry

    digest, look = bytes(range(32)), hashlib.sha256(b"look").digest()
    check(world.officer("NO"), [Fingerprint(digests={"sha256": digest})])
    match(world.officer("PT"), questions_of_signatures([f"sha256:{digest.hex()}", f"pdq:{look.hex()}"]), 2)
    askers = Entry.objects.using("service").filter(sensitive__sha256__contains=keyring.mark_of("sha256", digest))
    assert [entry.organisation_id for entry in askers.order_by("sequence")] == [
        world.organisations[key].id for key in ("NO", "PT")
    ]
    (entry,) = Entry.objects.using("service").filter(sensitive__pdq__contains=keyring.mark_of("pdq", look))
    assert digest.hex() not in str(entry.sensitive)
