"""Verifying this installation's ledger: everything is read once, in one view of the database, and handed to the pure rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

from clew.ledger.keyring import signing_keys
from clew.ledger.models import Cosignature, KeptNode, StoredCheckpoint
from clew.ledger.notes import Note, VerifierKey
from clew.ledger.rules import Stated, canonical_form, text_of_json
from clew.ledger.stored_tree import settled_below
from clew.ledger.verification import FaultKind, Kept, Line, Report, Signed, verify

_ROWS_AT_ONCE = 5_000
_LINES = """
SELECT l.index, l.entry_sequence, l.leaf_hash, e.leaf_hash, e.format,
  to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), e.verb, e.outcome, e.officer_id::text,
  e.organisation_id::text, e.subject_kind, e.subject_id::text, e.facts::text, encode(e.session_hash, 'hex'),
  encode(e.address_hash, 'hex'), e.door, e.purpose, e.legal_basis, e.sensitive::text
FROM ledger_leaf l LEFT JOIN ledger_entry e ON e.sequence = l.entry_sequence
WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""
_SLIPPED_IN = """
SELECT e.sequence FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_sequence = e.sequence
WHERE l.index IS NULL AND e.sequence <= %s ORDER BY e.sequence
"""
_WAITING = """
SELECT count(*) FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_sequence = e.sequence
WHERE l.index IS NULL AND e.sequence > %s
"""
_ALL = 2**62


@contextmanager
def one_view() -> Iterator[None]:
    """A transaction in which every statement sees the same state: what is read of entries, leaves and checkpoints belongs together."""
    with transaction.atomic(using="service"):
        with connections["service"].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def stored_lines(start: int = 0, stop: int = _ALL) -> Iterator[Line]:
    """The leaves of the tree with their entries, in order, read a few thousand at a time; inside a transaction."""
    # What Django's cursor does to every row costs more than the row.
    with connections["service"].connection.cursor(name="ledger_lines") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(_LINES, [start, stop])
        for row in cursor:
            yield _line(row)


def _line(row: tuple[Any, ...]) -> Line:
    (
        index,
        sequence,
        leaf,
        entry_leaf,
        format_,
        at,
        verb,
        outcome,
        officer,
        organisation,
        kind,
        subject,
        facts,
        *rest,
    ) = row
    if format_ is None:
        return Line(index, sequence, bytes(leaf), None, None)
    session, address, door, purpose, legal_basis, sensitive = rest
    stated = Stated(
        format=format_,
        at=at,
        verb=verb,
        outcome=outcome,
        officer=officer,
        organisation=organisation,
        subject_kind=kind,
        subject_id=subject,
        facts=facts if facts == "{}" else text_of_json(json.loads(facts)),
        session=session,
        address=address,
        door=door,
        purpose=purpose,
        legal_basis=legal_basis,
        sensitive=sensitive if sensitive == "{}" else text_of_json(json.loads(sensitive)),
    )
    return Line(index, sequence, bytes(leaf), canonical_form(stated), bytes(entry_leaf))


def stored_checkpoints() -> list[Signed]:
    """All checkpoints in their order, each with the signatures of its witnesses."""
    lines: dict[int, list[str]] = {}
    for found in Cosignature.objects.using("service").order_by("witness"):
        lines.setdefault(found.checkpoint_number, []).append(found.line)
    return [
        Signed(stored.number, stored.note + "".join(lines.get(stored.number, ())), stored.size, bytes(stored.root))
        for stored in StoredCheckpoint.objects.using("service").order_by("number")
    ]


def stored_witnesses() -> list[VerifierKey]:
    """The public keys of all who ever cosigned, as they were then."""
    keys = Cosignature.objects.using("service").order_by("key").values_list("key", flat=True).distinct()
    return [VerifierKey.parse(key) for key in keys]


def stored_nodes() -> dict[tuple[int, int], bytes]:
    """The kept nodes by level and index."""
    rows = KeptNode.objects.using("service").values_list("level", "index", "node_hash")
    return {(level, index): bytes(hash_) for level, index, hash_ in rows}


def verify_stored(*, witnesses: Sequence[VerifierKey] = (), witnessed: Sequence[Note] = ()) -> Report:
    """Verify the whole ledger of this installation. Changes nothing; entries that are no leaf yet are counted as waiting."""
    key = signing_keys().signer.verifier
    with one_view():
        with connections["service"].cursor() as cursor:
            settled = settled_below(cursor)
        known = [*witnesses, *(key for key in stored_witnesses() if key.name not in {one.name for one in witnesses})]
        kept = Kept(stored_checkpoints(), key, stored_nodes(), known, witnessed)
        report = verify(stored_lines(), kept)
        with connections["service"].cursor() as cursor:
            cursor.execute(_SLIPPED_IN, [settled])
            for (sequence,) in cursor.fetchall():
                report.add(
                    FaultKind.INSERTED, f"entry {sequence} is in no leaf, and everything up to {settled} was settled"
                )
            cursor.execute(_WAITING, [settled])
            report.waiting = int(cursor.fetchone()[0])
    return report
