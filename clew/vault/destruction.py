"""Destruction: of the wraps of one object, and of all keys of one organisation. What it ends opens for nobody any more."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from clew.vault.addresses import BlobAddress
from clew.vault.envelopes import Envelopes, lock, wraps_of
from clew.vault.errors import EnvelopeMissing
from clew.vault.organisation_keys import keys_of
from clew.vault.store import Vault


def destroy_object(
    vault: Vault, address: BlobAddress, *, organisation_id: uuid.UUID | None = None, derived: Sequence[BlobAddress] = ()
) -> bool:
    """Destroy the wrap that this organisation, or that anybody, has of an object; whether it is gone now, for want of any other.

    Gone, its bytes and those of what was made from it are removed too. Safe to repeat. An object of the first form has no wraps: it can only be
    destroyed for all, and is then simply missing.
    """
    assert vault.envelopes is not None
    with vault.envelopes.connections.transaction(is_patient=True) as connection:
        # Whoever brings the content again at this moment waits until the bytes are gone, and seals it anew.
        lock(connection, [address])
        rows = wraps_of(connection, [address]).get(address, [])
        if not rows and organisation_id is not None:
            if vault.exists(address):
                raise EnvelopeMissing
            return True
        connection.execute(
            "UPDATE vault_wrap SET wrapped = NULL WHERE address = %s AND (%s::uuid IS NULL OR organisation_id = %s)",
            [address, organisation_id, organisation_id],
        )
        left = [row for row in rows if row.is_alive and organisation_id not in {None, row.key.organisation_id}]
        if left:
            return False
        for path in (address.path, *(one.path for one in derived)):
            vault.place.delete(path)
    return True


def destroy_organisation_keys(vault: Vault, organisation_id: uuid.UUID) -> int:
    """Destroy every key of an organisation, at its provider too; how many. What nobody else has brought is then unreadable, in every copy
    of the database and of the objects. Safe to repeat. Raises KeyRingFixed where the provider cannot destroy, KeyServiceUnreachable.
    """
    assert vault.envelopes is not None
    with vault.envelopes.connections.transaction() as connection:
        found = keys_of(connection, organisation_id)
        vault.envelopes.keys.end(connection, found)
    return len(found)


def require_destroyable(envelopes: Envelopes, organisation_id: uuid.UUID) -> None:
    """Refuse before anything is done where a provider cannot destroy keys, or does not answer. Raises KeyRingFixed, KeyServiceUnreachable."""
    with envelopes.connections.transaction() as connection:
        names = {key.provider for key in keys_of(connection, organisation_id)}
    for name in names:
        # Of a key that is not there nothing can be lost.
        envelopes.keys.provider_named(name).destroy(f"clew-trial-{uuid.uuid4().hex}")
