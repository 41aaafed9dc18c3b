"""Rotation: every wrap of an organisation brought under a fresh key, while everybody goes on reading and writing. Objects are not touched.

The fresh key is current first; from then on nothing new is wrapped under the others. Then the wraps follow, some hundreds in each transaction.
Killed at any moment, what was wrapped anew stays so, both keys open what they wrapped, and the next run goes on.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from clew.vault.addresses import BlobAddress
from clew.vault.connections import Connection
from clew.vault.envelopes import Envelopes, bound_to
from clew.vault.errors import FormerKeysInUse, SealBroken
from clew.vault.organisation_keys import KeyRow, keys_of
from clew.vault.providers import unwrap_with, wrap_with

#: Wraps in one transaction: a few milliseconds of work.
BATCH = 500
_WAIT_SECONDS = 0.05
_TAKE = (
    "SELECT id, address, wrapped FROM vault_wrap WHERE key_id = %s AND id > %s AND wrapped IS NOT NULL"
    " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
)
_PUT = (
    "UPDATE vault_wrap w SET key_id = %s, wrapped = given.wrapped"
    " FROM unnest(%s::bigint[], %s::bytea[]) AS given (id, wrapped) WHERE w.id = given.id"
)


@dataclass(frozen=True, slots=True)
class Rotated:
    """How a rotation went: wraps brought under the current key, and damaged ones, which stay as they are."""

    is_resumed: bool
    rewrapped: int
    damaged: int


def rotate(
    envelopes: Envelopes, organisation_id: uuid.UUID, *, said: Callable[[int], None] = lambda _count: None
) -> Rotated:
    """Bring the organisation's wraps under a fresh key; where a rotation was broken off, under the key it had made. `said` is told each batch.

    Raises KeyServiceUnreachable; what was done until then stays.
    """
    with envelopes.connections.transaction() as connection:
        is_resumed = _left(connection, organisation_id) > 0
        if not is_resumed:
            envelopes.keys.replace(connection, organisation_id)
    rewrapped, damaged = 0, set[int]()
    while True:
        with envelopes.connections.transaction() as connection:
            former = keys_of(connection, organisation_id, only_former=True)
        for key in former:
            rewrapped += _follow(envelopes, key, damaged, said)
        with envelopes.connections.transaction() as connection:
            left = _left(connection, organisation_id)
        # What others held at that moment is taken in the next round.
        if left <= len(damaged):
            return Rotated(is_resumed, rewrapped, len(damaged))
        time.sleep(_WAIT_SECONDS)


def end_former_keys(envelopes: Envelopes, organisation_id: uuid.UUID) -> int:
    """Destroy the organisation's keys that wrap nothing any more; how many. Raises FormerKeysInUse while one still does, and KeyRingFixed.

    What opens only by them is then gone for good: backups made before the rotation.
    """
    with envelopes.connections.transaction() as connection:
        if _left(connection, organisation_id):
            raise FormerKeysInUse
        former = keys_of(connection, organisation_id, only_former=True)
        envelopes.keys.end(connection, former)
    return len(former)


def organisations_with_keys(envelopes: Envelopes) -> list[uuid.UUID]:
    """Every organisation that has a key."""
    with envelopes.connections.transaction() as connection:
        found = connection.execute(
            "SELECT DISTINCT organisation_id FROM vault_organisationkey WHERE wrapped IS NOT NULL ORDER BY 1"
        )
        return [organisation_id for (organisation_id,) in found]


def _follow(envelopes: Envelopes, former: KeyRow, damaged: set[int], said: Callable[[int], None]) -> int:
    """Bring what one former key wraps under the current one; how many."""
    old, last, rewrapped = envelopes.keys.secret(former), 0, 0
    while True:
        with envelopes.connections.transaction() as connection:
            current = envelopes.keys.current(connection, former.organisation_id)
            new = envelopes.keys.secret(current)
            taken = connection.execute(_TAKE, [former.id, last, BATCH]).fetchall()
            ids, wraps = list[int](), list[bytes]()
            for id_, text, wrapped in taken:
                address = BlobAddress(text)
                try:
                    secret = unwrap_with(old, bytes(wrapped), bound_to(former, address))
                except SealBroken:
                    damaged.add(id_)
                    continue
                ids.append(id_)
                wraps.append(wrap_with(new, secret, bound_to(current, address)))
            connection.execute(_PUT, [current.id, ids, wraps])
        if not taken:
            return rewrapped
        last = taken[-1][0]
        rewrapped += len(ids)
        said(len(ids))


def _left(connection: Connection, organisation_id: uuid.UUID) -> int:
    """How many wraps of the organisation are not under its current key."""
    found = connection.execute(
        "SELECT count(*) FROM vault_wrap w JOIN vault_organisationkey k ON k.id = w.key_id"
        " WHERE k.organisation_id = %s AND NOT k.is_current AND k.wrapped IS NOT NULL AND w.wrapped IS NOT NULL",
        [organisation_id],
    ).fetchone()
    return int(found[0]) if found else 0
