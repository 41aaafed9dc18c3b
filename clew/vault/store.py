"""The vault itself: seal bytes, get an address; give the address, get the very same bytes back, or an error."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from clew.vault.addresses import BlobAddress, Namespace, content_address, derived_address
from clew.vault.bucket import BucketPlace
from clew.vault.directory import DirectoryPlace
from clew.vault.errors import BlobMissing, DigestMismatch, WriteRefused
from clew.vault.keys import KeyRing
from clew.vault.places import Place, Reader
from clew.vault.sealing import (
    CHUNK_BYTES,
    HEADER_BYTES,
    SEALED_CHUNK_BYTES,
    Opener,
    Sealer,
    chunk_count,
    chunk_start,
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
    """

    def __init__(self, url: str | Path, keyring: KeyRing, *, options: Mapping[str, Any] | None = None) -> None:
        self._ring = keyring
        self._locator_key = keyring.subkey("locator")
        self._place: Place = _place_of(str(url), options)

    def address_of(self, sha256: bytes, namespace: Namespace = Namespace.ORIGINALS) -> BlobAddress:
        """Where the content with this SHA-256 (32 bytes) lies or would lie."""
        return content_address(self._locator_key, namespace, sha256)

    def derived_address(self, namespace: Namespace, parent: uuid.UUID | BlobAddress, kind: str) -> BlobAddress:
        """Where a thumbnail, preview or upload in flight of this parent lies or would lie."""
        return derived_address(self._locator_key, namespace, parent, kind)

    def seal_bytes(
        self, content: bytes, sha256: bytes | None = None, *, namespace: Namespace | str = Namespace.ORIGINALS
    ) -> SealedBlob:
        """Keep one object. Raises DigestMismatch if `sha256` is given and is not its digest, WriteRefused by the disk."""
        if sha256 is not None and not hmac.compare_digest(hashlib.sha256(content).digest(), sha256):
            raise DigestMismatch
        return self.seal_many([content], namespace=namespace)[0]

    def seal_many(
        self, contents: Iterable[bytes], *, namespace: Namespace | str = Namespace.ORIGINALS
    ) -> list[SealedBlob]:
        """Keep several objects, which share their fsyncs: when this returns, all are kept."""
        namespace = Namespace(namespace)
        blobs: list[SealedBlob] = []
        fresh: dict[str, list[bytes]] = {}
        present: list[str] = []
        for content in contents:
            sha256 = hashlib.sha256(content).digest()
            address = self.address_of(sha256, namespace)
            blobs.append(SealedBlob(address, len(content), sha256))
            if address.path in fresh:
                continue
            if self._holds(blobs[-1]):
                present.append(address.path)
            else:
                fresh[address.path] = seal_whole(content, address, self._ring)
        self._place.put_many(fresh)
        self._place.confirm(present)
        return blobs

    def seal_stream(self, chunks: Iterable[bytes], sha256: bytes | None = None) -> SealedBlob:
        """Keep an original too large for memory; its SHA-256 is computed on the way.

        Raises DigestMismatch, keeping nothing, if `sha256` is given and another comes out.
        """
        sealer, digest, size_bytes = Sealer(), hashlib.sha256(), 0
        with self._place.draft() as draft:
            for chunk in chunks:
                digest.update(chunk)
                size_bytes += len(chunk)
                draft.write(sealer.feed(chunk))
            if sha256 is not None and not hmac.compare_digest(digest.digest(), sha256):
                raise DigestMismatch
            blob = SealedBlob(self.address_of(digest.digest()), size_bytes, digest.digest())
            if self._holds(blob):
                self._place.confirm([blob.address.path])
            else:
                draft.write([sealer.finish()])
                draft.publish(blob.address.path, sealer.header(blob.address, self._ring))
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
        """Keep several derivatives (namespace, parent, kind, content), which share their fsyncs."""
        blobs: list[SealedBlob] = []
        fresh: dict[str, list[bytes]] = {}
        for namespace, parent, kind, content in derived:
            address = self.derived_address(namespace, parent, kind)
            fresh[address.path] = seal_whole(content, address, self._ring)
            blobs.append(SealedBlob(address, len(content), hashlib.sha256(content).digest()))
        self._place.put_many(fresh)
        return blobs

    def open(self, address: str) -> bytes:
        """The content, bit for bit, or not at all. Raises BlobMissing, SealBroken, KeyUnknown."""
        return b"".join(self._pieces(BlobAddress(address)))

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
        """The size of the content as the object's size tells it, unopened. Raises BlobMissing, SealBroken."""
        sealed_bytes = self._place.size_bytes(BlobAddress(address).path)
        if sealed_bytes is None:
            raise BlobMissing
        return content_size_bytes(sealed_bytes)

    def exists(self, address: str) -> bool:
        """Whether an object lies there; whether it opens, only opening tells."""
        return self._place.size_bytes(BlobAddress(address).path) is not None

    def delete(self, address: str) -> None:
        """Remove the object, durably; nothing happens where there is none."""
        self._place.delete(BlobAddress(address).path)

    def addresses(self, namespace: Namespace) -> Iterator[BlobAddress]:
        """All objects of one kind, in no order: for scrubbing and for finding orphans."""
        for path in self._place.paths(namespace):
            if address := BlobAddress.of_path(path):
                yield address

    def check(self, address: str) -> None:
        """Open the object to its end and throw the content away: the step of a scrub. Raises as `open` does."""
        for _ in self.open_stream(address):
            pass

    def try_writing(self) -> None:
        """Write, find and remove a small object that is none of ours; raises WriteRefused or VaultUnreachable, saying why."""
        path = f"trial/{uuid.uuid4().hex}"
        self._place.put_many({path: [b"clew"]})
        if self._place.size_bytes(path) != len(b"clew"):
            raise WriteRefused(reason="what was written is not there")
        self._place.delete(path)

    def sweep_drafts(self, age_seconds_min: float = _DAY_SECONDS) -> int:
        """Remove what killed writers left half-written; how many. Never touches an object."""
        return self._place.sweep(age_seconds_min)

    def _holds(self, blob: SealedBlob) -> bool:
        # An object of another size was cut short by a failing disk: sealing anew heals it.
        return self._place.size_bytes(blob.address.path) == sealed_size_bytes(blob.size_bytes)

    def _pieces(self, address: BlobAddress, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The content between two offsets, at least one piece, which may be empty.

        The last chunk is opened before anything is given out: only it proves that the object's length is the true one.
        """
        with self._place.reading(address.path) as reader:
            whole_bytes = content_size_bytes(reader.size_bytes)
            last = chunk_count(whole_bytes) - 1
            opener = Opener(reader.read(0, HEADER_BYTES), address, self._ring)
            tail = opener.open_chunk(last, reader.read(chunk_start(last), SEALED_CHUNK_BYTES), last=True)
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


def _open_run(reader: Reader, opener: Opener, run: range) -> bytes:
    """The content of neighbouring chunks, none of them the last, read at once."""
    sealed = memoryview(reader.read(chunk_start(run.start), len(run) * SEALED_CHUNK_BYTES))
    offsets = range(0, len(run) * SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES)
    return b"".join(
        opener.open_chunk(counter, sealed[offset : offset + SEALED_CHUNK_BYTES], last=False)
        for counter, offset in zip(run, offsets, strict=True)
    )


def _place_of(url: str, options: Mapping[str, Any] | None) -> Place:
    parts = urlsplit(url)
    if not parts.scheme:
        return DirectoryPlace(Path(url).absolute())
    if parts.scheme == "file":
        return DirectoryPlace(Path(unquote(parts.path)))
    return BucketPlace(url, options)
