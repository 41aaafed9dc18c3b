"""The manifest of a backup: its parts with their digests, the counts of every table, the ledger's size and root; bound by the key ring."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from clew.site.backup_errors import BackupDamaged, BackupNotFound, BackupOfOtherKeys
from clew.vault.errors import BlobMissing
from clew.vault.keys import KeyRing
from clew.vault.places import Place

NAME = "manifest.json"
_FORMAT = "clew-backup-1"
_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the backup."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `database`, `listing` (of the objects) and `keys`, which may be left out, are parts."""

    made_at: str
    database: Part
    server_version: int
    listing: Part
    objects: int
    objects_bytes: int
    tables: dict[str, int]
    ledger_size: int
    ledger_root: str
    keys: Part | None = None
    mac: str = field(default="", compare=False)

    @property
    def parts(self) -> list[Part]:
        """All parts but the objects themselves."""
        return [self.database, self.listing, *([self.keys] if self.keys else [])]

    def bound(self, ring: KeyRing) -> Manifest:
        """The same with the code that only this ring makes."""
        return Manifest(**{**self._fields(), "mac": self._code(ring)})

    def require_bound(self, ring: KeyRing) -> None:
        """Refuse one that another ring made, or that was altered. Raises BackupOfOtherKeys."""
        if not hmac.compare_digest(self.mac, self._code(ring)):
            raise BackupOfOtherKeys

    def to_text(self) -> str:
        """As it is written down."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=2, sort_keys=True) + "\n"

    def _fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def _code(self, ring: KeyRing) -> str:
        told = {name: value for name, value in asdict(self).items() if name != "mac"}
        return hmac.digest(ring.subkey("backup"), json.dumps(told, sort_keys=True).encode(), "sha256").hex()


def read_manifest(place: Place) -> Manifest:
    """The manifest of the backup at this place. Raises BackupNotFound, BackupDamaged."""
    try:
        text = b"".join(pieces(place, NAME))
    except BlobMissing:
        raise BackupNotFound from None
    try:
        told = json.loads(text)
        if told.pop("format") != _FORMAT:
            raise BackupDamaged(part=NAME)
        keys = told.pop("keys")
        database, listing = Part(**told.pop("database")), Part(**told.pop("listing"))
        return Manifest(**told, database=database, listing=listing, keys=Part(**keys) if keys else None)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupDamaged(part=NAME) from None


def pieces(place: Place, path: str) -> Iterator[bytes]:
    """The bytes of a file in the backup. Raises BlobMissing."""
    with place.reading(path) as reader:
        for at in range(0, reader.size_bytes, _PIECE_BYTES):
            yield reader.read(at, _PIECE_BYTES)


def verified_pieces(place: Place, part: Part) -> Iterator[bytes]:
    """The bytes of a part; once all came, they are known to be what was written. Raises BackupDamaged, naming it."""
    digest, size_bytes = hashlib.sha256(), 0
    try:
        for piece in pieces(place, part.name):
            digest.update(piece)
            size_bytes += len(piece)
            yield piece
    except BlobMissing:
        raise BackupDamaged(part=part.name) from None
    if (size_bytes, digest.hexdigest()) != (part.size_bytes, part.sha256):
        raise BackupDamaged(part=part.name)


def verify(place: Place, part: Part) -> None:
    """Read a part to its end. Raises BackupDamaged."""
    for _ in verified_pieces(place, part):
        pass


def write_part(place: Place, name: str, content: Iterator[bytes]) -> Part:
    """Write a part of the backup, piece by piece; durable when this returns."""
    digest, size_bytes = hashlib.sha256(), 0
    with place.draft(0) as draft:
        for piece in content:
            digest.update(piece)
            size_bytes += len(piece)
            draft.write([piece])
        draft.publish(name, b"")
    return Part(name, size_bytes, digest.hexdigest())
