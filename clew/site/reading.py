"""Reading: files from a disk into memory or as a stream, and into fingerprints, on as many cores as there are."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from clew.intake.fingerprints import Fingerprint, fingerprint_of, too_large, with_embedded
from clew.intake.sources import Found, FoundFile, FoundHash, FoundMember, FoundRefusal
from clew.intake.stated import fingerprint_of_hash
from clew.kernel.limits import FILM_SIZE_BYTES_MAX, MIB
from clew.media.jail import Jail
from clew.media.jail_grade import JailGrade
from clew.signatures.digests import digest_stream
from clew.signatures.film_cell import CELL

#: Larger files are streamed one by one, smaller ones travel and are sealed together.
SMALL_SIZE_BYTES_MAX = 8 * MIB
CHUNK_SIZE_BYTES = MIB
#: What one batch may hold in memory.
BATCH_FILES_MAX = 64
#: Hashes weigh nothing; this many are one question to the database.
BATCH_LINES_MAX = 1000
BATCH_SIZE_BYTES_MAX = 64 * MIB


def read_file(found: FoundFile) -> bytes | Iterable[bytes] | FoundRefusal:
    """The bytes of a small file, the chunks of a large one, or why it could not be read."""
    try:
        if found.size_bytes <= SMALL_SIZE_BYTES_MAX:
            return found.where.read_bytes()
        with found.where.open("rb"):
            return _chunks(found.where)
    except OSError as failed:
        return FoundRefusal(found.key, found.path, f"could not be read: {failed.strerror}")


def times_of(found: Iterable[Found]) -> dict[str, dt.datetime]:
    """When each of these was last changed, by its key, as far as its file system or archive says."""
    return {one.key: one.modified_at for one in found if isinstance(one, FoundFile | FoundMember) and one.modified_at}


def _chunks(where: Path) -> Iterator[bytes]:
    with where.open("rb") as file:
        while chunk := file.read(CHUNK_SIZE_BYTES):
            yield chunk


def batches(found: Iterable[Found]) -> Iterator[list[Found]]:
    """What was found, in batches that fit into memory."""
    batch: list[Found] = []
    files = size_bytes = 0
    for one in found:
        size, is_file = size_of(one), isinstance(one, FoundFile | FoundMember)
        is_full = files + is_file > BATCH_FILES_MAX or size_bytes + size > BATCH_SIZE_BYTES_MAX
        if batch and (is_full or len(batch) >= BATCH_LINES_MAX):
            yield batch
            batch, files, size_bytes = [], 0, 0
        batch.append(one)
        files, size_bytes = files + is_file, size_bytes + size
    if batch:
        yield batch


def size_of(found: Found) -> int:
    """Its bytes; nothing for a hash or a refusal."""
    if isinstance(found, FoundFile):
        return found.size_bytes
    return len(found.content) if isinstance(found, FoundMember) else 0


class Reader:
    """Fingerprints of whatever was found, on as many threads as there are cores. Use as a context manager.

    `report` is told what the jail is worth, once, before the first file is opened.
    """

    def __init__(self, report: Callable[[JailGrade], None], threads: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1)
        self._jail = Jail(film_cell=CELL)
        self._report: Callable[[JailGrade], None] | None = report

    def __enter__(self) -> Self:
        """Ready to read."""
        return self

    def __exit__(self, *_failure: object) -> None:
        """Close the jail."""
        self._pool.shutdown(cancel_futures=True)
        self._jail.close()

    def fingerprints(self, batch: Sequence[Found]) -> list[Fingerprint | FoundRefusal]:
        """One for each, in order."""
        if self._report is not None and any(isinstance(one, FoundFile | FoundMember) for one in batch):
            self._report(self._jail.grade)
            self._report = None
        return list(self._pool.map(self._fingerprint, batch))

    def _fingerprint(self, found: Found) -> Fingerprint | FoundRefusal:
        if isinstance(found, FoundRefusal):
            return found
        if isinstance(found, FoundHash):
            return _fingerprint_of_line(found)
        if isinstance(found, FoundMember):
            return self._fingerprint_of(found.content)
        try:
            return self._fingerprint_of_file(found)
        except OSError as failed:
            return FoundRefusal(found.key, found.path, f"could not be read: {failed.strerror}")

    def _fingerprint_of(self, content: bytes) -> Fingerprint:
        """Of the file, and of what lies in it."""
        return with_embedded(fingerprint_of(content, jail=self._jail), jail=self._jail)

    def _fingerprint_of_file(self, found: FoundFile) -> Fingerprint:
        if found.size_bytes <= FILM_SIZE_BYTES_MAX:
            return self._fingerprint_of(found.where.read_bytes())
        digests = digest_stream(_chunks(found.where))
        columns = {"sha256": digests.sha256, "sha1": digests.sha1, "md5": digests.md5}
        return Fingerprint(digests=columns, size_bytes=digests.size_bytes, unreadable=too_large())


def _fingerprint_of_line(found: FoundHash) -> Fingerprint:
    made = fingerprint_of_hash(found.kind.value, found.bits)
    if found.is_certain:
        return made
    # 64 digits that may be either: asked for as both, so that nothing is missed by a wrong guess.
    as_digest, as_pdq = fingerprint_of_hash("sha256", found.bits), fingerprint_of_hash("pdq", found.bits)
    return Fingerprint(digests=as_digest.digests, pdq=as_pdq.pdq)
