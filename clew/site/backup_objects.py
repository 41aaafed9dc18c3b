"""The vault's objects in a backup: sealed as they are, under the digest of their sealed bytes, so that each is copied once and never changed.

The listing has a line for each object: path in the vault, size, a stamp of its header, SHA-256. The header is random for each sealing: where size
and stamp are those of the backup before, the object is the same, and is not read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from clew.site.backup_errors import BackupDamaged
from clew.site.backup_manifest import Part, verified_pieces
from clew.vault.addresses import BlobAddress, Namespace
from clew.vault.errors import BlobMissing
from clew.vault.headers import HEADER_BYTES_MAX
from clew.vault.places import Place

#: Smaller objects go together, to share their fsyncs; larger ones one by one, in pieces.
_WHOLE_BYTES, _TOGETHER, _TOGETHER_BYTES = 4 * 1024 * 1024, 256, 32 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One object of the listing."""

    path: str
    size_bytes: int
    stamp: str
    sha256: str

    @property
    def part(self) -> Part:
        """Where its bytes lie in the backup."""
        return Part(f"objects/{self.sha256[:2]}/{self.sha256}", self.size_bytes, self.sha256)


def read_listing(place: Place, listing: Part) -> list[Line]:
    """The lines of a listing. Raises BackupDamaged."""
    text = b"".join(verified_pieces(place, listing)).decode()
    try:
        return [
            Line(path, int(size), stamp, sha256)
            for path, size, stamp, sha256 in (row.split("\t") for row in text.splitlines())
        ]
    except ValueError:
        raise BackupDamaged(part=listing.name) from None


@dataclass(slots=True)
class Copying:
    """Copies objects into the backup, small ones together. `lines` tells what it holds in the end."""

    vault: Place
    backup: Place
    before: dict[str, Line]
    lines: list[Line] = field(default_factory=list)
    copied: int = 0
    _waiting: dict[str, list[bytes]] = field(default_factory=dict)
    _waiting_bytes: int = 0

    def copy_all(self) -> Iterator[int]:
        """Every object of the vault; tells from time to time how many were looked at."""
        for namespace in Namespace:
            for path in self.vault.paths(namespace):
                if BlobAddress.of_path(path):
                    self._copy(path)
                    if len(self.lines) % 100 == 0:
                        yield len(self.lines)
        self._flush()
        yield len(self.lines)

    def _copy(self, path: str) -> None:
        try:
            with self.vault.reading(path) as reader:
                stamp = hashlib.sha256(reader.read(0, HEADER_BYTES_MAX)).hexdigest()[:32]
                before = self.before.get(path)
                if before and (before.size_bytes, before.stamp) == (reader.size_bytes, stamp):
                    self.lines.append(before)
                    return
                if reader.size_bytes <= _WHOLE_BYTES:
                    content = reader.read(0, reader.size_bytes)
                    line = Line(path, len(content), stamp, hashlib.sha256(content).hexdigest())
                    self._waiting[line.part.name] = [content]
                    self._waiting_bytes += len(content)
                else:
                    digest = hashlib.sha256()
                    with self.backup.draft(0) as draft:
                        for at in range(0, reader.size_bytes, _PIECE_BYTES):
                            piece = reader.read(at, _PIECE_BYTES)
                            digest.update(piece)
                            draft.write([piece])
                        line = Line(path, reader.size_bytes, stamp, digest.hexdigest())
                        draft.publish(line.part.name, b"")
        except BlobMissing:
            # Purged since it was listed.
            return
        self.lines.append(line)
        self.copied += 1
        if len(self._waiting) >= _TOGETHER or self._waiting_bytes >= _TOGETHER_BYTES:
            self._flush()

    def _flush(self) -> None:
        self.backup.put_many(self._waiting)
        self._waiting, self._waiting_bytes = {}, 0


def listing_text(lines: list[Line]) -> Iterator[bytes]:
    """The listing as it is written down, by path."""
    for line in sorted(lines, key=lambda one: one.path):
        yield f"{line.path}\t{line.size_bytes}\t{line.stamp}\t{line.sha256}\n".encode()


def prune(backup: Place, lines: list[Line]) -> int:
    """Remove objects of the backup that the newest listing does not name, such as destroyed ones; how many."""
    wanted = {line.part.name for line in lines}
    unwanted = [path for path in backup.paths("objects") if path not in wanted]
    for path in unwanted:
        backup.delete(path)
    return len(unwanted)


def put_back(backup: Place, vault: Place, lines: list[Line]) -> Iterator[int]:
    """Put every object where it lay, each verified once more; tells how many are there. Raises BackupDamaged."""
    waiting: dict[str, list[bytes]] = {}
    waiting_bytes = 0
    for number, line in enumerate(lines, 1):
        if line.size_bytes > _WHOLE_BYTES:
            with vault.draft(0) as draft:
                for piece in verified_pieces(backup, line.part):
                    draft.write([piece])
                draft.publish(line.path, b"")
        else:
            waiting[line.path] = list(verified_pieces(backup, line.part))
            waiting_bytes += line.size_bytes
        if len(waiting) >= _TOGETHER or waiting_bytes >= _TOGETHER_BYTES or number == len(lines):
            vault.put_many(waiting)
            waiting, waiting_bytes = {}, 0
            yield number
