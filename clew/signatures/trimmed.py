"""Trimmed: a picture without the border somebody put around it, and the hash of what is left.

Letterboxes, pillar boxes and padding of one colour are lines of pixels that hardly differ; a blurred border, as phones put beside upright
pictures, is a run of lines without detail that ends at a sharp straight edge. Sizes are decided on a sample of each line, so that twelve
megapixels cost what one does. `trim_box(pixels)`, `trimmed(pixels)`, `pdq_trimmed(pixels)`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.signatures.orientations import Orientation
from clew.signatures.pdq import SIDE_PIXELS_MIN, PdqHash, pdq_dihedral

#: Less than this share of each side left is no border with a picture in it but a flat picture with something on it.
KEPT_SHARE_MIN = 0.3
#: Lines taken off one side before it counts as a border: thinner ones move no hash.
BORDER_SHARE_MIN = 0.01
#: JPEG noise beside a sharp edge moves a black pixel by about ten levels, rarely more.
_SPREAD_LEVELS_MAX = 10.0
#: All lines of one border have one colour; a gradient (a sky, a wall) drifts away from its first line.
_DRIFT_LEVELS_MAX = 6.0
#: Blurred lines: the mean step between neighbours, in levels. A picture's own lines have several times as much.
_BLURRED_STEP_LEVELS_MAX = 0.9
_BLURRED_STEP_RATIO = 4.0
#: How far the picture's edge must stand out from the blurred border: the mean step across it, in levels.
_EDGE_LEVELS_MIN = 12.0
_EDGE_RATIO = 6.0
#: Pixels looked at along each line.
_SAMPLES = 384


class TrimBox(NamedTuple):
    """What is kept of a picture, in its pixels."""

    left: int
    top: int
    width: int
    height: int


def trim_box(pixels: npt.NDArray[np.uint8]) -> TrimBox | None:
    """Where the picture inside the border of (H, W, 3) or (H, W) pixels lies; None where there is no border, or nothing within it."""
    height, width = pixels.shape[:2]
    if min(height, width) < 4 * SIDE_PIXELS_MIN:
        return None
    box = TrimBox(0, 0, width, height)
    # A border on all four sides shows in the rows first, and a second one within it afterwards.
    for blurred in (False, True):
        for _round in range(2):
            box = _narrowed(pixels, box, blurred=blurred)
    kept = min(box.width / width, box.height / height)
    if kept < KEPT_SHARE_MIN or box == (0, 0, width, height):
        return None
    return box


def trimmed(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """The picture without its border, as a view; None where there is nothing to trim."""
    box = trim_box(pixels)
    if box is None:
        return None
    return pixels[box.top : box.top + box.height, box.left : box.left + box.width]


def pdq_trimmed(pixels: npt.NDArray[np.uint8]) -> dict[Orientation, PdqHash]:
    """The eight hashes of the picture inside its border; none of a picture without one."""
    inside = trimmed(pixels)
    return {} if inside is None else pdq_dihedral(np.ascontiguousarray(inside))


def _narrowed(pixels: npt.NDArray[np.uint8], box: TrimBox, *, blurred: bool) -> TrimBox:
    """The box less the border lines at its four sides."""
    find = _blurred_lines if blurred else _plain_lines
    view = pixels[box.top : box.top + box.height, box.left : box.left + box.width]
    above, below = find(_sampled(view, axis=0))
    view = view[above : box.height - below]
    before, after = find(_sampled(view, axis=1)) if len(view) else (0, 0)
    width, height = box.width - before - after, box.height - above - below
    if min(width, height) < 2 * SIDE_PIXELS_MIN:
        return box
    return TrimBox(box.left + before, box.top + above, width, height)


def _sampled(view: npt.NDArray[np.uint8], *, axis: int) -> npt.NDArray[np.float32]:
    """The lines along an axis as (lines, samples, channels), each sample one pixel."""
    turned = view if axis == 0 else view.swapaxes(0, 1)
    turned = turned[:, :: max(1, turned.shape[1] // _SAMPLES)]
    return turned.reshape(turned.shape[0], turned.shape[1], -1).astype(np.float32)


def _plain_lines(lines: npt.NDArray[np.float32]) -> tuple[int, int]:
    """How many lines of one colour there are at the beginning and at the end."""
    means = lines.mean(axis=1)
    # The share of a line that may differ is what a speck of dust or a hard edge's ringing covers.
    off = (np.abs(lines - means[:, None]) > _SPREAD_LEVELS_MAX).any(axis=2).mean(axis=1)
    spread = np.abs(lines - means[:, None]).mean(axis=(1, 2))
    is_plain = (off < 0.01) & (spread < _SPREAD_LEVELS_MAX / 3)
    ends = []
    for plain, colour in ((is_plain, means), (is_plain[::-1], means[::-1])):
        same = plain & (np.abs(colour - colour[0]).max(axis=1) < _DRIFT_LEVELS_MAX)
        ends.append(_run(same))
    return _sane(ends[0], ends[1], len(lines))


def _blurred_lines(lines: npt.NDArray[np.float32]) -> tuple[int, int]:
    """How many lines without detail there are at both ends, each run ended by a sharp edge; such borders come in pairs."""
    if len(lines) < 32:
        return 0, 0
    grey = lines.mean(axis=2)
    # Second differences: what a blurred slope lacks and any texture has.
    detail = np.abs(np.diff(grey, n=2, axis=1)).mean(axis=1)
    steps = np.abs(np.diff(grey, axis=0)).mean(axis=1)
    middle = float(np.median(detail[len(detail) // 4 : -len(detail) // 4]))
    is_smooth = detail < min(_BLURRED_STEP_LEVELS_MAX, middle / _BLURRED_STEP_RATIO)
    ends = []
    for smooth, step in ((is_smooth, steps), (is_smooth[::-1], steps[::-1])):
        ends.append(_edge_after(_run(smooth), step))
    if not all(ends):
        return 0, 0
    return _sane(ends[0], ends[1], len(lines))


def _edge_after(run: int, steps: npt.NDArray[np.float32]) -> int:
    """Where the sharp edge that ends a run of smooth lines lies, within a few lines of its end; 0 where there is none."""
    if run < 4:
        return 0
    begin, end = max(1, run - 4), min(len(steps), run + 4)
    at = begin + int(np.argmax(steps[begin:end]))
    usual = float(np.median(steps[: max(1, run - 4)]))
    return at + 1 if steps[at] > max(_EDGE_LEVELS_MIN, _EDGE_RATIO * usual) else 0


def _run(marks: npt.NDArray[np.bool_]) -> int:
    """How many of the marks are set before the first that is not."""
    return len(marks) if marks.all() else int(np.argmin(marks))


def _sane(first: int, last: int, count: int) -> tuple[int, int]:
    """Runs too thin to matter as none; all of a flat picture as none."""
    if first + last >= count:
        return 0, 0
    least = max(2, round(BORDER_SHARE_MIN * count))
    return (first if first >= least else 0), (last if last >= least else 0)
