"""Films: the PDQ hashes of a video's frames, as vPDQ takes them, in one pass over the file.

vPDQ (ThreatExchange) hashes every n-th frame, n being frames per second times seconds per hash, as RGB at full size, and matches bags of
such hashes. A long film is not decoded whole: its key frames are, which are complete by themselves and lie some seconds apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import av
import numpy as np
import numpy.typing as npt

from clew.kernel.limits import FILM_FRAMES_HASHED_MAX, FILM_KEY_FRAMES_MAX, FILM_MEGAPIXELS_DECODED_MAX
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import pdq_dihedral

SECONDS_PER_HASH = 1.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The PDQ hash of a moment of a video: its 32 bytes, its quality 0-100, milliseconds from the beginning, the frame's number, and the hash
    of the frame mirrored, where it is known.
    """

    bits: bytes
    quality: int
    time_ms: int
    number: int = 0
    mirrored: bytes = b""


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame that was chosen: its number, milliseconds from the beginning, and its pixels (height, width, 3)."""

    number: int
    time_ms: int
    pixels: npt.NDArray[np.uint8]


def is_long(stream: Any, duration_seconds: float) -> bool:
    """Whether decoding every frame of a video stream would take longer than a file may."""
    megapixels = duration_seconds * float(stream.average_rate or 25) * stream.width * stream.height / 1e6
    return bool(megapixels > FILM_MEGAPIXELS_DECODED_MAX)


def moments(
    source: BinaryIO, parser: str, *, seconds_per_hash: float = SECONDS_PER_HASH, only_key_frames: bool | None = None
) -> Iterator[Moment]:
    """The frames of a film that are hashed: one for each so many seconds (0: every frame), or the key frames alone.

    Without `only_key_frames` a film that would take too long is looked at by its key frames. Raises what the decoder raises; what came
    before it stands.
    """
    with av.open(source, mode="r", format=parser, metadata_errors="replace") as container:
        stream = container.streams.video[0]
        # One thread: a cell of the jail has no other.
        stream.thread_type = "NONE"
        if only_key_frames is None:
            only_key_frames = is_long(stream, (container.duration or 0) / av.time_base)
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        if only_key_frames:
            chosen = _key_frames(container, stream, rate, seconds_per_hash)
        else:
            chosen = _every(container, stream, rate, max(1, int(rate * seconds_per_hash)))
        yield from itertools.islice(chosen, FILM_FRAMES_HASHED_MAX)


def _every(container: Any, stream: Any, rate: float, step: int) -> Iterator[Moment]:
    for number, frame in enumerate(container.decode(stream)):
        if number % step == 0:
            yield _moment(frame, number, rate)


def _key_frames(container: Any, stream: Any, rate: float, seconds_apart: float) -> Iterator[Moment]:
    """Key frames that lie so far apart, and of a very long film further, so that there are not too many to decode."""
    apart = max(seconds_apart, (container.duration or 0) / av.time_base / FILM_KEY_FRAMES_MAX)
    earliest = -1.0
    for packet in container.demux(stream):
        at = None if packet.pts is None else float(packet.pts * packet.time_base)
        # The last packet is empty and has the decoder give what it still holds.
        if packet.size and (not packet.is_keyframe or (at is not None and at < earliest)):
            continue
        earliest = (at or 0.0) + apart
        for frame in packet.decode():
            number = 0 if frame.time is None else round(frame.time * rate)
            yield _moment(frame, number, rate)


def _moment(frame: Any, number: int, rate: float) -> Moment:
    seconds = number / rate if frame.time is None else max(0.0, frame.time)
    return Moment(number, round(1000 * seconds), frame.to_ndarray(format="rgb24"))


def film_hashes(source: BinaryIO, parser: str, **sampling: Any) -> Iterator[Frame]:
    """The hashes of the moments of a film; see `moments`."""
    for moment in moments(source, parser, **sampling):
        yield frame_of(moment)


def frame_of(moment: Moment) -> Frame:
    """The hashes of a moment, as it is and mirrored."""
    turned = pdq_dihedral(moment.pixels)
    made = turned[Orientation.ORIGINAL]
    return Frame(made.bits, made.quality, moment.time_ms, moment.number, turned[Orientation.FLIPY].bits)
