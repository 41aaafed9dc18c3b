"""A bucket as a place: S3, or what else the object library reaches by URL. What the store acknowledges is durable."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError, GenericError, NotFoundError
from obstore.store import ObjectStore, from_url

from clew.vault.durable import write_all
from clew.vault.errors import BlobMissing, VaultUnreachable

_FIRST_BYTES = 1024 * 1024


class BucketPlace:
    """Sealed objects in a bucket below the URL's prefix.

    Endpoint, region and credentials come from the usual variables of the environment (`AWS_ENDPOINT_URL`,
    `AWS_ACCESS_KEY_ID`, …) or from `options`, which are handed to the object library as they are.
    """

    def __init__(self, url: str, options: Mapping[str, Any] | None = None) -> None:
        with _outages():
            self._store: ObjectStore = from_url(url, **(options or {}))

    def put_many(self, objects: dict[str, list[bytes]]) -> None:
        """See Place. An object already there is replaced in one step, by one which holds the same content."""
        for path, pieces in objects.items():
            with _outages():
                obstore.put(self._store, path, b"".join(pieces))

    def confirm(self, paths: list[str]) -> None:
        """See Place: what a bucket shows it has already made durable."""

    @contextmanager
    def draft(self, header_bytes: int) -> Iterator[BucketDraft]:
        """See Place. The sealed bytes wait in a temporary file, since the header is known last and goes first."""
        with tempfile.NamedTemporaryFile(prefix="clew-sealed-") as file:
            os.lseek(file.fileno(), header_bytes, os.SEEK_SET)
            yield BucketDraft(self._store, Path(file.name), file.fileno())

    def size_bytes(self, path: str) -> int | None:
        """See Place."""
        try:
            with _outages():
                return int(obstore.head(self._store, path)["size"])
        except BlobMissing:
            return None

    def written_at(self, path: str) -> float | None:
        """See Place."""
        try:
            with _outages():
                return float(obstore.head(self._store, path)["last_modified"].timestamp())
        except BlobMissing:
            return None

    @contextmanager
    def reading(self, path: str) -> Iterator[BucketReader]:
        """See Place."""
        yield BucketReader(self._store, path)

    def delete(self, path: str) -> None:
        """See Place."""
        try:
            with _outages():
                obstore.delete(self._store, path)
        except BlobMissing:
            return

    def paths(self, folder: str) -> Iterator[str]:
        """See Place."""
        with _outages():
            for page in obstore.list(self._store, prefix=folder):
                for meta in page:
                    yield str(meta["path"])

    def sweep(self, age_seconds_min: float) -> int:
        """See Place: nothing unpublished was ever in the bucket; the operating system clears temporary files."""
        del age_seconds_min
        return 0


class BucketDraft:
    """See Draft."""

    def __init__(self, store: ObjectStore, path: Path, descriptor: int) -> None:
        self._store = store
        self._path = path
        self._descriptor = descriptor

    def write(self, pieces: list[bytes]) -> None:
        """See Draft."""
        write_all(self._descriptor, pieces)

    def publish(self, path: str, header: bytes) -> None:
        """See Draft. Large objects travel in parts; the store shows them only when complete."""
        os.pwrite(self._descriptor, header, 0)
        with _outages():
            obstore.put(self._store, path, self._path)


class BucketReader:
    """See Reader. The first request brings the first MiB, so most objects take one.

    Each further one asks for the version first seen: if that was replaced meanwhile, reading fails and can be retried.
    """

    def __init__(self, store: ObjectStore, path: str) -> None:
        self._store = store
        self._path = path
        with _outages():
            try:
                found = obstore.get(store, path, options={"range": (0, _FIRST_BYTES)})
            except GenericError:
                # No range of an empty object exists; asking without one tells it from a store that fails.
                found = obstore.get(store, path)
            self._first = memoryview(found.bytes())
        self._version = found.meta["e_tag"]
        self.size_bytes = int(found.meta["size"])

    def read(self, start: int, size_bytes: int) -> bytes:
        """See Reader."""
        end = min(start + size_bytes, self.size_bytes)
        if start >= end:
            return b""
        if end <= len(self._first):
            return bytes(self._first[start:end])
        with _outages():
            found = obstore.get(self._store, self._path, options={"range": (start, end), "if_match": self._version})
            return bytes(found.bytes())


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise BlobMissing from None
    except BaseError as error:
        # The kind only: the full text names bucket, path and sometimes credentials.
        raise VaultUnreachable(reason=type(error).__name__) from None
