"""Sealing: the STREAM construction over AES-256-GCM in chunks of 64 KiB, with a key of its own for every object.

STREAM is by Hoang, Reyhanitabar, Rogaway and Vizard, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance" (CRYPTO 2015): the nonce of a chunk is prefix (7 bytes) | counter (4) | last flag (1), so a chunk
that is changed, moved, dropped or added does not open. An object is a header of 89 bytes and its chunks:

    magic 6 | key id 16, zero-padded | wrap nonce 12 | wrapped key 48 | prefix 7 | chunks of 65,536 + 16, the last less

The random data key is wrapped by AES-256-GCM under a key of the ring with the object's address, the magic, the key id
and the prefix as associated data: an object laid at another's address cannot be unwrapped. The chunks need not name
the address, since their key belongs to one object only; this lets a stream be sealed before its SHA-256 is known.
The sealed size tells the size of the content; nothing else is told.
"""

from __future__ import annotations

import secrets
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clew.vault.addresses import BlobAddress
from clew.vault.errors import SealBroken
from clew.vault.keys import KeyRing

MAGIC = b"CLEWV1"
CHUNK_BYTES = 64 * 1024
_TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + _TAG_BYTES
_HEADER = struct.Struct(">6s16s12s48s7s")
HEADER_BYTES = _HEADER.size
_LABEL = "wrapping"


def chunk_count(size_bytes: int) -> int:
    """How many chunks hold content of this size; empty content has one, empty, chunk."""
    return max(1, -(-size_bytes // CHUNK_BYTES))


def sealed_size_bytes(size_bytes: int) -> int:
    """The size of the sealed object that holds content of this size."""
    return HEADER_BYTES + size_bytes + chunk_count(size_bytes) * _TAG_BYTES


def content_size_bytes(sealed_bytes: int) -> int:
    """The size of the content in a sealed object of this size. Raises SealBroken if no object has this size."""
    body = sealed_bytes - HEADER_BYTES
    size = body - -(-body // SEALED_CHUNK_BYTES) * _TAG_BYTES
    if size < 0 or sealed_size_bytes(size) != sealed_bytes:
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

    def header(self, address: BlobAddress, ring: KeyRing) -> bytes:
        """The header that binds what was sealed to its address, under the current key of the ring."""
        ring_key = ring.current
        key_id = ring_key.id.encode().ljust(16, b"\0")
        nonce = secrets.token_bytes(12)
        bound = _bound_to(address, key_id, self._prefix)
        wrapped = AESGCM(ring_key.derive(_LABEL)).encrypt(nonce, self._secret, bound)
        return _HEADER.pack(MAGIC, key_id, nonce, wrapped, self._prefix)

    def _seal(self, chunk: memoryview, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._prefix, self._counter, last=last), chunk, MAGIC)
        self._counter += 1
        return sealed


def seal_whole(content: bytes, address: BlobAddress, ring: KeyRing) -> list[bytes]:
    """The pieces of the sealed object: header, then chunks."""
    sealer = Sealer()
    return [sealer.header(address, ring), *sealer.feed(content), sealer.finish()]


class Opener:
    """Opens the chunks of one object, in any order. Raises SealBroken for a header that is not this address's own."""

    def __init__(self, header: bytes, address: BlobAddress, ring: KeyRing) -> None:
        if len(header) != HEADER_BYTES:
            raise SealBroken
        magic, key_id, nonce, wrapped, self._prefix = _HEADER.unpack(header)
        if magic != MAGIC:
            raise SealBroken
        ring_key = ring.get(_text_of(key_id))
        try:
            bound = _bound_to(address, key_id, self._prefix)
            self._cipher = AESGCM(AESGCM(ring_key.derive(_LABEL)).decrypt(nonce, wrapped, bound))
        except InvalidTag:
            raise SealBroken from None

    def open_chunk(self, counter: int, sealed: bytes | memoryview, *, last: bool) -> bytes:
        """The content of the chunk at this position (from 0). Raises SealBroken unless it is that very chunk."""
        try:
            return self._cipher.decrypt(_nonce(self._prefix, counter, last=last), sealed, MAGIC)
        except (InvalidTag, ValueError):
            raise SealBroken from None


def chunk_start(counter: int) -> int:
    """Where the chunk at this position begins in a sealed object."""
    return HEADER_BYTES + counter * SEALED_CHUNK_BYTES


def _nonce(prefix: bytes, counter: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">I?", counter, last)


def _text_of(key_id: bytes) -> str:
    try:
        return key_id.rstrip(b"\0").decode("ascii")
    except UnicodeDecodeError:
        raise SealBroken from None


def _bound_to(address: BlobAddress, key_id: bytes, prefix: bytes) -> bytes:
    # All parts but the address have a fixed length, and it comes last: the joined bytes have one reading only.
    return MAGIC + key_id + prefix + address.encode()
