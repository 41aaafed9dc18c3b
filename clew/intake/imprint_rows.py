"""Imprint rows: what the database holds of scenes and sounds, for the indexes that follow it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connections

from clew.intake.signature_rows import horizon

#: Rows read at once: some megabytes.
_ROWS_AT_ONCE = 500
_RESOLVED = """
SELECT i.id, i.media_id, i.time_ms, i.content, p.reason FROM catalogue_imprint i
LEFT JOIN intake_parking p ON p.imprint_id = i.id AND p.released_at IS NULL WHERE i.id = ANY(%s)
"""
#: From anywhere in the table, as cheaply at any size: numbers drawn evenly, and the next row after each.
_SAMPLED = """
SELECT found.id, found.content FROM (SELECT max(id) AS top FROM catalogue_imprint WHERE kind = %s) AS highest
CROSS JOIN LATERAL (SELECT ceil(random() * highest.top)::bigint AS point FROM generate_series(1, %s)) AS drawn
CROSS JOIN LATERAL (SELECT id, content FROM catalogue_imprint WHERE id >= drawn.point AND kind = %s ORDER BY id LIMIT 1) AS found
"""


@dataclass(frozen=True, slots=True)
class HeldImprint:
    """What a number of an index stands for at this moment; `parked` is the reason where it is set aside."""

    media_id: uuid.UUID
    time_ms: int
    content: bytes
    parked: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was committed at one moment: what transactions below the horizon left, and these numbers of those from it on."""

    horizon: str
    numbers: frozenset[int]


def seen_now(kind: str) -> Seen:
    """What is committed by now. It is the database's word alone: what an index of this process takes up later does not change it."""
    until = horizon()
    return Seen(until, frozenset(_numbers_since(kind, until)))


def committed_after(kind: str, seen: Seen) -> list[int]:
    """The numbers of what was committed since that moment."""
    return [number for number in _numbers_since(kind, seen.horizon) if number not in seen.numbers]


def _numbers_since(kind: str, watermark: str) -> list[int]:
    with connections["service"].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM catalogue_imprint WHERE kind = %s AND made_in >= %s::xid8 ORDER BY id", [kind, watermark]
        )
        return [number for (number,) in cursor.fetchall()]


def imprints_since(kind: str, watermark: str) -> Iterator[tuple[int, bytes]]:
    """What transactions from the watermark on have committed, however many: number and content, by the number."""
    return _read(kind, ">=", watermark)


def imprints_before(kind: str, watermark: str) -> Iterator[tuple[int, bytes]]:
    """What transactions below the watermark have left, however many: number and content, by the number."""
    return _read(kind, "<", watermark)


def _read(kind: str, side: str, watermark: str) -> Iterator[tuple[int, bytes]]:
    sql = f"SELECT id, content FROM catalogue_imprint WHERE kind = %s AND id > %s AND made_in {side} %s::xid8 ORDER BY id LIMIT %s"  # noqa: S608 - constants
    newest = 0
    while True:
        with connections["service"].cursor() as cursor:
            cursor.execute(sql, [kind, newest, watermark, _ROWS_AT_ONCE])
            rows = cursor.fetchall()
        for number, content in rows:
            yield number, bytes(content)
        if len(rows) < _ROWS_AT_ONCE:
            return
        newest = rows[-1][0]


def sampled_imprints(kind: str, count: int) -> dict[int, bytes]:
    """Rows from anywhere in the table, at most so many: number and content."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_SAMPLED, [kind, count, kind])
        return {number: bytes(content) for number, content in cursor.fetchall()}


def resolve_imprints(numbers: Iterable[int]) -> dict[int, HeldImprint]:
    """What the numbers stand for; those removed since they were indexed are left out."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_RESOLVED, [list(numbers)])
        return {row[0]: HeldImprint(row[1], row[2], bytes(row[3]), row[4]) for row in cursor.fetchall()}
