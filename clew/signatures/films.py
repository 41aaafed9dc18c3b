"""Films: the PDQ hashes of a video's frames, as vPDQ takes them, in one pass over the file.

vPDQ (ThreatExchange) hashes every n-th frame, n being frames per second times seconds per hash, as RGB at full size, and matches bags of
such hashes. A long film is not decoded whole: its key frames are, which are complete by themselves and lie some seconds apart. Between the
frames that are kept others are hashed to ask with alone: a copy out of step is met by one of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from clew.kernel.limits import (
    FILM_FRAMES_ASKED_MAX,
    FILM_FRAMES_HASHED_MAX,
    FILM_KEY_FRAMES_MAX,
    FILM_MEGAPIXELS_DECODED_MAX,
    FILM_SECONDS_ASKED_CLOSELY_MAX,
)
from clew.signatures.film_plan import Plan, may_skip, plan_of
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import pdq_dihedral

SECONDS_PER_HASH = 1.0
#: The least distance of a frame between from the one hashed before: about four to a second, from what is decoded anyway.
SECONDS_BETWEEN = 0.2


@dataclass(frozen=True, slots=True)
class Frame:
    """The PDQ hash of a moment of a video: its 32 bytes, its quality 0-100, milliseconds from the beginning, the frame's number, and the hash
    of the frame mirrored, where it is known. One between others is asked with, and not kept.
    """

    bits: bytes
    quality: int
    time_ms: int
    number: int = 0
    mirrored: bytes = b""
    is_between: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame that was chosen: its number, milliseconds from the beginning, and its pixels: (height, width, 3), of one between (height, width),
    its luma alone.
    """

    number: int
    time_ms: int
    pixels: npt.NDArray[np.uint8]
    is_between: bool = False


def is_long(stream: Any, duration_seconds: float) -> bool:
    """Whether decoding every frame of a video stream would take longer than a file may."""
    megapixels = duration_seconds * float(stream.average_rate or 25) * stream.width * stream.height / 1e6
    return bool(megapixels > FILM_MEGAPIXELS_DECODED_MAX)


def moments(
    source: BinaryIO,
    parser: str,
    *,
    seconds_per_hash: float = SECONDS_PER_HASH,
    only_key_frames: bool | None = None,
    from_seconds: float = 0.0,
    with_between: bool = False,
) -> Iterator[Moment]:
    """The frames of a film that are hashed: one for each so many seconds (0: every frame) and the key frames between, or the key frames alone;
    `with_between` others too, of a film that is not long.

    Without `only_key_frames` a film that would take too long is looked at by its key frames, which may begin later than at the beginning;
    one too long for one frame a second has them further apart. Raises what the decoder raises; what came before it stands. A frame that the decoder gave up only at a second attempt comes behind later ones.
    """
    with _opened(source, parser) as container:
        stream = container.streams.video[0]
        duration_seconds = (container.duration or 0) / av.time_base
        if only_key_frames is None:
            only_key_frames = is_long(stream, duration_seconds)
        if seconds_per_hash:
            seconds_per_hash = max(seconds_per_hash, 2 * duration_seconds / FILM_FRAMES_HASHED_MAX)
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        step = max(1, int(rate * seconds_per_hash))
        is_close = with_between and step > 1 and duration_seconds <= FILM_SECONDS_ASKED_CLOSELY_MAX
        plan = None if only_key_frames or step == 1 else plan_of(container, stream, step, is_close=is_close)
    if only_key_frames:
        chosen = _key_frames(source, parser, seconds_per_hash, from_seconds)
    elif plan is None:
        chosen = _every(source, parser, step, is_close=is_close)
    else:
        chosen = _planned(source, parser, step, plan, is_close=is_close)
    yield from itertools.islice(chosen, FILM_FRAMES_ASKED_MAX if is_close else FILM_FRAMES_HASHED_MAX)


def _opened(source: BinaryIO, parser: str) -> Any:
    """The container from its beginning."""
    source.seek(0)
    return av.open(source, mode="r", format=parser, metadata_errors="replace")


