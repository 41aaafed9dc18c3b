"""Scenes: a few stills that tell what a film shows, chosen while its frames are hashed: one where a frame looks unlike the last one chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.kernel.limits import PDQ_QUALITY_MIN, STRIP_STILLS_MAX
from clew.media.shrinking import shrunk
from clew.signatures.films import Frame, Moment

#: Two frames that differ in so many of 256 bits show something else; unrelated ones differ in 128, those one second apart in a slow pan
#: in about 20.
SCENE_DISTANCE_BITS = 70
#: As large as a picture that asks for parts of it is looked at: parts of scenes are found too. A strip shows them smaller.
STILL_SIDE_PIXELS_MAX = 640


@dataclass(frozen=True, slots=True)
class Scene:
    """The first frame of a scene, small, with its hash."""

    time_ms: int
    pixels: npt.NDArray[np.uint8]
    bits: bytes


class Scenes:
    """Sees the moments of a film and keeps the stills that stand for its scenes, and the one that stands for the film."""

    def __init__(self, count_max: int = STRIP_STILLS_MAX) -> None:
        self._count_max = count_max
        self._kept: list[Scene] = []
        self._first: tuple[Moment, int] | None = None

    def see(self, moment: Moment, frame: Frame) -> None:
        """Take up one moment with its hash."""
        if self._first is None or (self._first[1] < PDQ_QUALITY_MIN and frame.quality > self._first[1]):
            self._first = (moment, frame.quality)
        if frame.quality < PDQ_QUALITY_MIN:
            return
        distance = _distance(frame.bits, self._kept[-1].bits) if self._kept else 256
        if distance >= SCENE_DISTANCE_BITS:
            self._kept.append(Scene(moment.time_ms, shrunk(moment.pixels, STILL_SIDE_PIXELS_MAX), frame.bits))
        if len(self._kept) > 4 * self._count_max:
            self._kept = _thinned(self._kept, 2 * self._count_max)

    @property
    def representative(self) -> Moment | None:
        """The first frame that shows something, at full size; the best there is where none does."""
        return self._first[0] if self._first else None

    def stills(self) -> list[Scene]:
        """At most so many scenes in the order of time, spread over the film."""
        return _thinned(self._kept, self._count_max)


def _distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def _thinned(scenes: list[Scene], count_max: int) -> list[Scene]:
    """Left out is, one after the other, the scene whose neighbours lie nearest together in time: what is left is spread over the film."""
    left = list(scenes)
    while len(left) > max(2, count_max):
        gaps = [left[at + 1].time_ms - left[at - 1].time_ms for at in range(1, len(left) - 1)]
        del left[1 + gaps.index(min(gaps))]
    return left[:count_max]
