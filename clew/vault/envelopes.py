"""Envelopes: the key of each object, wrapped for every organisation that brought the content, in a table apart from the objects.

A content brought by several organisations is one object with several wraps, and opens as long as one of them does. Who seals holds a lock on the
addresses until its objects stand: so all who seal one content at the same moment use one key, and nobody destroys it between. The wraps are
committed after the objects: killed in between, an object nobody knows of is left, and is sealed anew when its content comes again.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.vault.addresses import BlobAddress
from clew.vault.connections import Connection, Connections
from clew.vault.errors import ContentDestroyed, EnvelopeMissing, KeyUnknown, SealBroken
from clew.vault.organisation_keys import KeyRow, OrganisationKeys, key_row
from clew.vault.providers import unwrap_with, wrap_with
from clew.vault.ringkey import KEY_BYTES

_WRAPS = (
    "SELECT w.address, w.wrapped, k.id, k.organisation_id, k.provider, k.provider_key_id, k.wrapped"
    " FROM vault_wrap w JOIN vault_organisationkey k ON k.id = w.key_id WHERE w.address = ANY(%s) ORDER BY w.id"
)
_ADD = (
    "INSERT INTO vault_wrap (address, organisation_id, key_id, wrapped, made_at)"
    " SELECT a, %s, %s, w, %s FROM unnest(%s::text[], %s::bytea[]) AS given (a, w)"
    " ON CONFLICT (address, organisation_id) DO UPDATE SET key_id = excluded.key_id, wrapped = excluded.wrapped, made_at = excluded.made_at"
)


@dataclass(frozen=True, slots=True)
class WrapRow:
    """One wrap of an object's key, with the key that wrapped it."""

    wrapped: bytes | None = field(repr=False)
    key: KeyRow

    @property
    def is_alive(self) -> bool:
        """Whether neither it nor its key was destroyed."""
        return self.wrapped is not None and self.key.wrapped is not None


@dataclass(frozen=True, slots=True)
class Claim:
    """The key of an object about to be sealed, and whether it was made just now: then what stands at the address opens no more."""

    secret: bytes = field(repr=False)
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """The key of an object as far as any wrap gives it, and what is wrong with one of its wraps."""

    secret: bytes | None = field(repr=False)
    fault: ClewError | None


