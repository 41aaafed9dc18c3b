"""A directory as a place. The object library's local store neither syncs nor hides its files, so this is ours."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clew.vault.durable import sync_directories, write_all, write_many_durably
from clew.vault.errors import BlobMissing, VaultUnreachable, WriteRefused

_DRAFTS = "drafts"


class DirectoryPlace:
    """Sealed objects below a directory: written under `drafts/`, synced, renamed into their folders, which are synced.

    Renaming over an object is harmless: both hold the same content, and readers keep the one which they opened.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._drafts = root / _DRAFTS
        with _refusals():
            self._drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_directories([root, root.parent])
        # Folders whose own entry in their parent is known to be on the disk.
        self._settled: set[Path] = {root}

    def put_many(self, objects: dict[str, list[bytes]]) -> None:
        """See Place. The batch shares its fsyncs: all files, then all renames, then all folders."""
        with _refusals():
            drafts = {path: self._draft_path() for path in objects}
            write_many_durably([(drafts[path], pieces) for path, pieces in objects.items()])
            self._publish(drafts)

    def confirm(self, paths: list[str]) -> None:
        """See Place: another process may have renamed the object a moment ago and not yet synced its folder."""
        with _refusals():
            self._settle([(self._root / path).parent for path in paths])

    @contextmanager
    def draft(self, header_bytes: int) -> Iterator[DirectoryDraft]:
        """See Place."""
        path = self._draft_path()
        with _refusals():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.lseek(descriptor, header_bytes, os.SEEK_SET)
            yield DirectoryDraft(self, path, descriptor)
        finally:
            os.close(descriptor)
            path.unlink(missing_ok=True)

    def publish_draft(self, draft: Path, path: str) -> None:
        """Let a synced draft appear at `path`, durably."""
        with _refusals():
            self._publish({path: draft})

    def size_bytes(self, path: str) -> int | None:
        """See Place."""
        try:
            with _outages():
                return (self._root / path).stat().st_size
        except BlobMissing:
            return None

    def written_at(self, path: str) -> float | None:
        """See Place."""
        try:
            with _outages():
                return (self._root / path).stat().st_mtime
        except BlobMissing:
            return None

    @contextmanager
    def reading(self, path: str) -> Iterator[DirectoryReader]:
        """See Place. The open descriptor holds the object even when another is renamed over it."""
        with _outages():
            descriptor = os.open(self._root / path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield DirectoryReader(descriptor)
        finally:
            os.close(descriptor)

    def delete(self, path: str) -> None:
        """See Place."""
        target = self._root / path
        with _refusals():
            try:
                target.unlink()
            except FileNotFoundError:
                return
            sync_directories([target.parent])

    def paths(self, folder: str) -> Iterator[str]:
        """See Place. The order is the directory's own."""
        for directory, _, names in os.walk(self._root / folder):
            for name in names:
                yield str((Path(directory) / name).relative_to(self._root))

    def sweep(self, age_seconds_min: float) -> int:
        """See Place. A draft younger than this may belong to a writer still at work."""
        newest = time.time() - age_seconds_min
        swept = 0
        for path in self._drafts.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= newest:
                    path.unlink()
                    swept += 1
        return swept

    def _draft_path(self) -> Path:
        return self._drafts / secrets.token_hex(16)

    def _publish(self, drafts: dict[str, Path]) -> None:
        folders = [(self._root / path).parent for path in drafts]
        for folder in folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, draft in drafts.items():
            draft.rename(self._root / path)
        self._settle(folders)

    def _settle(self, folders: list[Path]) -> None:
        """Sync folders, and once in each process those above them: another process may have made them unsynced."""
        chain = dict.fromkeys(folders)
        fresh: set[Path] = set()
        for folder in folders:
            step = folder
            while step not in self._settled and step not in fresh:
                fresh.add(step)
                step = step.parent
                chain[step] = None
        sync_directories(chain)
        self._settled |= fresh


class DirectoryDraft:
    """See Draft."""

    def __init__(self, place: DirectoryPlace, path: Path, descriptor: int) -> None:
        self._place = place
        self._path = path
        self._descriptor = descriptor

    def write(self, pieces: list[bytes]) -> None:
        """See Draft."""
        with _refusals():
            write_all(self._descriptor, pieces)

    def publish(self, path: str, header: bytes) -> None:
        """See Draft."""
        with _refusals():
            os.pwrite(self._descriptor, header, 0)
            os.fsync(self._descriptor)
        self._place.publish_draft(self._path, path)


class DirectoryReader:
    """See Reader."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size_bytes = os.fstat(descriptor).st_size

    def read(self, start: int, size_bytes: int) -> bytes:
        """See Reader. One call to the kernel gives at most 2 GiB, so it is asked until it gives no more."""
        pieces: list[bytes] = []
        with _outages():
            while size_bytes > 0 and (piece := os.pread(self._descriptor, size_bytes, start)):
                pieces.append(piece)
                start += len(piece)
                size_bytes -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # The code's name only: the full text would carry the path into logs.
        raise WriteRefused(reason=errno.errorcode.get(error.errno or 0, "unknown")) from None


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BlobMissing from None
    except OSError as error:
        raise VaultUnreachable(reason=errno.errorcode.get(error.errno or 0, "unknown")) from None
