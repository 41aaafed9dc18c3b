"""Addresses: where an object lies, by a keyed hash, so that file names and listings betray nothing."""

from __future__ import annotations

import hmac
import re
import uuid
from enum import StrEnum
from typing import Self

from clew.vault.errors import AddressRefused


class Namespace(StrEnum):
    """The kinds of objects; each lives under a folder of its own."""

    ORIGINALS = "originals"
    THUMBNAILS = "thumbnails"
    PREVIEWS = "previews"
    #: Uploads on their way: sealed like all else, deleted once taken in.
    SPOOL = "spool"


_ADDRESS = re.compile(r"(originals|thumbnails|previews|spool)/([0-9a-f]{64})", re.ASCII)
_PATH = re.compile(r"(originals|thumbnails|previews|spool)/([0-9a-f]{2})/([0-9a-f]{2})/(\2\3[0-9a-f]{60})", re.ASCII)


class BlobAddress(str):
    """One object's place, `originals/abcd…`: a plain string of at most 75 characters, for records to keep.

    Raises AddressRefused for any other text, paths with dots included.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """The address written so. Raises AddressRefused."""
        if not _ADDRESS.fullmatch(text):
            raise AddressRefused
        return super().__new__(cls, text)

    @property
    def namespace(self) -> Namespace:
        """The kind of the object."""
        return Namespace(self.partition("/")[0])

    @property
    def path(self) -> str:
        """`originals/ab/cd/abcd…`: two levels of 256 folders keep each folder small at tens of millions of objects."""
        namespace, _, locator = self.partition("/")
        return f"{namespace}/{locator[:2]}/{locator[2:4]}/{locator}"

    @classmethod
    def of_path(cls, path: str) -> Self | None:
        """The address whose `path` this is, or None for a stranger's file in the store."""
        found = _PATH.fullmatch(path)
        return cls(f"{found[1]}/{found[4]}") if found else None


def content_address(locator_key: bytes, namespace: Namespace, sha256: bytes) -> BlobAddress:
    """Where the content with this SHA-256 (32 bytes) lies: HMAC-SHA256 (RFC 2104) of namespace and digest."""
    return _address(locator_key, namespace, b"content", sha256)


def derived_address(
    locator_key: bytes, namespace: Namespace, parent: uuid.UUID | BlobAddress, kind: str
) -> BlobAddress:
    """Where what was made from a parent (a record's id, an original's address) lies: a rendition, an upload in flight."""
    if namespace is Namespace.ORIGINALS:
        raise AddressRefused  # originals are found by their content alone
    return _address(locator_key, namespace, b"derived", f"{parent} {kind}".encode())


def _address(locator_key: bytes, namespace: Namespace, way: bytes, subject: bytes) -> BlobAddress:
    # The zero bytes end namespace and way, which contain none: no two subjects share one message.
    message = b"\0".join([namespace.encode(), way, subject])
    return BlobAddress(f"{namespace}/{hmac.digest(locator_key, message, 'sha256').hex()}")
