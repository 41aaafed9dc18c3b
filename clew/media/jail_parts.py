"""Parts: what a cell tells of a file beside its picture: signatures as bytes, stills of a film, files that lay inside.

They lie one behind the other in the shared memory; the header names each with its place. Written inside the jail by `PartsWriter`, judged
outside by `parts_told`: every place and size is checked, and one that does not hold makes the whole answer worthless.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from typing import Any, TypedDict

import numpy as np

from clew.kernel.limits import EMBEDDED_MAX, JAIL_BLOBS_MAX, JAIL_PARTS_BYTES_MAX, PREVIEW_SIDE_PIXELS_MAX, STILLS_MAX
from clew.media.examination import Embedded, Pixels, Still
from clew.media.jail_wire import JailLimits
from clew.media.shrinking import shrunk

# Sides beyond this are nonsense in any format.
_SIDE_PIXELS_MAX = 2**32
_NAME_LETTERS_MAX = 60
_TIME_MS_MAX = 2**31 - 1


class PartsWriter:
    """Writes parts into the shared memory, inside a cell. A part for which no room is left is left out."""

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory
        self._at = 0
        #: What goes into the header.
        self.told: dict[str, list[list[Any]]] = {"blobs": [], "stills": [], "embedded": []}

    def add_blob(self, name: str, content: bytes) -> None:
        """A signature, under the name by which it is judged."""
        self._add("blobs", JAIL_BLOBS_MAX, name, content)

    def add_embedded(self, name: str, content: bytes) -> bool:
        """A file that lay inside, and where, in words; whether there was room for it."""
        words = "".join(letter for letter in name if letter.isprintable())[:_NAME_LETTERS_MAX]
        return self._add("embedded", EMBEDDED_MAX, words, content)

    def add_still(self, pixels: Pixels, time_ms: int, side_pixels_max: int = PREVIEW_SIDE_PIXELS_MAX) -> None:
        """A frame (height, width, 3) of a film, shrunk until no side is longer. The first one stands for the film."""
        small = np.ascontiguousarray(shrunk(pixels, side_pixels_max))
        self._add("stills", STILLS_MAX, [*small.shape[:2], time_ms], small.data.cast("B"))

    def _add(self, kind: str, count_max: int, facts: Any, content: bytes | memoryview) -> bool:
        listed, end = self.told[kind], self._at + len(content)
        if len(listed) >= count_max or end > len(self._memory):
            return False
        self._memory[self._at : end] = content
        listed.append([self._at, len(content), facts])
        self._at = end
        return True


class Parts(TypedDict):
    """The parts of an examination, by its fields."""

    blobs: dict[str, bytes]
    stills: list[Still]
    embedded: list[Embedded]


class _NotAPart(Exception):
    """What a header names is none."""


def parts_told(header: Mapping[str, Any], answer_fd: int, limits: JailLimits) -> Parts | None:
    """The parts that a header names; None if any of them is not where and what it is said to be."""
    try:
        _check_sizes(header)
        return {
            "blobs": {
                _name(facts): _bytes_at(answer_fd, limits, at, size_bytes)
                for at, size_bytes, facts in _listed(header, "blobs", JAIL_BLOBS_MAX)
            },
            "stills": [
                _still(answer_fd, limits, at, size_bytes, facts)
                for at, size_bytes, facts in _listed(header, "stills", STILLS_MAX)
            ],
            "embedded": [
                Embedded(_name(facts), _bytes_at(answer_fd, limits, at, size_bytes))
                for at, size_bytes, facts in _listed(header, "embedded", EMBEDDED_MAX)
            ],
        }
    except _NotAPart:
        return None


def _listed(header: Mapping[str, Any], kind: str, count_max: int) -> list[list[Any]]:
    listed = header.get(kind, [])
    if not isinstance(listed, list) or len(listed) > count_max:
        raise _NotAPart
    if not all(isinstance(part, list) and len(part) == 3 for part in listed):
        raise _NotAPart
    return listed


def _check_sizes(header: Mapping[str, Any]) -> None:
    """Parts that lie one over the other could make gigabytes of a few bytes: together they fit into the memory for parts. A size below zero
    would make room in that sum for others.
    """
    counts = (("blobs", JAIL_BLOBS_MAX), ("stills", STILLS_MAX), ("embedded", EMBEDDED_MAX))
    sizes_bytes = [part[1] for kind, count_max in counts for part in _listed(header, kind, count_max)]
    are_sizes = all(type(size_bytes) is int and size_bytes >= 0 for size_bytes in sizes_bytes)
    if not are_sizes or sum(sizes_bytes) > JAIL_PARTS_BYTES_MAX:
        raise _NotAPart


def _name(facts: object) -> str:
    if not isinstance(facts, str) or not facts.isprintable() or len(facts) > _NAME_LETTERS_MAX:
        raise _NotAPart
    return facts


def _place(limits: JailLimits, at: object, size_bytes: object) -> tuple[int, int]:
    """Where a part lies in the shared memory, and how long it is; raises where that is not within the memory for parts."""
    if type(at) is not int or type(size_bytes) is not int or at < 0 or size_bytes < 0:
        raise _NotAPart
    if limits.parts_start + at + size_bytes > limits.answer_size_bytes:
        raise _NotAPart
    return limits.parts_start + at, size_bytes


def _bytes_at(answer_fd: int, limits: JailLimits, at: object, size_bytes: object) -> bytes:
    start, length = _place(limits, at, size_bytes)
    return os.pread(answer_fd, length, start)


def _still(answer_fd: int, limits: JailLimits, at: object, size_bytes: object, facts: object) -> Still:
    if not isinstance(facts, list) or len(facts) != 3:
        raise _NotAPart
    height, width, time_ms = side(facts[0]), side(facts[1]), facts[2]
    if not height or not width or type(time_ms) is not int or not 0 <= time_ms <= _TIME_MS_MAX:
        raise _NotAPart
    if max(height, width) > PREVIEW_SIDE_PIXELS_MAX or size_bytes != 3 * height * width:
        raise _NotAPart
    pixels = np.frombuffer(_bytes_at(answer_fd, limits, at, size_bytes), np.uint8)
    return Still(time_ms, pixels.reshape(height, width, 3))


def side(value: object) -> int | None:
    """A side of a picture in pixels, if that is what the value is."""
    return value if type(value) is int and 0 < value <= _SIDE_PIXELS_MAX else None


def picture_at(answer_fd: int, start: int, height: int, width: int) -> Pixels:
    """The picture of this size that begins there in the shared memory, without a copy."""
    size_bytes = 3 * width * height
    # The mapping lives as long as the array; pages are shared with nobody once the cell is dead.
    memory = mmap.mmap(answer_fd, start + size_bytes)
    return np.frombuffer(memory, np.uint8, size_bytes, start).reshape(height, width, 3)
