"""The two headers of a sealed object: with its key wrapped under the key ring (first form), or under an object key kept apart (second form).

    first   CLEWV1 6 | ring key id 16, zero-padded | wrap nonce 12 | wrapped content key 48 | prefix 7
    second  CLEWV2 6 | wrap nonce 12 | wrapped content key 48 | prefix 7 | parent 32 | check 16

In both the content key is random, made for this one sealing, and wrapped by AES-256-GCM with the object's address as associated data: an object
laid at another's address cannot be unwrapped. In the second form the wrapping key derives from the object key: of the object itself, or of the
original from which it was made, which `parent` names, masked, so that nobody without the key ring sees which belong together. Object keys are
wrapped for each organisation in a table (`envelopes`), so a change of keys touches no object, and whoever has the store alone has no wrap at all.
`check` (HMAC-SHA256, RFC 2104, cut to 16 bytes) tells a damaged header from a key that is gone.
"""

from __future__ import annotations

import hmac
import secrets
import struct
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from clew.vault.addresses import BlobAddress, Namespace
from clew.vault.errors import SealBroken
from clew.vault.keys import KeyRing

MAGIC_RING, MAGIC_APART = b"CLEWV1", b"CLEWV2"
MAGIC_BYTES = 6
_RING = struct.Struct(">6s16s12s48s7s")
_APART = struct.Struct(">6s12s48s7s32s16s")
RING_HEADER_BYTES, APART_HEADER_BYTES = _RING.size, _APART.size
HEADER_BYTES_MAX = max(RING_HEADER_BYTES, APART_HEADER_BYTES)
_RING_LABEL = "wrapping"
_NO_PARENT = bytes(32)


def header_size_bytes(magic: bytes) -> int:
    """The size of the header that begins so. Raises SealBroken."""
    if magic == MAGIC_RING:
        return RING_HEADER_BYTES
    if magic == MAGIC_APART:
        return APART_HEADER_BYTES
    raise SealBroken


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """The key (32 bytes) under which content keys of one original, and of all that was made from it, are wrapped."""

    secret: bytes = field(repr=False)
    #: The vault's stable key, for masks and checks.
    locator_key: bytes = field(repr=False)
    #: The original, where the object follows one.
    parent: BlobAddress | None = None

    def wrapping_key(self, address: BlobAddress) -> bytes:
        """The key that wraps the content key of the object at this address."""
        return HKDFExpand(SHA256(), length=32, info=b"clew vault 2 object " + address.encode()).derive(self.secret)


def ring_header(address: BlobAddress, ring: KeyRing, content_key: bytes, prefix: bytes) -> bytes:
    """A header of the first form, under the current key of the ring."""
    ring_key = ring.current
    key_id = ring_key.id.encode().ljust(16, b"\0")
    nonce = secrets.token_bytes(12)
    bound = _bound_by_ring(address, key_id, prefix)
    wrapped = AESGCM(ring_key.derive(_RING_LABEL)).encrypt(nonce, content_key, bound)
    return _RING.pack(MAGIC_RING, key_id, nonce, wrapped, prefix)


def apart_header(address: BlobAddress, key: ObjectKey, content_key: bytes, prefix: bytes) -> bytes:
    """A header of the second form."""
    nonce = secrets.token_bytes(12)
    parent = bytes.fromhex(key.parent.partition("/")[2]) if key.parent else _NO_PARENT
    masked = _masked(key.locator_key, nonce, address, parent)
    bound = MAGIC_APART + prefix + masked + address.encode()
    wrapped = AESGCM(key.wrapping_key(address)).encrypt(nonce, content_key, bound)
    head = struct.pack(">6s12s48s7s32s", MAGIC_APART, nonce, wrapped, prefix, masked)
    return head + _check(key.locator_key, head, address)


@dataclass(frozen=True, slots=True)
class ContentKey:
    """What opens the chunks of one object: its key, the prefix of its nonces, and where the chunks begin."""

    secret: bytes = field(repr=False)
    prefix: bytes
    header_bytes: int


def opened_by_ring(header: bytes, address: BlobAddress, ring: KeyRing) -> ContentKey:
    """The content key in a header of the first form. Raises SealBroken, KeyUnknown."""
    if len(header) != RING_HEADER_BYTES:
        raise SealBroken
    magic, key_id, nonce, wrapped, prefix = _RING.unpack(header)
    if magic != MAGIC_RING:
        raise SealBroken
    try:
        ring_key = ring.get(key_id.rstrip(b"\0").decode("ascii"))
        bound = _bound_by_ring(address, key_id, prefix)
        secret = AESGCM(ring_key.derive(_RING_LABEL)).decrypt(nonce, wrapped, bound)
    except (InvalidTag, UnicodeDecodeError):
        raise SealBroken from None
    return ContentKey(secret, prefix, RING_HEADER_BYTES)


def parent_of(header: bytes, address: BlobAddress, locator_key: bytes) -> BlobAddress | None:
    """The original that the object of this header of the second form follows, None for one with a key of its own. Raises SealBroken."""
    if len(header) != APART_HEADER_BYTES:
        raise SealBroken
    if not hmac.compare_digest(_check(locator_key, header[:-16], address), header[-16:]):
        raise SealBroken
    _, nonce, _, _, masked, _ = _APART.unpack(header)
    parent = _masked(locator_key, nonce, address, masked)
    return None if parent == _NO_PARENT else BlobAddress(f"{Namespace.ORIGINALS}/{parent.hex()}")


def opened_apart(header: bytes, address: BlobAddress, key: ObjectKey) -> ContentKey:
    """The content key in a header of the second form. Raises SealBroken."""
    magic, nonce, wrapped, prefix, masked, _ = _APART.unpack(header)
    bound = magic + prefix + masked + address.encode()
    try:
        secret = AESGCM(key.wrapping_key(address)).decrypt(nonce, wrapped, bound)
    except InvalidTag:
        raise SealBroken from None
    return ContentKey(secret, prefix, APART_HEADER_BYTES)


def _masked(locator_key: bytes, nonce: bytes, address: BlobAddress, parent: bytes) -> bytes:
    mask = hmac.digest(locator_key, b"parent\0" + nonce + address.encode(), "sha256")
    return bytes(a ^ b for a, b in zip(mask, parent, strict=True))


def _check(locator_key: bytes, head: bytes, address: BlobAddress) -> bytes:
    return hmac.digest(locator_key, b"header\0" + head + address.encode(), "sha256")[:16]


def _bound_by_ring(address: BlobAddress, key_id: bytes, prefix: bytes) -> bytes:
    # All parts but the address have a fixed length, and it comes last: the joined bytes have one reading only.
    return MAGIC_RING + key_id + prefix + address.encode()
