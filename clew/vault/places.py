"""Places: what the vault asks of whatever keeps its bytes. A place sees sealed bytes only and keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit


class Draft(Protocol):
    """A sealed object being written: chunks first, then its header, which lets it appear all at once."""

    def write(self, pieces: list[bytes]) -> None:
        """Append sealed bytes; room for the header is left in front."""

    def publish(self, path: str, header: bytes) -> None:
        """Put the header in front and let the object appear at `path`; durable when this returns."""


class Reader(Protocol):
    """One object as it stood when reading began, whoever replaces it meanwhile."""

    @property
    def size_bytes(self) -> int:
        """The size of the sealed object."""

    def read(self, start: int, size_bytes: int) -> bytes:
        """Bytes of the object from `start` on; fewer when it ends before."""


class Place(Protocol):
    """A directory or a bucket. Paths are relative, with `/`; a write is durable when its call returns, or it raises."""

    def put_many(self, objects: dict[str, list[bytes]]) -> None:
        """Write whole objects, each atomically, over what stood there."""

    def confirm(self, paths: list[str]) -> None:
        """Make sure that objects seen at these paths will stay, whoever wrote them."""

    def draft(self, header_bytes: int) -> AbstractContextManager[Draft]:
        """An object to be written piece by piece, with a header of this size; gone without trace unless it is published."""

    def size_bytes(self, path: str) -> int | None:
        """The size of the sealed object, or None where there is none."""

    def written_at(self, path: str) -> float | None:
        """When the object was last written, in seconds since 1970, or None where there is none."""

    def reading(self, path: str) -> AbstractContextManager[Reader]:
        """The object, open for reading. Raises BlobMissing."""

    def delete(self, path: str) -> None:
        """Remove the object; nothing happens where there is none."""

    def paths(self, folder: str) -> Iterator[str]:
        """The paths of all objects below a folder."""

    def sweep(self, age_seconds_min: float) -> int:
        """Remove drafts which killed processes left behind; how many."""


def place_of(url: str, options: Mapping[str, Any] | None = None) -> Place:
    """The place at `url`: a plain path, `file:///path`, or a bucket's."""
    from clew.vault.bucket import BucketPlace
    from clew.vault.directory import DirectoryPlace

    parts = urlsplit(url)
    if not parts.scheme:
        return DirectoryPlace(Path(url).absolute())
    if parts.scheme == "file":
        return DirectoryPlace(Path(unquote(parts.path)))
    return BucketPlace(url, options)
