"""The vault itself: seal bytes, get an address; give the address, get the very same bytes back, or an error."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clew.vault.addresses import BlobAddress, Namespace, content_address, derived_address
from clew.vault.envelopes import Claim, Envelopes
from clew.vault.errors import BlobMissing, ContentDestroyed, DigestMismatch, EnvelopeMissing, WriteRefused
from clew.vault.headers import (
    APART_HEADER_BYTES,
    HEADER_BYTES_MAX,
    MAGIC_APART,
    MAGIC_BYTES,
    MAGIC_RING,
    RING_HEADER_BYTES,
    ObjectKey,
    header_size_bytes,
    opened_apart,
    parent_of,
)
from clew.vault.keys import KeyRing
from clew.vault.organisation_keys import THE_HOUSE
from clew.vault.places import Place, Reader, place_of
from clew.vault.sealing import (
    CHUNK_BYTES,
    SEALED_CHUNK_BYTES,
    Opener,
    Sealer,
    chunk_count,
    content_size_bytes,
    seal_whole,
    sealed_size_bytes,
)

#: Read from a place at once when streaming: 1 MiB of content, so that a bucket is not asked for every chunk.
_READ_CHUNKS = 16
_DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class SealedBlob:
    """What was kept: where it lies, how large its content is, and the content's SHA-256 (32 bytes)."""

    address: BlobAddress
    size_bytes: int
    sha256: bytes = field(repr=False)


