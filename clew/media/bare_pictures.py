"""Bare pictures: whether a PNG or JPEG holds its picture and nothing beside it. What is allowed is listed; all else is told."""

from __future__ import annotations

import struct

from clew.media.jpeg_structure import END_OF_IMAGE, Segment, jpeg_end, png_end, segments

_PNG = b"\x89PNG\r\n\x1a\n"
#: Chunks without which there is no true-colour PNG (PNG specification, 11.2).
_PNG_CHUNKS = frozenset({b"IHDR", b"IDAT", b"IEND"})
# Baseline frame, tables of quantisation and coding, scan, end, and the header of JFIF, which has room for a thumbnail.
_JFIF_MARKER, _JFIF_BYTES = 0xE0, 14
_JPEG_MARKERS = frozenset({0xC0, 0xC4, 0xDA, 0xDB, END_OF_IMAGE, _JFIF_MARKER})


def beside_the_picture(content: bytes) -> list[str]:
    """What the file holds beside its picture, in words; empty where that is nothing."""
    if content.startswith(_PNG):
        return _beside_png(content)
    if content.startswith(b"\xff\xd8"):
        return _beside_jpeg(memoryview(content))
    return ["it is neither a PNG nor a JPEG"]


def _beside_png(content: bytes) -> list[str]:
    found = []
    at = len(_PNG)
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        if name not in _PNG_CHUNKS:
            found.append(f"a chunk {name.decode('ascii', 'replace')}")
        at += 12 + length
        if name == b"IEND":
            break
    return [*found, *_behind(png_end(memoryview(content)), len(content))]


def _beside_jpeg(content: memoryview) -> list[str]:
    found = [f"a segment {each.marker:02X}" for each in segments(content) if not _is_needed(each)]
    return [*found, *_behind(jpeg_end(content), len(content))]


def _is_needed(segment: Segment) -> bool:
    if segment.marker == _JFIF_MARKER:
        # Its last two bytes are the sides of the thumbnail.
        return len(segment.body) == _JFIF_BYTES and bytes(segment.body[:5]) == b"JFIF\0" and not any(segment.body[12:])
    return segment.marker in _JPEG_MARKERS


def _behind(end: int | None, length_bytes: int) -> list[str]:
    if end is None:
        return ["it has no end"]
    return [f"{length_bytes - end} bytes behind its end"] if end < length_bytes else []
