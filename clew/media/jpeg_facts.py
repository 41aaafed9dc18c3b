"""JPEG facts: traces of the encoder in the structure of a file: tables, sampling, segments, what stands behind the end.

Tables and the scale of qualities are those of ITU-T T.81, annex K, and of the Independent JPEG Group's library.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from clew.media.jpeg_structure import END_OF_IMAGE, Segment, segments
from clew.media.sniff import HEAD_SIZE_BYTES, sniff

_TABLES, _COMMENT = 0xDB, 0xFE
_FRAMES = {0xC0: "baseline", 0xC1: "extended", 0xC2: "progressive", 0xC3: "lossless"}
_NAMES = (
    (0xE0, b"JFIF\0", "JFIF"), (0xE0, b"JFXX\0", "JFXX"), (0xE1, b"Exif\0", "Exif"), (0xE1, b"http://ns.adobe.com/xap", "XMP"),
    (0xE1, b"http://ns.adobe.com/xmp/ext", "extended XMP"), (0xE2, b"ICC_PROFILE\0", "ICC"), (0xE2, b"MPF\0", "MPF"),
    (0xED, b"Photoshop 3.0\0", "Photoshop"), (0xEE, b"Adobe", "Adobe"),
)  # fmt: skip
_LUMINANCE = np.array(
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ],
    dtype=np.int64,
)  # fmt: skip
# The order in which a file holds a table (T.81, figure A.6): along the diagonals, turning at each end.
_ZIGZAG = sorted(range(64), key=lambda at: (at // 8 + at % 8, at % 8 if (at // 8 + at % 8) % 2 == 0 else at // 8))
_SAMPLINGS = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (1, 2): "4:4:0", (4, 1): "4:1:1", (4, 2): "4:1:0"}


def jpeg_facts(content: memoryview) -> dict[str, Any]:
    """What the structure of a JPEG tells of its encoder; what is damaged is left out."""
    found = list(segments(content))
    facts: dict[str, Any] = {"jpeg_segments": ", ".join(dict.fromkeys(filter(None, map(_name, found))))}
    tables = b"".join(bytes(segment.body) for segment in found if segment.marker == _TABLES)
    if tables:
        facts |= {"jpeg_tables": hashlib.sha256(tables).hexdigest()[:16], **_quality(tables)}
    for segment in found:
        if segment.marker in _FRAMES:
            facts |= _frame(segment)
            break
    comment = next((bytes(segment.body) for segment in found if segment.marker == _COMMENT), None)
    if comment:
        facts["jpeg_comment"] = comment
    if found and found[-1].marker == END_OF_IMAGE:
        facts |= trailing_facts(content, found[-1].at + 2)
    return facts


def trailing_facts(content: memoryview, end: int) -> dict[str, Any]:
    """How much stands behind the end of a picture, and what it looks like."""
    rest = content[end:]
    if not len(rest):
        return {}
    media_type = sniff(bytes(rest[:HEAD_SIZE_BYTES]))
    is_empty = not any(rest[:HEAD_SIZE_BYTES])
    what = media_type.mime if media_type else "zeros" if is_empty else "not known"
    return {"trailing_bytes": len(rest), "trailing_looks_like": what}


def _name(segment: Segment) -> str:
    if segment.marker == _COMMENT:
        return "comment"
    if not 0xE0 <= segment.marker <= 0xEF:
        return ""
    body = bytes(segment.body[:32])
    known = next((name for marker, start, name in _NAMES if segment.marker == marker and body.startswith(start)), "")
    return f"APP{segment.marker - 0xE0} {known}".strip()


def _quality(tables: bytes) -> dict[str, Any]:
    """The quality whose table, as the usual library scales it, is the first one of the file, or lies nearest to it."""
    if tables[0] >> 4 or len(tables) < 65:
        return {}
    own = np.frombuffer(tables, np.uint8, 64, 1).astype(np.int64)
    usual = _LUMINANCE[_ZIGZAG]
    scales = np.array([5000 // quality if quality < 50 else 200 - 2 * quality for quality in range(1, 101)])
    scaled = ((usual[None, :] * scales[:, None] + 50) // 100).clip(1, 255)
    apart = np.abs(scaled - own).sum(axis=1)
    nearest = int(apart.argmin())
    return {"jpeg_quality": nearest + 1, "jpeg_tables_standard": int(apart[nearest] == 0)}


def _frame(segment: Segment) -> dict[str, Any]:
    facts: dict[str, Any] = {"jpeg_coding": _FRAMES[segment.marker]}
    body = bytes(segment.body)
    if len(body) >= 15 and body[5] == 3:
        across, down = body[7] >> 4, body[7] & 15
        facts["jpeg_sampling"] = _SAMPLINGS.get((across, down), f"{across} x {down}")
    return facts