class _Frames:
    """Turns frames of one stream into moments; one scaler serves them all. One thread: a cell of the jail has no other."""

    def __init__(self, container: Any, *, is_close: bool = False) -> None:
        self.stream = container.streams.video[0]
        self.stream.thread_type = "NONE"
        self.rate = float(self.stream.average_rate or self.stream.guessed_rate or 25)
        self._scaler, self._luma_scaler = VideoReformatter(), VideoReformatter()
        self._is_close = is_close
        self._latest_seconds = -1.0

    def moment(self, frame: Any, number: int | None = None) -> Moment:
        """A frame as pixels; of a number that is not known the time tells it."""
        if number is None:
            number = 0 if frame.time is None else round(frame.time * self.rate)
        seconds = number / self.rate if frame.time is None else max(0.0, frame.time)
        pixels = self._scaler.reformat(frame, format="rgb24").to_ndarray()
        self._latest_seconds = seconds
        return Moment(number, round(1000 * seconds), pixels.astype(np.uint8, copy=False))

    def between(self, frame: Any) -> Iterator[Moment]:
        """A frame that came out without being wanted, where such are asked for and it lies far enough from the one before."""
        if not self._is_close or frame.time is None:
            return
        # Times are of so many parts of a second; half a millisecond is none.
        if frame.time - self._latest_seconds < SECONDS_BETWEEN - 0.0005:
            return
        self._latest_seconds = frame.time
        # Turning a frame into RGB would cost more than hashing it.
        luma = self._luma_scaler.reformat(frame, format="gray").to_ndarray()
        number, time_ms = round(frame.time * self.rate), round(1000 * frame.time)
        yield Moment(number, time_ms, luma.astype(np.uint8, copy=False), is_between=True)


def _every(source: BinaryIO, parser: str, step: int, *, is_close: bool = False) -> Iterator[Moment]:
    with _opened(source, parser) as container:
        frames = _Frames(container, is_close=is_close)
        for number, frame in enumerate(container.decode(frames.stream)):
            if number % step == 0:
                yield frames.moment(frame, number)
            else:
                yield from frames.between(frame)


def _planned(source: BinaryIO, parser: str, step: int, plan: Plan, *, is_close: bool = False) -> Iterator[Moment]:
    """The frames of a plan; those that did not come out are looked for once more in everything there is."""
    missing = dict(plan.numbers)
    with _opened(source, parser) as container:
        frames = _Frames(container, is_close=is_close)
        codec, skips = frames.stream.codec_context, may_skip(frames.stream)
        at = -1
        for packet in container.demux(frames.stream):
            if packet.size:
                at += 1
                if at >= len(plan.is_decoded) or not plan.is_decoded[at]:
                    continue
                codec.skip_frame = "NONREF" if skips and not plan.is_wanted[at] else "DEFAULT"
            for frame in packet.decode():
                number = missing.pop(frame.pts, None)
                if number is not None:
                    yield frames.moment(frame, number)
                else:
                    yield from frames.between(frame)
    wanted = {number for number in missing.values() if number % step == 0}
    if wanted:
        yield from (moment for moment in _every(source, parser, step) if moment.number in wanted)


def _key_frames(source: BinaryIO, parser: str, seconds_apart: float, from_seconds: float) -> Iterator[Moment]:
    """Key frames that lie so far apart, and of a very long film further, so that there are not too many to decode."""
    with _opened(source, parser) as container:
        frames = _Frames(container)
        apart = max(seconds_apart, (container.duration or 0) / av.time_base / FILM_KEY_FRAMES_MAX)
        earliest = from_seconds or -1.0
        for packet in container.demux(frames.stream):
            at = None if packet.pts is None else float(packet.pts * packet.time_base)
            # The last packet is empty and has the decoder give what it still holds.
            if packet.size and (not packet.is_keyframe or (at is not None and at < earliest)):
                continue
            earliest = (at or 0.0) + apart
            yield from (frames.moment(frame) for frame in packet.decode())


def film_hashes(source: BinaryIO, parser: str, **sampling: Any) -> Iterator[Frame]:
    """The hashes of the moments of a film; see `moments`."""
    for moment in moments(source, parser, **sampling):
        yield frame_of(moment)


def frame_of(moment: Moment) -> Frame:
    """The hashes of a moment, as it is and mirrored."""
    turned = pdq_dihedral(moment.pixels, (Orientation.ORIGINAL, Orientation.FLIPY))
    made = turned[Orientation.ORIGINAL]
    mirrored = turned[Orientation.FLIPY].bits
    return Frame(made.bits, made.quality, moment.time_ms, moment.number, mirrored, moment.is_between)
