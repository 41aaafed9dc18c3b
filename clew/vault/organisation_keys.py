"""Keys of organisations: random, wrapped by the key provider under a key of that organisation alone, one of them current for each."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.vault.connections import Connection
from clew.vault.errors import ContentDestroyed
from clew.vault.providers import KeyProvider, Providers
from clew.vault.ringkey import KEY_BYTES

#: A key of an organisation is held unwrapped in memory so long; then its provider must answer again.
HELD_SECONDS_MAX = 60.0
#: The organisation of what is sealed for nobody in particular.
THE_HOUSE = uuid.UUID(int=0)

_COLUMNS = "id, organisation_id, provider, provider_key_id, wrapped"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A row of the table of keys."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    provider: str
    provider_key_id: str
    #: None once it was destroyed.
    wrapped: bytes | None = field(repr=False)

    @property
    def context(self) -> bytes:
        """To what the wrapped key is bound."""
        return b"clew organisation key 1" + self.id.bytes + self.organisation_id.bytes


class OrganisationKeys:
    """Makes, finds and ends keys of organisations. Works inside transactions of the caller; only unwrapped keys are its own."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self._held: dict[uuid.UUID, tuple[bytes, float]] = {}

    def provider_named(self, name: str) -> KeyProvider:
        """One of the providers. Raises ProviderUnknown."""
        return self._providers.named(name)

    def secret(self, row: KeyRow) -> bytes:
        """The key itself. Raises ContentDestroyed, KeyUnknown, SealBroken, KeyServiceUnreachable, ProviderUnknown."""
        if row.wrapped is None:
            self._held.pop(row.id, None)
            raise ContentDestroyed
        held = self._held.get(row.id)
        if held is not None and held[1] > time.monotonic():
            return held[0]
        secret = self._providers.named(row.provider).unwrap(row.provider_key_id, row.wrapped, row.context)
        self._held[row.id] = (secret, time.monotonic() + HELD_SECONDS_MAX)
        return secret

    def current(self, connection: Connection, organisation_id: uuid.UUID) -> KeyRow:
        """The organisation's current key, made at the first asking."""
        found = _current(connection, organisation_id)
        if found is None:
            # Two processes asking at once make one key: the second waits here for the first.
            _lock_organisation(connection, organisation_id)
            found = _current(connection, organisation_id) or self._make(connection, organisation_id)
        return found

    def replace(self, connection: Connection, organisation_id: uuid.UUID) -> KeyRow:
        """Make a fresh key the organisation's current one; the one before stays for what it wrapped."""
        _lock_organisation(connection, organisation_id)
        connection.execute(
            "UPDATE vault_organisationkey SET is_current = false WHERE organisation_id = %s AND is_current",
            [organisation_id],
        )
        return self._make(connection, organisation_id)

    def end(self, connection: Connection, rows: Sequence[KeyRow]) -> None:
        """Destroy keys: at their providers first, so that no copy of the table brings them back. Raises KeyRingFixed, KeyServiceUnreachable."""
        for row in rows:
            self._providers.named(row.provider).destroy(row.provider_key_id)
            self._held.pop(row.id, None)
        connection.execute(
            "UPDATE vault_organisationkey SET wrapped = NULL, is_current = false, destroyed_at = %s WHERE id = ANY(%s)",
            [now(), [row.id for row in rows]],
        )

    def _make(self, connection: Connection, organisation_id: uuid.UUID) -> KeyRow:
        provider, id_ = self._providers.current, new_id()
        key_id = f"clew-{organisation_id.hex}-{id_.hex[-12:]}"
        provider.make(key_id)
        secret = secrets.token_bytes(KEY_BYTES)
        row = KeyRow(id_, organisation_id, provider.name, key_id, None)
        wrapped = provider.wrap(key_id, secret, row.context)
        connection.execute(
            "INSERT INTO vault_organisationkey (id, organisation_id, provider, provider_key_id, wrapped, is_current, made_at)"
            " VALUES (%s, %s, %s, %s, %s, true, %s)",
            [id_, organisation_id, provider.name, key_id, wrapped, now()],
        )
        return KeyRow(id_, organisation_id, provider.name, key_id, wrapped)


def keys_of(connection: Connection, organisation_id: uuid.UUID, *, only_former: bool = False) -> list[KeyRow]:
    """The organisation's keys that were not destroyed, oldest first."""
    which = "AND NOT is_current" if only_former else ""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM vault_organisationkey WHERE organisation_id = %s AND wrapped IS NOT NULL {which}"  # noqa: S608 - constants
        " ORDER BY made_at, id",
        [organisation_id],
    )
    return [key_row(*columns) for columns in found]


def key_row(id_: uuid.UUID, organisation_id: uuid.UUID, provider: str, key_id: str, wrapped: Any) -> KeyRow:
    """A row as the database gives it."""
    return KeyRow(id_, organisation_id, provider, key_id, None if wrapped is None else bytes(wrapped))


def _current(connection: Connection, organisation_id: uuid.UUID) -> KeyRow | None:
    # Shared until the transaction ends: who makes another key current waits, so that nothing is wrapped under one that was left.
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM vault_organisationkey WHERE organisation_id = %s AND is_current FOR SHARE",  # noqa: S608 - constants
        [organisation_id],
    ).fetchone()
    return key_row(*found) if found else None


def _lock_organisation(connection: Connection, organisation_id: uuid.UUID) -> None:
    number = int.from_bytes(organisation_id.bytes[-8:], "big", signed=True)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [number])
