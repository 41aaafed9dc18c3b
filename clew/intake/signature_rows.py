"""Signature rows: what the index is made of, read from the database: all of it, what came since, and what a number stands for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db import connections

from clew.kernel.limits import PDQ_QUALITY_MIN
from clew.matching.bits import HASH_BYTES, Bytes
from clew.matching.hits import Numbers

# A row's number is drawn before its transaction commits, so "greater than the last number seen" would miss late committers. Each row
# names the transaction that wrote it instead. Of transactions below the horizon none runs any more: what they wrote is all there is.
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
_KINDS = "kind IN ('pdq', 'pdq-enlarged', 'pdq-frame', 'pdq-frame-trimmed')"
_RELIABLE = f"{_KINDS} AND coalesce(quality, 100) >= {PDQ_QUALITY_MIN} AND length(bits) = {HASH_BYTES}"
#: Each point is drawn anew, and the first row from there on taken: quick however large the table is.
_SAMPLED = f"""
SELECT found.id, found.bits
FROM (SELECT min(id) AS low, max(id) AS high FROM catalogue_signature) AS ends,
  generate_series(1, %s) AS n,
  LATERAL (SELECT low + (random() * (high - low + 1))::bigint + 0 * n AS point) AS drawn,
  LATERAL (SELECT id, bits FROM catalogue_signature WHERE id >= drawn.point AND {_RELIABLE} ORDER BY id LIMIT 1) AS found
"""  # noqa: S608 - constants
_FRAMES = f"""
SELECT media_id, kind, count(*) FROM catalogue_signature
WHERE media_id = ANY(%s) AND kind IN ('pdq-frame', 'pdq-frame-trimmed') AND {_RELIABLE} GROUP BY media_id, kind
"""  # noqa: S608 - constants
#: A binary COPY row: number of fields, length and id, length and bits (PostgreSQL, COPY, binary format).
_ROW = np.dtype([("fields", ">i2"), ("l1", ">i4"), ("id", ">i8"), ("l2", ">i4"), ("bits", "u1", (HASH_BYTES,))])
_HEADER_BYTES = 19
_RESOLVED = """
SELECT s.id, s.media_id, s.quality, s.kind, s.time_ms, p.reason FROM catalogue_signature s
LEFT JOIN intake_parking p ON p.signature_id = s.id AND p.released_at IS NULL WHERE s.id = ANY(%s)
"""
_CONTENTS = """
SELECT s.id, s.media_id, p.reason IS NOT NULL FROM catalogue_signature s
LEFT JOIN intake_parking p ON p.signature_id = s.id AND p.released_at IS NULL WHERE s.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class HeldSignature:
    """What a number of the index stands for at this moment; `parked` is the reason where it is set aside."""

    media_id: uuid.UUID
    quality: int | None
    kind: str
    time_ms: int
    parked: str | None


def horizon() -> str:
    """Transactions below this have ended."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_HORIZON)
        found: str = cursor.fetchone()[0]
    return found


def source() -> str:
    """Which database this is: a home that was copied or restored beside another one must not use its index."""
    with connections["service"].cursor() as cursor:
        # Some hosts of databases keep the cluster's number to themselves.
        cursor.execute("SELECT has_function_privilege('pg_control_system()', 'execute')")
        (may_ask,) = cursor.fetchone()
        number = "(SELECT system_identifier FROM pg_control_system())" if may_ask else "inet_server_addr()"
        cursor.execute(
            f"SELECT concat_ws('/', {number}, current_database(), oid) FROM pg_database WHERE datname = current_database()"  # noqa: S608 - constants
        )
        found: str = cursor.fetchone()[0]
    return found


def rows_since(watermark: str) -> tuple[Numbers, Bytes]:
    """What transactions from the watermark on have committed: (n,) ids and (n, 32) bytes."""
    return _copied(">=", watermark)


def rows_before(watermark: str) -> tuple[Numbers, Bytes]:
    """What transactions below the watermark have left: (n,) ids and (n, 32) bytes."""
    return _copied("<", watermark)


def _copied(side: str, watermark: str) -> tuple[Numbers, Bytes]:
    """However many rows there are, at 50 bytes each while they are read."""
    read = bytearray()
    # COPY takes no parameters; the watermark is a number that the database gave.
    chosen = f"SELECT id, bits FROM catalogue_signature WHERE made_in {side} '{int(watermark)}'::xid8 AND {_RELIABLE}"  # noqa: S608 - constants
    with connections["service"].cursor() as cursor, cursor.copy(f"COPY ({chosen}) TO STDOUT (FORMAT BINARY)") as copy:
        for block in copy:
            read += block
    count = (len(read) - _HEADER_BYTES - 2) // _ROW.itemsize
    rows = np.frombuffer(read, dtype=_ROW, count=count, offset=_HEADER_BYTES)
    return rows["id"].astype(np.int64), np.ascontiguousarray(rows["bits"])


def sampled_rows(count: int) -> tuple[Numbers, Bytes]:
    """Rows from anywhere in the table, at most so many: (n,) ids and (n, 32) bytes."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_SAMPLED, [count])
        rows = dict(cursor.fetchall())
    bits = np.frombuffer(b"".join(bytes(found) for found in rows.values()), dtype=np.uint8)
    return np.array(list(rows), dtype=np.int64), bits.reshape(-1, HASH_BYTES)


def frame_counts(media_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, str], int]:
    """How many frames of these films can be compared, by kind."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_FRAMES, [list(media_ids)])
        return {(media_id, kind): count for media_id, kind, count in cursor.fetchall()}


def resolve(ids: Iterable[int]) -> dict[int, HeldSignature]:
    """What the numbers stand for; those removed since they were indexed are left out."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_RESOLVED, [list(ids)])
        return {row[0]: HeldSignature(*row[1:]) for row in cursor.fetchall()}


def contents_of(ids: Iterable[int]) -> list[tuple[int, uuid.UUID, bool]]:
    """For each number still held, the content it is of, and whether it is set aside."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_CONTENTS, [list(ids)])
        found: list[tuple[int, uuid.UUID, bool]] = cursor.fetchall()
    return found
