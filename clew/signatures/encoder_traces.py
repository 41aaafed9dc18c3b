"""Encoder traces: how a JPEG was written, read from its bytes without decoding a pixel: tables, sampling, segments, thumbnail, maker.

Two files with one trace were written by the same program or camera model with the same settings. That says much where few files have the
trace and little where half of the world has it, so a trace is always weighed by how often it is met (Kornblum 2008 on quantisation tables;
Kee, Johnson, Farid 2011 on what else tells). Bytes are as hostile as ever: the walk is bounded, and what is no JPEG is refused.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from clew.kernel.errors import InputRefused
from clew.kernel.limits import TRACE_SEGMENTS_MAX
from clew.media.examination import MetadataValue
from clew.media.jpeg_structure import START_OF_SCAN, Segment, segments

_TABLES, _HUFFMAN, _RESTARTS, _EXIF = 0xDB, 0xC4, 0xDD, 0xE1
_FRAMES = {0xC0: "baseline", 0xC1: "extended", 0xC2: "progressive", 0xC3: "lossless"}
_NAMES = {0xDB: "DQT", 0xC4: "DHT", 0xDD: "DRI", 0xDA: "SOS", 0xFE: "COM"}
# First bytes of the code lengths of the usual four Huffman tables (T.81, K.3.3), by class and number.
_USUAL_LENGTHS = {
    0x00: "00010501010101010100000000000000",
    0x01: "00030101010101010101010000000000",
    0x10: "0002010303020403050504040000017d",
    0x11: "00020102040403040705040400010277",
}
_DIGEST_LETTERS = 16
# A thumbnail of cameras begins within its EXIF block; other pictures in the block are not looked for.
_PICTURE_START = b"\xff\xd8\xff"


class TraceUnreadable(InputRefused):
    """This is no JPEG whose structure can be read. No trace was taken; the file itself was kept as it is."""


@dataclass(frozen=True, slots=True)
class EncoderTrace:
    """What the structure of a file tells of its writer; equal traces are equal values.

    `tables` is a digest of all quantisation tables in their order, `huffman` "usual", "own" or "none"; `restart_units` 0 where there are none;
    `thumbnail` the trace of the thumbnail in short, empty where there is none; `make`, `model`, `software` as EXIF tells them.
    """

    tables: str
    sampling: str
    coding: str
    huffman: str
    order: str
    restart_units: int
    thumbnail: str
    make: str = ""
    model: str = ""
    software: str = ""

    @property
    def key(self) -> str:
        """A digest of all of it, by which traces are counted."""
        return hashlib.sha256("\n".join(str(getattr(self, part.name)) for part in fields(self)).encode()).hexdigest()[
            :32
        ]

    def differences(self, other: EncoderTrace) -> tuple[str, ...]:
        """The names of the parts in which the two differ; none where they are equal."""
        return tuple(part.name for part in fields(self) if getattr(self, part.name) != getattr(other, part.name))


def trace_of(content: bytes | memoryview, facts: Mapping[str, MetadataValue] | None = None) -> EncoderTrace:
    """The trace of a JPEG file; `facts` are those of its metadata, for make, model and software. Raises TraceUnreadable."""
    found = list(_head(memoryview(content)))
    if not found or not any(segment.marker == START_OF_SCAN for segment in found):
        raise TraceUnreadable
    told = facts or {}
    frame = next((segment for segment in found if segment.marker in _FRAMES), None)
    restarts = next((segment for segment in found if segment.marker == _RESTARTS and len(segment.body) >= 2), None)
    return EncoderTrace(
        tables=_digest(found, _TABLES),
        sampling=_sampling(frame),
        coding=_FRAMES[frame.marker] if frame else "",
        huffman=_huffman(found),
        order=" ".join(_name(segment.marker) for segment in found),
        restart_units=int.from_bytes(restarts.body[:2], "big") if restarts else 0,
        thumbnail=_thumbnail(found),
        make=_words(told.get("camera_make")),
        model=_words(told.get("camera_model")),
        software=_words(told.get("software")),
    )


def _head(content: memoryview, start: int = 0) -> Iterator[Segment]:
    """The segments up to the first scan, a bounded number."""
    if bytes(content[start : start + 2]) != b"\xff\xd8":
        return
    for segment in itertools.islice(segments(content, start), TRACE_SEGMENTS_MAX):
        yield segment
        if segment.marker == START_OF_SCAN:
            return


def _digest(found: list[Segment], marker: int) -> str:
    # Tables in one segment or in several are the same tables; `order` tells which.
    held = [bytes(segment.body) for segment in found if segment.marker == marker]
    return hashlib.sha256(b"".join(held)).hexdigest()[:_DIGEST_LETTERS] if held else ""


def _sampling(frame: Segment | None) -> str:
    """The sampling factors of each component, such as "22 11 11" (T.81, B.2.2); empty where the segment is too short."""
    if frame is None or len(frame.body) < 6 or len(frame.body) < 6 + 3 * frame.body[5]:
        return ""
    return " ".join(f"{frame.body[7 + 3 * at]:02x}" for at in range(frame.body[5]))


def _huffman(found: list[Segment]) -> str:
    """Whether the tables are those of the standard's annex ("usual"), others, made for one picture or by a maker ("own"), or not there."""
    body = b"".join(bytes(segment.body) for segment in found if segment.marker == _HUFFMAN)
    if not body:
        return "none"
    at = 0
    while at + 17 <= len(body):
        lengths = body[at + 1 : at + 17]
        if _USUAL_LENGTHS.get(body[at]) != lengths.hex():
            return "own"
        at += 17 + sum(lengths)
    return "usual" if at == len(body) else "own"


def _name(marker: int) -> str:
    if 0xE0 <= marker <= 0xEF:
        return f"APP{marker - 0xE0}"
    return _FRAMES.get(marker) or _NAMES.get(marker) or f"{marker:02X}"


def _thumbnail(found: list[Segment]) -> str:
    """Tables, sampling and Huffman kind of the JPEG inside EXIF."""
    for segment in found:
        if segment.marker == _EXIF and bytes(segment.body[:6]) == b"Exif\0\0":
            start = bytes(segment.body).find(_PICTURE_START)
            inside = list(_head(segment.body, start)) if start >= 0 else []
            if inside:
                frame = next((each for each in inside if each.marker in _FRAMES), None)
                return f"{_digest(inside, _TABLES)} {_sampling(frame)} {_huffman(inside)}"
    return ""


def _words(fact: MetadataValue | None) -> str:
    return " ".join(str(fact).split()) if fact is not None else ""
