"""Letterbox: the bars that a whole film has around its picture, found over its frames and cut off before they are hashed once more.

One frame cannot tell a bar from a dark scene: what is plain in every frame at the same place can. So each side's bar is the least of what
any frame leaves of it, and a film that has none pays for its first frames only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clew.signatures.films import Frame, Moment, frame_of

#: How far the pixels of a plain line lie from its mean (root of the mean square), and its mean from the outermost line's. Bars that were
#: compressed hard or have grain stay below; levels of 255.
_SPREAD_MAX = 8.0
_STEP_MAX = 6.0
#: Every so many pixels along a line are looked at.
_STRIDE = 4
#: Fewer frames say nothing; thinner bars, in both sides together, move a hash by a few bits; what leaves less of a side is no picture.
FRAMES_SEEN_MIN = 3
_CUT_SHARE_MIN = 0.03
_LEFT_SHARE_MIN = 1 / 3
#: Frames held until the bars are decided, in bytes of pixels: 43 frames in full high definition.
_HELD_BYTES_MAX = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Borders:
    """Bars in pixels at the four sides of a frame."""

    top: int
    bottom: int
    left: int
    right: int

    def cut(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """The picture (H, W, …) without its bars, as a view."""
        height, width = pixels.shape[:2]
        return pixels[self.top : height - self.bottom, self.left : width - self.right]

    def common(self, other: Borders) -> Borders:
        """What both have of each side."""
        return Borders(*(min(getattr(self, side), getattr(other, side)) for side in self.__slots__))

    def share(self, height: int, width: int) -> float:
        """Of the side that has more of it, how much the bars take; over 1 where a frame is plain all over."""
        return max((self.top + self.bottom) / height, (self.left + self.right) / width)


def borders_of(pixels: npt.NDArray[np.uint8]) -> Borders:
    """The plain lines at each side of one frame, (H, W, 3) or luma alone; of a plain frame all of it at every side."""
    shades = pixels if pixels.ndim == 2 else pixels[:, :, 1]
    top, bottom = _plain_ends(shades[:, ::_STRIDE])
    left, right = _plain_ends(shades[::_STRIDE].T)
    return Borders(top, bottom, left, right)


def _plain_ends(lines: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """How many lines at either end are plain and of the shade of the outermost."""
    values = lines.astype(np.float32)
    means = values.mean(axis=1)
    is_plain = values.std(axis=1) <= _SPREAD_MAX
    ends = []
    for order in (slice(None), slice(None, None, -1)):
        is_bar = is_plain[order] & (np.abs(means[order] - means[order][0]) <= _STEP_MAX)
        ends.append(len(is_bar) if is_bar.all() else int(np.argmin(is_bar)))
    return ends[0], ends[1]


class Trimming:
    """Sees the moments of a film one after the other and hashes them without the film's bars, if it has any.

    The first frames are held until their bars are known. If a later frame shows something in a bar, what was hashed until then is dropped.
    """

    def __init__(self, held_bytes_max: int = _HELD_BYTES_MAX) -> None:
        self._held: list[Moment] = []
        self._held_bytes, self._held_bytes_max = 0, held_bytes_max
        self._is_decided = False
        self._seen = 0
        self._size: tuple[int, ...] | None = None
        self._borders: Borders | None = None
        self._is_bare = False
        self._frames: list[Frame] = []

    @property
    def borders(self) -> Borders | None:
        """The bars as far as they are known; None before the first frame, or where there are none."""
        return None if self._is_bare else self._borders

    def see(self, moment: Moment) -> None:
        """Take up one moment, in any order."""
        if self._is_bare:
            return
        size = moment.pixels.shape[:2]
        if self._size not in {None, size}:
            return
        before, found = self._borders, borders_of(moment.pixels)
        self._size, self._borders = size, found if before is None else before.common(found)
        self._seen += not moment.is_between
        # Bars can only get thinner.
        if self._borders.share(*size) < _CUT_SHARE_MIN:
            self._give_up()
        elif self._is_decided:
            if before != self._borders:
                self._frames.clear()
            self._hash(moment)
        else:
            self._held.append(moment)
            self._held_bytes += moment.pixels.nbytes
            if self._held_bytes > self._held_bytes_max:
                self._decide()

    def frames(self) -> list[Frame]:
        """The hashes without bars; none of a film that has none, or of which too little was seen."""
        if self._seen < FRAMES_SEEN_MIN:
            self._give_up()
        elif not self._is_decided:
            self._decide()
        return self._frames

    def _give_up(self) -> None:
        self._is_bare = True
        self._held.clear()
        self._frames.clear()

    def _decide(self) -> None:
        self._is_decided = True
        for moment in self._held:
            self._hash(moment)
        self._held.clear()

    def _hash(self, moment: Moment) -> None:
        # Of a frame that is plain all over nothing would be left.
        if self._borders is not None and self._borders.share(*moment.pixels.shape[:2]) <= 1 - _LEFT_SHARE_MIN:
            self._frames.append(frame_of(replace(moment, pixels=self._borders.cut(moment.pixels))))
