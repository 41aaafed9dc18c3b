"""Adoption: objects of the first form, whose keys are wrapped by the key ring in their headers, brought into the second form.

Only the header changes; the chunks are copied as they are, unopened. The new object takes the place of the old one in one step.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from clew.vault.addresses import BlobAddress
from clew.vault.errors import BlobMissing
from clew.vault.headers import (
    APART_HEADER_BYTES,
    MAGIC_BYTES,
    MAGIC_RING,
    RING_HEADER_BYTES,
    ObjectKey,
    apart_header,
    opened_by_ring,
)
from clew.vault.store import Vault

#: A backup holds this lock alone while it copies: an object adopted after the database was read would lie in the backup without its wraps.
STILL_LOCK = 0x436C_6577_5374_696C
_COPIED_BYTES = 1024 * 1024


def adopt(
    vault: Vault, original: BlobAddress, holders: Iterable[uuid.UUID], derived: Sequence[BlobAddress] = ()
) -> int:
    """Bring an original and what was made from it into the second form, with a wrap for each holder; how many objects were of the first.

    Safe to repeat; waits while a backup copies. Raises SealBroken for an object that does not open.
    """
    assert vault.envelopes is not None
    holders = list(dict.fromkeys(holders))
    if not holders or not _is_first_form(vault, original):
        return sum(_adopt_derived(vault, original, address) for address in derived)
    with vault.envelopes.connections.transaction(is_patient=True) as still:
        still.execute("SELECT pg_advisory_xact_lock_shared(%s)", [STILL_LOCK])
        with vault.envelopes.claimed([original], holders[0]) as claims:
            _give_header(vault, original, ObjectKey(claims[original].secret, vault.locator_key))
    for holder in holders[1:]:
        with vault.envelopes.claimed([original], holder):
            pass
    return 1 + sum(_adopt_derived(vault, original, address) for address in derived)


def _adopt_derived(vault: Vault, original: BlobAddress, address: BlobAddress) -> int:
    assert vault.envelopes is not None
    if not _is_first_form(vault, address):
        return 0
    keys = vault.envelopes.object_keys([original])
    if original not in keys:
        return 0
    with vault.envelopes.connections.transaction(is_patient=True) as still:
        still.execute("SELECT pg_advisory_xact_lock_shared(%s)", [STILL_LOCK])
        _give_header(vault, address, ObjectKey(keys[original], vault.locator_key, original))
    return 1


def _is_first_form(vault: Vault, address: BlobAddress) -> bool:
    try:
        with vault.place.reading(address.path) as reader:
            return reader.read(0, MAGIC_BYTES) == MAGIC_RING
    except BlobMissing:
        return False


def _give_header(vault: Vault, address: BlobAddress, key: ObjectKey) -> None:
    with vault.place.reading(address.path) as reader, vault.place.draft(APART_HEADER_BYTES) as draft:
        content_key = opened_by_ring(reader.read(0, RING_HEADER_BYTES), address, vault.ring)
        at = RING_HEADER_BYTES
        while piece := reader.read(at, _COPIED_BYTES):
            draft.write([piece])
            at += len(piece)
        draft.publish(address.path, apart_header(address, key, content_key.secret, content_key.prefix))
