"""JPEG structure: the segments of a JPEG and where it ends, told by its own lengths and marks (ITU-T T.81, annex B). Pure comparisons."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from clew.kernel.limits import JPEG_SEGMENTS_MAX

START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
# Marks without a length: restarts, and the temporary one.
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
# In the coded data 0xFF is followed by zero (stuffing), by a restart mark, or by filling.
_NEXT_MARK = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker, where it stands, and the bytes it carries behind its length."""

    marker: int
    at: int
    body: memoryview


def segments(content: memoryview, start: int = 0) -> Iterator[Segment]:
    """The segments from a beginning (`FF D8`) to the end mark, which comes last and is empty. Damage or a missing end stops the walk."""
    at = start + 2
    for _ in range(JPEG_SEGMENTS_MAX):
        while at < len(content) - 1 and content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        if at + 2 > len(content) or content[at] != 0xFF:
            return
        marker = content[at + 1]
        if marker == END_OF_IMAGE:
            yield Segment(marker, at, content[at + 2 : at + 2])
            return
        length = 0 if marker in _BARE else int.from_bytes(content[at + 2 : at + 4], "big")
        if marker not in _BARE and (length < 2 or at + 2 + length > len(content)):
            return
        yield Segment(marker, at, content[at + 4 : at + 2 + length])
        at += 2 + length
        if marker == START_OF_SCAN:
            found = _NEXT_MARK.search(content, at)
            if found is None:
                return
            at = found.start()


def jpeg_end(content: memoryview, start: int = 0) -> int | None:
    """The place behind the end mark of the JPEG that begins at `start`; None where it has none."""
    last = next(iter(deque(segments(content, start), maxlen=1)), None)
    return last.at + 2 if last is not None and last.marker == END_OF_IMAGE else None


def png_end(content: memoryview, start: int = 0) -> int | None:
    """The place behind the last chunk of the PNG that begins at `start` (PNG specification, 5.3); None where there is none."""
    at = start + 8
    for _ in range(JPEG_SEGMENTS_MAX):
        length, name = int.from_bytes(content[at : at + 4], "big"), bytes(content[at + 4 : at + 8])
        at += 12 + length
        if len(name) < 4 or at > len(content):
            return None
        if name == b"IEND":
            return at
    return None
