"""What runs inside a cell: one file is decoded into the shared memory, and a header tells what it is or why not."""

from __future__ import annotations

import io
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np

from clew.media.decode import decode
from clew.media.decoded import MediaUnreadable
from clew.media.examination import Pixels
from clew.media.jail_parts import PartsWriter
from clew.media.jail_wire import HEADER_SIZE_BYTES, JailLimits
from clew.media.kinds import MediaKind, MediaType
from clew.media.shelf import Shelf

# What a decoder asks for at once; larger pieces save calls, not time.
_READ_SIZE_BYTES = 256 * 1024


class Window(io.RawIOBase):
    """Mapped memory read as a file. Unlike a mapping, it may be sought beyond its end, as decoders of odd files do."""

    def __init__(self, memory: mmap.mmap | memoryview) -> None:
        self._memory = memoryview(memory)
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the present place; 0 at the end."""
        place = memoryview(buffer).cast("B")
        piece = self._memory[self._at : self._at + len(place)]
        place[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def readall(self) -> bytes:
        """Everything from the present place, in one copy."""
        piece = bytes(self._memory[self._at :])
        self._at += len(piece)
        return piece

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the present place; raises ValueError before the beginning."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._memory)}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        """The present place."""
        return self._at


@dataclass(frozen=True, slots=True)
class Errand:
    """One file to examine: what it seems to be, its bytes as a file, the shared memory for its pixels, and that for parts."""

    media_type: MediaType
    source: BinaryIO
    content: memoryview
    canvas_memory: memoryview
    limits: JailLimits
    parts: PartsWriter

    @classmethod
    def of(cls, message: Mapping[str, str], content: mmap.mmap, answer: memoryview, limits: JailLimits) -> Errand:
        """The errand that a message of `jail_wire` describes."""
        media_type = MediaType(message["mime"], MediaKind(message["kind"]), (), message["parser"])
        source = cast(BinaryIO, io.BufferedReader(Window(content), _READ_SIZE_BYTES))
        canvas, parts = answer[HEADER_SIZE_BYTES : limits.parts_start], PartsWriter(answer[limits.parts_start :])
        return cls(media_type, source, memoryview(content), canvas, limits, parts)

    def canvas(self, height: int, width: int) -> Pixels:
        """The place for a picture of this size, (height, width, 3) uint8, in memory that the caller sees."""
        return np.frombuffer(self.canvas_memory, np.uint8, 3 * height * width).reshape(height, width, 3)


def examine_inside(errand: Errand) -> dict[str, Any]:
    """Decode the errand's file; the header of its answer. Whatever a decoder raises becomes a reason, save MemoryError."""
    try:
        decoded = decode(
            errand.media_type,
            errand.source,
            content=errand.content,
            canvas=errand.canvas,
            frame_pixels_max=errand.limits.frame_pixels_max,
            shelf=Shelf(errand.parts.add_embedded, cpu_seconds_max=errand.limits.cpu_seconds_max),
        )
    except MediaUnreadable as told:
        return {"reason": told.reason.value, "width": told.width, "height": told.height}
    if decoded.shown is not None:
        errand.parts.add_still(decoded.shown, 0)
    return {
        "width": decoded.width,
        "height": decoded.height,
        "has_pixels": decoded.pixels is not None,
        "exif_orientation": decoded.exif_orientation,
        "metadata": decoded.metadata,
    }
