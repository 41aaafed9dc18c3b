"""Trimmed: a picture without the border somebody put around it, and the hash of what is left.

Letterboxes, pillar boxes and padding of one colour are lines of pixels that hardly differ; a blurred border, as phones put beside upright
pictures, is a run of lines without detail that ends at a sharp straight edge. Sizes are decided on a sample of each line, and no line
further in than the border is looked at. `trim_box(pixels)`, `trimmed(pixels)`, `pdq_trimmed(pixels)`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.signatures.orientations import Orientation
from clew.signatures.pdq import SIDE_PIXELS_MIN, PdqHash, pdq_dihedral
from clew.signatures.trim_lines import Lines, details_of, plain_run, smooth_run, steps_of

#: Less than this share of each side left is no border with a picture in it but a flat picture with something on it.
KEPT_SHARE_MIN = 0.3
#: Lines taken off one side before it counts as a border: thinner ones move no hash.
BORDER_SHARE_MIN = 0.01
#: Blurred lines: the mean step between neighbours, in levels. A picture's own lines have several times as much.
_BLURRED_STEP_LEVELS_MAX = 0.9
_BLURRED_STEP_RATIO = 4.0
#: How far the picture's edge must stand out from the blurred border: the mean step across it, in levels.
_EDGE_LEVELS_MIN = 12.0
_EDGE_RATIO = 6.0
#: Pixels looked at along each line; and lines of the picture's middle that tell what its own detail is.
_SAMPLES, _MIDDLE_LINES = 384, 96


class TrimBox(NamedTuple):
    """What is kept of a picture, in its pixels."""

    left: int
    top: int
    width: int
    height: int

    def of(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """What it keeps, as a view."""
        return pixels[self.top : self.top + self.height, self.left : self.left + self.width]


def trim_box(pixels: npt.NDArray[np.uint8]) -> TrimBox | None:
    """Where the picture inside the border of (H, W, 3) or (H, W) pixels lies; None where there is no border, or nothing within it."""
    height, width = pixels.shape[:2]
    if min(height, width) < 4 * SIDE_PIXELS_MIN:
        return None
    box, lines = TrimBox(0, 0, width, height), pixels.reshape(height, width, -1)
    # A border on all four sides shows in the rows first, and a second one within it afterwards.
    for blurred in (False, True):
        for _round in range(2):
            box = _narrowed(lines, box, blurred=blurred)
    kept = min(box.width / width, box.height / height)
    if kept < KEPT_SHARE_MIN or box == (0, 0, width, height):
        return None
    return box


def trimmed(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """The picture without its border, as a view; None where there is nothing to trim."""
    box = trim_box(pixels)
    return None if box is None else box.of(pixels)


def pdq_trimmed(pixels: npt.NDArray[np.uint8], box: TrimBox | None) -> dict[Orientation, PdqHash]:
    """The eight hashes of the picture inside its border, which `trim_box` found; none of a picture without one."""
    return {} if box is None else pdq_dihedral(np.ascontiguousarray(box.of(pixels)))


def _narrowed(lines: Lines, box: TrimBox, *, blurred: bool) -> TrimBox:
    """The box less the border lines at its four sides."""
    find = _blurred_lines if blurred else _plain_lines
    view = lines[box.top : box.top + box.height, box.left : box.left + box.width]
    above, below = find(view)
    view = view[above : box.height - below]
    before, after = find(view.swapaxes(0, 1))
    width, height = box.width - before - after, box.height - above - below
    if min(width, height) < 2 * SIDE_PIXELS_MIN:
        return box
    return TrimBox(box.left + before, box.top + above, width, height)


def _plain_lines(lines: Lines) -> tuple[int, int]:
    """How many lines of one colour there are at the beginning and at the end."""
    step = _step(lines)
    return _sane(plain_run(lines, step), plain_run(lines[::-1], step), len(lines))


def _blurred_lines(lines: Lines) -> tuple[int, int]:
    """How many lines without detail there are at both ends, each run ended by a sharp edge; such borders come in pairs."""
    step = _step(lines)
    # Most pictures have detail in their first line, and are done with.
    if len(lines) < 32 or not all(smooth_run(end[:1], step, _BLURRED_STEP_LEVELS_MAX) for end in (lines, lines[::-1])):
        return 0, 0
    begin, count = len(lines) // 4, len(lines) - 2 * (len(lines) // 4)
    stride = max(1, count // _MIDDLE_LINES)
    details = np.empty(count // stride)
    details_of(lines, step, begin, stride, details)
    detail_max = min(_BLURRED_STEP_LEVELS_MAX, float(np.median(details)) / _BLURRED_STEP_RATIO)
    ends = [_edge_after(smooth_run(end, step, detail_max), end, step) for end in (lines, lines[::-1])]
    return _sane(ends[0], ends[1], len(lines)) if all(ends) else (0, 0)


def _edge_after(run: int, lines: Lines, step: int) -> int:
    """Where the sharp edge that ends a run of smooth lines lies, within a few lines of its end; 0 where there is none."""
    if run < 4:
        return 0
    begin, end = max(1, run - 4), min(len(lines) - 1, run + 4)
    if begin >= end:
        return 0
    steps = np.empty(end)
    steps_of(lines, step, steps)
    at = begin + int(np.argmax(steps[begin:end]))
    usual = float(np.median(steps[: max(1, run - 4)]))
    return at + 1 if steps[at] > max(_EDGE_LEVELS_MIN, _EDGE_RATIO * usual) else 0


def _step(lines: Lines) -> int:
    return int(max(1, lines.shape[1] // _SAMPLES))


def _sane(first: int, last: int, count: int) -> tuple[int, int]:
    """Runs too thin to matter as none; all of a flat picture as none."""
    if first + last >= count:
        return 0, 0
    least = max(2, round(BORDER_SHARE_MIN * count))
    return (first if first >= least else 0), (last if last >= least else 0)
