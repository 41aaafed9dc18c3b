"""MD5, SHA-1 and SHA-256 of one content in one read: the three digests that victim-identification data carries (VICS, NCMEC)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Digests:
    """The cryptographic digests of one content, as raw bytes, and its length."""

    md5: bytes
    sha1: bytes
    sha256: bytes
    size_bytes: int


class DigestReader:
    """Takes a content piece by piece and keeps nothing of it but three running digests and its length."""

    def __init__(self) -> None:
        # MD5 and SHA-1 are labels that other lists use, never a proof of integrity; saying so keeps them available
        # where the system's policy forbids them for security.
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._size_bytes = 0

    def update(self, chunk: bytes | bytearray | memoryview) -> None:
        """Add the next piece. Pieces of 64 KiB and more let the interpreter serve other threads meanwhile."""
        self._md5.update(chunk)
        self._sha1.update(chunk)
        self._sha256.update(chunk)
        self._size_bytes += memoryview(chunk).nbytes

    def digests(self) -> Digests:
        """The digests of everything given so far; more may follow."""
        return Digests(self._md5.digest(), self._sha1.digest(), self._sha256.digest(), self._size_bytes)


def digest_bytes(content: bytes | bytearray | memoryview) -> Digests:
    """The three digests of a content that is already in memory."""
    reader = DigestReader()
    reader.update(content)
    return reader.digests()


def digest_stream(chunks: Iterable[bytes]) -> Digests:
    """The three digests of a content that arrives in chunks; each chunk is read once and then let go."""
    reader = DigestReader()
    for chunk in chunks:
        reader.update(chunk)
    return reader.digests()
