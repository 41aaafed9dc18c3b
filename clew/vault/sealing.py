"""Sealing: the STREAM construction over AES-256-GCM in chunks of 64 KiB, with a key of its own for every object.

STREAM is by Hoang, Reyhanitabar, Rogaway and Vizard, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance" (CRYPTO 2015): the nonce of a chunk is prefix (7 bytes) | counter (4) | last flag (1), so a chunk
that is changed, moved, dropped or added does not open. An object is a header (see `headers`) and its chunks:

    header 89 or 121 | chunks of 65,536 + 16, the last less

The chunks need not name the address, since their key belongs to one object only; this lets a stream be sealed before
its SHA-256 is known, and an object be given another header without its chunks being touched. The sealed size and the
form of the header tell the size of the content; nothing else is told.
"""

from __future__ import annotations

import secrets
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clew.vault.addresses import BlobAddress
from clew.vault.errors import SealBroken
from clew.vault.headers import RING_HEADER_BYTES, ContentKey, ObjectKey, apart_header, opened_by_ring, ring_header
from clew.vault.keys import KeyRing

#: With every chunk as associated data, in both forms of object.
MAGIC = b"CLEWV1"
CHUNK_BYTES = 64 * 1024
_TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + _TAG_BYTES
HEADER_BYTES = RING_HEADER_BYTES


def chunk_count(size_bytes: int) -> int:
    """How many chunks hold content of this size; empty content has one, empty, chunk."""
    return max(1, -(-size_bytes // CHUNK_BYTES))


def sealed_size_bytes(size_bytes: int, header_bytes: int = HEADER_BYTES) -> int:
    """The size of the sealed object that holds content of this size."""
    return header_bytes + size_bytes + chunk_count(size_bytes) * _TAG_BYTES


def content_size_bytes(sealed_bytes: int, header_bytes: int = HEADER_BYTES) -> int:
    """The size of the content in a sealed object of this size. Raises SealBroken if no object has this size."""
    body = sealed_bytes - header_bytes
    size = body - -(-body // SEALED_CHUNK_BYTES) * _TAG_BYTES
    if size < 0 or sealed_size_bytes(size, header_bytes) != sealed_bytes:
        raise SealBroken
    return size


class Sealer:
    """Seals one object: feed it content, end with `finish`, and put `header` in front of all that came out."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._cipher = AESGCM(self._secret)
        self._prefix = secrets.token_bytes(7)
        self._counter = 0
        self._held = b""

    def feed(self, content: bytes) -> list[bytes]:
        """The sealed chunks complete by now. The last chunk waits, for only `finish` knows that it is the last."""
        view = memoryview(self._held + content if self._held else content)
        full_bytes = max(0, (len(view) - 1) // CHUNK_BYTES * CHUNK_BYTES)
        sealed = [self._seal(view[at : at + CHUNK_BYTES], last=False) for at in range(0, full_bytes, CHUNK_BYTES)]
        self._held = bytes(view[full_bytes:])
        return sealed

    def finish(self) -> bytes:
        """The last sealed chunk."""
        return self._seal(memoryview(self._held), last=True)

    def header(self, address: BlobAddress, keys: KeyRing | ObjectKey) -> bytes:
        """The header that binds what was sealed to its address: of the first form under a ring, of the second under an object key."""
        if isinstance(keys, ObjectKey):
            return apart_header(address, keys, self._secret, self._prefix)
        return ring_header(address, keys, self._secret, self._prefix)

    def _seal(self, chunk: memoryview, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._prefix, self._counter, last=last), chunk, MAGIC)
        self._counter += 1
        return sealed


def seal_whole(content: bytes, address: BlobAddress, keys: KeyRing | ObjectKey) -> list[bytes]:
    """The pieces of the sealed object: header, then chunks."""
    sealer = Sealer()
    return [sealer.header(address, keys), *sealer.feed(content), sealer.finish()]


class Opener:
    """Opens the chunks of one object, in any order."""

    def __init__(self, key: ContentKey) -> None:
        self._cipher, self._prefix = AESGCM(key.secret), key.prefix
        self._header_bytes = key.header_bytes

    @classmethod
    def of_ring(cls, header: bytes, address: BlobAddress, ring: KeyRing) -> Opener:
        """Of an object of the first form. Raises SealBroken for a header that is not this address's own."""
        return cls(opened_by_ring(header, address, ring))

    def open_chunk(self, counter: int, sealed: bytes | memoryview, *, last: bool) -> bytes:
        """The content of the chunk at this position (from 0). Raises SealBroken unless it is that very chunk."""
        try:
            return self._cipher.decrypt(_nonce(self._prefix, counter, last=last), sealed, MAGIC)
        except (InvalidTag, ValueError):
            raise SealBroken from None

    def chunk_start(self, counter: int) -> int:
        """Where the chunk at this position begins in the sealed object."""
        return self._header_bytes + counter * SEALED_CHUNK_BYTES


def _nonce(prefix: bytes, counter: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">I?", counter, last)
