"""Archive streams: a compressed tar file unpacked as it is read, with the bytes on both sides counted, so that a bomb is noticed on its way."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from typing import IO, Protocol, cast

from clew.kernel.errors import ClewError
from clew.kernel.limits import MIB
from clew.media import kinds
from clew.media.sniff import HEAD_SIZE_BYTES, sniff

# Memory that a hostile xz header may ask for: what `xz -9` needs, twice.
_XZ_MEMORY_BYTES_MAX = 128 * MIB


class UnpacksTooFar(ClewError):
    """The archive unpacks to far more than it holds, as no picture does. It was not unpacked further."""

    status = 422


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""


class CountedStream:
    """A file that counts what was read of it. Only for reading forward."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read_bytes = 0
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        piece = self._file.read(size)
        self.read_bytes += len(piece)
        return piece

    def peek(self) -> bytes:
        """The beginning of the file; it stays to be read."""
        head = self._file.read(HEAD_SIZE_BYTES)
        self._file.seek(0)
        return head


class WatchedStream:
    """What comes out of a decompressor, compared with what went in; raises UnpacksTooFar in the middle of a bomb."""

    def __init__(self, inner: _Readable, packed: CountedStream, is_bomb: Callable[[int, int], bool]) -> None:
        self._inner = inner
        self._packed = packed
        self._is_bomb = is_bomb
        self._unpacked_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        piece = self._inner.read(size)
        self._unpacked_bytes += len(piece)
        if self._is_bomb(self._unpacked_bytes, self._packed.read_bytes):
            raise UnpacksTooFar
        return piece


class _XzStream:
    """An xz file unpacked with bounded memory, which the library's own file class cannot promise."""

    def __init__(self, packed: CountedStream) -> None:
        self._packed = packed
        self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES_MAX)

    def read(self, size: int = -1, /) -> bytes:
        while not self._decompressor.eof:
            fresh = self._packed.read(64 * 1024) if self._decompressor.needs_input else b""
            if self._decompressor.needs_input and not fresh:
                raise EOFError
            piece = self._decompressor.decompress(fresh, size)
            if piece:
                return piece
        return b""


def unpacked(packed: CountedStream, *, is_bomb: Callable[[int, int], bool]) -> IO[bytes]:
    """The tar file within, whether compressed or not, for reading forward only."""
    inner: _Readable = packed
    media_type = sniff(packed.peek())
    if media_type is kinds.GZIP:
        inner = gzip.GzipFile(fileobj=cast("IO[bytes]", packed), mode="rb")
    elif media_type is kinds.BZIP2:
        inner = bz2.BZ2File(cast("IO[bytes]", packed), "rb")
    elif media_type is kinds.XZ:
        inner = _XzStream(packed)
    return cast("IO[bytes]", WatchedStream(inner, packed, is_bomb))