class Vault:
    """Sealed objects at `url`: a plain path, `file:///path`, or `s3://bucket/prefix` (`memory:///` for trials).

    What a sealing method has answered is on the disk: killing any process at any moment loses none of it. Originals are
    written once; sealing the same content again answers the same address. One vault serves many threads and processes.
    With `envelopes` the key of each object is kept apart from it, wrapped for each organisation that brought it; without, it
    is wrapped by the key ring in the object's own header.
    """

    def __init__(
        self,
        url: str | Path,
        keyring: KeyRing,
        *,
        envelopes: Envelopes | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.ring = keyring
        self.locator_key = keyring.subkey("locator")
        self.envelopes = envelopes
        self.place: Place = place_of(str(url), options)

    def address_of(self, sha256: bytes, namespace: Namespace = Namespace.ORIGINALS) -> BlobAddress:
        """Where the content with this SHA-256 (32 bytes) lies or would lie."""
        return content_address(self.locator_key, namespace, sha256)

    def derived_address(self, namespace: Namespace, parent: uuid.UUID | BlobAddress, kind: str) -> BlobAddress:
        """Where a thumbnail, preview or upload in flight of this parent lies or would lie."""
        return derived_address(self.locator_key, namespace, parent, kind)

    def seal_bytes(
        self,
        content: bytes,
        sha256: bytes | None = None,
        *,
        namespace: Namespace | str = Namespace.ORIGINALS,
        organisation_id: uuid.UUID = THE_HOUSE,
    ) -> SealedBlob:
        """Keep one object. Raises DigestMismatch if `sha256` is given and is not its digest, WriteRefused by the disk."""
        if sha256 is not None and not hmac.compare_digest(hashlib.sha256(content).digest(), sha256):
            raise DigestMismatch
        return self.seal_many([content], namespace=namespace, organisation_id=organisation_id)[0]

    def seal_many(
        self,
        contents: Iterable[bytes],
        *,
        namespace: Namespace | str = Namespace.ORIGINALS,
        organisation_id: uuid.UUID = THE_HOUSE,
    ) -> list[SealedBlob]:
        """Keep several objects for an organisation, which share their fsyncs: when this returns, all are kept."""
        namespace, contents = Namespace(namespace), list(contents)
        digests = [hashlib.sha256(content).digest() for content in contents]
        blobs = [
            SealedBlob(self.address_of(sha256, namespace), len(content), sha256)
            for content, sha256 in zip(contents, digests, strict=True)
        ]
        fresh: dict[str, list[bytes]] = {}
        present: list[str] = []
        with self._claimed([blob.address for blob in blobs], organisation_id) as claims:
            for content, blob in zip(contents, blobs, strict=True):
                if blob.address.path in fresh:
                    continue
                claim = claims.get(blob.address)
                if self._holds(blob, claim):
                    present.append(blob.address.path)
                else:
                    fresh[blob.address.path] = seal_whole(content, blob.address, self._keys_for(claim))
            self.place.put_many(fresh)
            self.place.confirm(present)
        return blobs

    def seal_stream(
        self, chunks: Iterable[bytes], sha256: bytes | None = None, *, organisation_id: uuid.UUID = THE_HOUSE
    ) -> SealedBlob:
        """Keep an original too large for memory; its SHA-256 is computed on the way.

        Raises DigestMismatch, keeping nothing, if `sha256` is given and another comes out.
        """
        sealer, digest, size_bytes = Sealer(), hashlib.sha256(), 0
        with self.place.draft(APART_HEADER_BYTES if self.envelopes else RING_HEADER_BYTES) as draft:
            for chunk in chunks:
                digest.update(chunk)
                size_bytes += len(chunk)
                draft.write(sealer.feed(chunk))
            if sha256 is not None and not hmac.compare_digest(digest.digest(), sha256):
                raise DigestMismatch
            blob = SealedBlob(self.address_of(digest.digest()), size_bytes, digest.digest())
            with self._claimed([blob.address], organisation_id) as claims:
                claim = claims.get(blob.address)
                if self._holds(blob, claim):
                    self.place.confirm([blob.address.path])
                else:
                    draft.write([sealer.finish()])
                    draft.publish(blob.address.path, sealer.header(blob.address, self._keys_for(claim)))
        return blob

    def seal_derived(
        self, namespace: Namespace, parent: uuid.UUID | BlobAddress, kind: str, content: bytes
    ) -> SealedBlob:
        """Keep what was made from a parent, in place of what a former version of the tool may have made.

        Its address belongs to this parent alone, so that deleting it harms no other, however alike.
        """
        return self.seal_derived_many([(namespace, parent, kind, content)])[0]

    def seal_derived_many(
        self, derived: Iterable[tuple[Namespace, uuid.UUID | BlobAddress, str, bytes]]
    ) -> list[SealedBlob]:
        """Keep several derivatives (namespace, parent, kind, content), which share their fsyncs.

        What was made from an original opens by that original's key, and ends with it; the rest has keys of its own.
        """
        derived = list(derived)
        parents = {parent for _, parent, _, _ in derived if isinstance(parent, BlobAddress)}
        followed = self.envelopes.object_keys(list(parents)) if self.envelopes and parents else {}
        blobs: list[SealedBlob] = []
        fresh: dict[str, list[bytes]] = {}
        addresses = [self.derived_address(namespace, parent, kind) for namespace, parent, kind, _ in derived]
        own = [
            a for a, (_, parent, _, _) in zip(addresses, derived, strict=True) if not isinstance(parent, BlobAddress)
        ]
        with self._claimed(own, THE_HOUSE) as claims:
            for address, (_, parent, _, content) in zip(addresses, derived, strict=True):
                keys = self._keys_for(claims.get(address))
                if isinstance(parent, BlobAddress) and parent in followed:
                    keys = ObjectKey(followed[parent], self.locator_key, parent)
                fresh[address.path] = seal_whole(content, address, keys)
                blobs.append(SealedBlob(address, len(content), hashlib.sha256(content).digest()))
            self.place.put_many(fresh)
        return blobs

    def open(self, address: str, *, secrets: Mapping[BlobAddress, bytes] | None = None) -> bytes:
        """The content, bit for bit, or not at all. Raises BlobMissing, SealBroken, ContentDestroyed, EnvelopeMissing, KeyUnknown and
        KeyServiceUnreachable. Object keys that were asked for already, by the addresses of their originals, are not asked for again.
        """
        return b"".join(self._pieces(BlobAddress(address), secrets=secrets))

    def open_stream(self, address: str) -> Iterator[bytes]:
        """The content in pieces of up to 1 MiB, each verified before it is given out.

        What a missing object, a wrong header or a missing end raise, this call raises; a chunk in between raises
        SealBroken when its turn comes, so a receiver keeps nothing before the iterator has ended.
        """
        pieces = self._pieces(BlobAddress(address))
        return itertools.chain([next(pieces)], pieces)

    def open_range(self, address: str, start: int, size_bytes: int) -> bytes:
        """Bytes of the content from `start` on, fewer if it ends before: what players and browsers ask for."""
        return b"".join(self._pieces(BlobAddress(address), start, start + size_bytes))

    def size_bytes(self, address: str) -> int:
        """The size of the content as the object's size and form tell it, unopened. Raises BlobMissing, SealBroken."""
        with self.place.reading(BlobAddress(address).path) as reader:
            return content_size_bytes(reader.size_bytes, header_size_bytes(reader.read(0, MAGIC_BYTES)))

    def exists(self, address: str) -> bool:
        """Whether an object lies there; whether it opens, only opening tells."""
        return self.place.size_bytes(BlobAddress(address).path) is not None

    def delete(self, address: str) -> None:
        """Remove the object, durably; nothing happens where there is none."""
        self.place.delete(BlobAddress(address).path)

    def addresses(self, namespace: Namespace) -> Iterator[BlobAddress]:
        """All objects of one kind, in no order: for scrubbing and for finding orphans."""
        for path in self.place.paths(namespace):
            if address := BlobAddress.of_path(path):
                yield address

    def check(self, address: str, secrets: Mapping[BlobAddress, bytes] | None = None) -> None:
        """Open the object to its end and throw the content away: the step of a scrub. Raises as `open` does.

        Object keys that were asked for already, by the addresses of their originals, are not asked for again.
        """
        for _ in self._pieces(BlobAddress(address), secrets=secrets):
            pass

    def owner_of(self, address: BlobAddress) -> BlobAddress | None:
        """By whose key the object opens: its own, its original's, or, in the first form, nobody's but the ring's. Raises SealBroken, BlobMissing."""
        with self._reading(address) as reader:
            header = reader.read(0, HEADER_BYTES_MAX)
        if header_size_bytes(header[:MAGIC_BYTES]) == RING_HEADER_BYTES:
            return None
        return parent_of(header, address, self.locator_key) or address

    def try_writing(self) -> None:
        """Write, find and remove a small object that is none of ours; raises WriteRefused or VaultUnreachable, saying why."""
        path = f"trial/{uuid.uuid4().hex}"
        self.place.put_many({path: [b"clew"]})
        if self.place.size_bytes(path) != len(b"clew"):
            raise WriteRefused(reason="what was written is not there")
        self.place.delete(path)

    def sweep_drafts(self, age_seconds_min: float = _DAY_SECONDS) -> int:
        """Remove what killed writers left half-written; how many. Never touches an object."""
        return self.place.sweep(age_seconds_min)

    @contextmanager
    def _claimed(
        self, addresses: Sequence[BlobAddress], organisation_id: uuid.UUID
    ) -> Iterator[Mapping[BlobAddress, Claim]]:
        if self.envelopes is None:
            yield {}
            return
        with self.envelopes.claimed(addresses, organisation_id) as claims:
            yield claims

    def _keys_for(self, claim: Claim | None) -> KeyRing | ObjectKey:
        return ObjectKey(claim.secret, self.locator_key) if claim else self.ring

    def _holds(self, blob: SealedBlob, claim: Claim | None) -> bool:
        """Whether the object stands whole, in a form that opens: with a fresh key none of the second form does."""
        # An object of another size was cut short by a failing disk: sealing anew heals it.
        sealed_bytes = self.place.size_bytes(blob.address.path)
        forms = {
            sealed_size_bytes(blob.size_bytes, size): magic
            for size, magic in ((RING_HEADER_BYTES, MAGIC_RING), (APART_HEADER_BYTES, MAGIC_APART))
            if magic == MAGIC_RING or (claim is not None and not claim.is_fresh)
        }
        if sealed_bytes not in forms:
            return False
        if claim is None:
            return True
        with self.place.reading(blob.address.path) as reader:
            return reader.read(0, MAGIC_BYTES) == forms[sealed_bytes]

    def _opener(self, reader: Reader, address: BlobAddress, secrets: Mapping[BlobAddress, bytes] | None) -> Opener:
        """What opens the chunks of an object. Raises SealBroken, and what the keeper of its key says."""
        header = reader.read(0, HEADER_BYTES_MAX)
        if header_size_bytes(header[:MAGIC_BYTES]) == RING_HEADER_BYTES:
            return Opener.of_ring(header[:RING_HEADER_BYTES], address, self.ring)
        parent = parent_of(header, address, self.locator_key)
        if self.envelopes is None:
            raise EnvelopeMissing
        secret = (secrets or {}).get(parent or address) or self.envelopes.object_key(parent or address)
        return Opener(opened_apart(header, address, ObjectKey(secret, self.locator_key, parent)))

    def _pieces(
        self,
        address: BlobAddress,
        start: int = 0,
        end: int | None = None,
        *,
        secrets: Mapping[BlobAddress, bytes] | None = None,
    ) -> Iterator[bytes]:
        """The content between two offsets, at least one piece, which may be empty.

        The last chunk is opened before anything is given out: only it proves that the object's length is the true one.
        """
        with self._reading(address) as reader:
            header_bytes = header_size_bytes(reader.read(0, MAGIC_BYTES))
            whole_bytes = content_size_bytes(reader.size_bytes, header_bytes)
            last = chunk_count(whole_bytes) - 1
            opener = self._opener(reader, address, secrets)
            tail = opener.open_chunk(last, reader.read(opener.chunk_start(last), SEALED_CHUNK_BYTES), last=True)
            start, end = max(start, 0), whole_bytes if end is None else min(end, whole_bytes)
            if start >= end:
                yield b""
                return
            wanted = range(start // CHUNK_BYTES, (end - 1) // CHUNK_BYTES + 1)
            for run in (wanted[at : at + _READ_CHUNKS] for at in range(0, len(wanted), _READ_CHUNKS)):
                content = _open_run(reader, opener, range(run.start, min(run.stop, last)))
                if run.stop > last:
                    content += tail
                origin = run.start * CHUNK_BYTES
                yield content[max(start - origin, 0) : end - origin]

    @contextmanager
    def _reading(self, address: BlobAddress) -> Iterator[Reader]:
        """The object open for reading; one that was destroyed with its keys is said to be so."""
        try:
            with self.place.reading(address.path) as reader:
                yield reader
        except BlobMissing:
            if self.envelopes is not None and self.envelopes.is_destroyed(address):
                raise ContentDestroyed from None
            raise


def _open_run(reader: Reader, opener: Opener, run: range) -> bytes:
    """The content of neighbouring chunks, none of them the last, read at once."""
    sealed = memoryview(reader.read(opener.chunk_start(run.start), len(run) * SEALED_CHUNK_BYTES))
    offsets = range(0, len(run) * SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES)
    return b"".join(
        opener.open_chunk(counter, sealed[offset : offset + SEALED_CHUNK_BYTES], last=False)
        for counter, offset in zip(run, offsets, strict=True)
    )