class Envelopes:
    """The table of wraps, and the keys of organisations."""

    def __init__(self, connections: Connections, keys: OrganisationKeys) -> None:
        self.connections, self.keys = connections, keys

    @contextmanager
    def claimed(
        self, addresses: Sequence[BlobAddress], organisation_id: uuid.UUID
    ) -> Iterator[dict[BlobAddress, Claim]]:
        """The keys for sealing these objects for an organisation: those they have, or fresh ones; its wraps are kept when the block ends well."""
        if not addresses:
            yield {}
            return
        with self.connections.transaction(is_patient=True) as connection:
            lock(connection, addresses)
            rows = wraps_of(connection, addresses)
            claims: dict[BlobAddress, Claim] = {}
            missing: list[BlobAddress] = []
            for address in dict.fromkeys(addresses):
                alive = [row for row in rows.get(address, []) if row.is_alive]
                secret = self._first_secret(address, alive) if alive else secrets.token_bytes(KEY_BYTES)
                claims[address] = Claim(secret, is_fresh=not alive)
                if not any(row.key.organisation_id == organisation_id for row in alive):
                    missing.append(address)
            if missing:
                key = self.keys.current(connection, organisation_id)
                self.add(connection, key, {address: claims[address].secret for address in missing})
            yield claims

    def add(self, connection: Connection, key: KeyRow, keys: dict[BlobAddress, bytes]) -> None:
        """Wrap object keys under the key of an organisation, which holds their content from now on."""
        if keys:
            under = self.keys.secret(key)
            wraps = [wrap_with(under, secret, bound_to(key, address)) for address, secret in keys.items()]
            connection.execute(_ADD, [key.organisation_id, key.id, now(), list(keys), wraps])

    def object_keys(self, addresses: Sequence[BlobAddress]) -> dict[BlobAddress, bytes]:
        """The keys of those objects that have any. Raises ContentDestroyed, SealBroken, KeyServiceUnreachable."""
        try:
            return self._object_keys(addresses)
        except KeyUnknown:
            # A rotation may have left and ended the key between the two questions; then the wraps are under another by now.
            return self._object_keys(addresses)

    def object_key(self, address: BlobAddress) -> bytes:
        """The key of one object. Raises EnvelopeMissing, and as `object_keys` does."""
        found = self.object_keys([address])
        if address not in found:
            raise EnvelopeMissing
        return found[address]

    def examined(self, addresses: Sequence[BlobAddress]) -> dict[BlobAddress, Examined]:
        """The keys of many objects, after every wrap of theirs was opened. Raises KeyServiceUnreachable; what is wrong with one is told of it."""
        rows = self._wraps(addresses)
        return {address: self._examined(address, rows.get(address, [])) for address in addresses}

    def is_destroyed(self, address: BlobAddress) -> bool:
        """Whether the object had wraps, and none is left."""
        rows = self._wraps([address]).get(address, [])
        return bool(rows) and not any(row.is_alive for row in rows)

    def _examined(self, address: BlobAddress, rows: Sequence[WrapRow]) -> Examined:
        if not rows:
            return Examined(None, EnvelopeMissing())
        found, broken = set[bytes](), None
        for row in rows:
            if row.is_alive:
                try:
                    found.add(self._secret(address, row))
                except (SealBroken, KeyUnknown) as failed:
                    broken = failed
        if not found:
            return Examined(None, broken or ContentDestroyed())
        return Examined(next(iter(found)), broken or (SealBroken() if len(found) > 1 else None))

    def _wraps(self, addresses: Sequence[BlobAddress]) -> dict[BlobAddress, list[WrapRow]]:
        return _by_address(self.connections.read(_WRAPS, [list(addresses)]))

    def _object_keys(self, addresses: Sequence[BlobAddress]) -> dict[BlobAddress, bytes]:
        return {address: self._first_secret(address, found) for address, found in self._wraps(addresses).items()}

    def _first_secret(self, address: BlobAddress, rows: Sequence[WrapRow]) -> bytes:
        """The key by the first wrap that opens: a damaged one harms nobody as long as another is sound."""
        damage: SealBroken | None = None
        for row in rows:
            if row.is_alive:
                try:
                    return self._secret(address, row)
                except SealBroken as broken:
                    damage = broken
        raise damage or ContentDestroyed

    def _secret(self, address: BlobAddress, row: WrapRow) -> bytes:
        assert row.wrapped is not None
        return unwrap_with(self.keys.secret(row.key), row.wrapped, bound_to(row.key, address))


def wraps_of(connection: Connection, addresses: Sequence[BlobAddress]) -> dict[BlobAddress, list[WrapRow]]:
    """All wraps of these objects, the oldest first; objects without any are left out."""
    return _by_address(connection.execute(_WRAPS, [list(addresses)]).fetchall())


def _by_address(rows: Sequence[tuple[Any, ...]]) -> dict[BlobAddress, list[WrapRow]]:
    found: dict[BlobAddress, list[WrapRow]] = {}
    for address, wrapped, *key in rows:
        row = WrapRow(None if wrapped is None else bytes(wrapped), key_row(*key))
        found.setdefault(BlobAddress(address), []).append(row)
    return found


def lock(connection: Connection, addresses: Sequence[BlobAddress]) -> None:
    """Hold these addresses until the transaction ends; in one order, so that no two wait for each other."""
    numbers = sorted({int(address.partition("/")[2][:16], 16) - 2**63 for address in addresses})
    connection.execute(
        "SELECT pg_advisory_xact_lock(n) FROM unnest(%s::bigint[]) WITH ORDINALITY AS given (n, o)", [numbers]
    )


def bound_to(key: KeyRow, address: BlobAddress) -> bytes:
    """To what the wrap of an object's key is bound: another organisation's key or another object's row does not open it."""
    return b"clew envelope 1" + key.id.bytes + key.organisation_id.bytes + address.encode()
