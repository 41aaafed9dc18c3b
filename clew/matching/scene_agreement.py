"""How two pictures agree where one lies on the other: what a match of keypoints is worth.

The question's small grey copy is laid onto the held picture by the transform that was found. Slopes that both pictures show clearly either
run alike or against each other. Of one picture nearly all run alike; where another picture lies within a common frame, half of them run
against each other, and they lie together. So a window goes over the common part and looks for the place that speaks most against one picture:
by slopes that run against each other, and by slopes that are clear in one of the two where the other is flat.
A flat patch over a part, or a caption at the edge, shows no slopes against each other there. `lay(...)` gives a `Laid`, `agreement(laid)` or
`agreement(laid, inside)` tells of the whole common part, or of a box in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.signatures.scene_relief import MARKED_LEVELS, RELIEF_FIELDS, Slopes
from clew.signatures.scene_signature import SceneSignature

Floats = NDArray[np.float64]

#: Samples along each side of a field.
_SAMPLES = 6
#: Fields along each side of the window, and those at the edges of the common part that it leaves out: captions and logos lie there.
_WINDOW_FIELDS, _EDGE_FIELDS = 6, 3
#: The share of slopes that may run against each other in one picture: noise, small inexactness of the transform.
_AGAINST_USUAL = 0.15
#: What lies so many fields around a field speaks for it, from so many clear slopes on; so many of them run alike in one picture.
_AROUND_FIELDS, _AROUND_SLOPES_MIN, _AROUND_ALIKE_MIN = 2, 6, 0.8
#: Levels that count as one and the same.
_GROUND_LEVELS = 5
#: The held relief says "clear" or not. Against that the question's steps count as clear from here on, and as flat up to there.
_CLEAR_LEVELS, _FLAT_LEVELS = 10.0, 1.0

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the pictures agree where one lies on the other."""

    #: Slopes that both show clearly, and the share of them that run alike.
    slopes: int
    alike: float
    #: Of the common fields, the share with clear slopes around them; and of those, the share around which nearly all run alike.
    speaking: float
    agreeing: float
    #: The share of the common fields, without those that speak against it, that have one and the same level: a page, a screen.
    ground: float
    #: How far the window that speaks most against one picture lies above what is usual, in standard deviations.
    contradiction: float
    #: The same for slopes that are clear in one of them where the other is flat.
    one_sided: float


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The question laid onto a held picture: the mean levels in its (24, 24) fields, which of them are covered whole, and its relief."""

    fields: Floats
    is_covered: NDArray[np.bool_]
    relief: Slopes


def agreement(laid: Laid, inside: Box | None = None) -> Agreement:
    """How the question agrees with the held relief, in the whole common part or in a box: fields from left, top, to right, below."""
    is_covered = laid.is_covered
    if inside is not None:
        left, top, right, below = inside
        is_covered = np.zeros_like(is_covered)
        is_covered[top:below, left:right] = laid.is_covered[top:below, left:right]
    alike, against, one_sided = _counted(laid.fields, is_covered, laid.relief)
    inner = _inner(is_covered)
    total = int(alike.sum() + against.sum())
    return Agreement(
        slopes=total,
        alike=float(alike.sum()) / total if total else 0.0,
        **_around_told(alike, against, laid.fields, is_covered),
        contradiction=_most(against * inner, (alike + against) * inner),
        one_sided=_most(one_sided * inner, (alike + against + one_sided) * inner),
    )


def _most(against: Floats, of: Floats) -> float:
    """How far the window with the most against one picture lies above what is usual."""
    wide_against, wide = _window_sums(against), _window_sums(of)
    excess = wide_against - _AGAINST_USUAL * wide
    return float((excess / np.sqrt(_AGAINST_USUAL * (1.0 - _AGAINST_USUAL) * wide + 1.0)).max())


def lay(grey: NDArray[np.uint8], query: SceneSignature, transform: Floats, held: SceneSignature) -> Laid:
    """The question's grey copy laid onto the held picture by a (3, 3) transform in trimmed units."""
    long_side, query_long_side = max(held.box.width, held.box.height), max(query.box.width, query.box.height)
    to_held = np.diag([held.box.width / long_side / RELIEF_FIELDS, held.box.height / long_side / RELIEF_FIELDS, 1.0])
    to_grey = np.diag(
        [
            query_long_side / query.box.width * grey.shape[1],
            query_long_side / query.box.height * grey.shape[0],
            1.0,
        ]
    )
    fields = np.empty((RELIEF_FIELDS, RELIEF_FIELDS))
    is_covered = np.empty((RELIEF_FIELDS, RELIEF_FIELDS), dtype=np.uint8)
    moved = np.ascontiguousarray(to_grey @ np.linalg.inv(transform) @ to_held).reshape(-1)
    lay_onto(np.ascontiguousarray(grey), moved, fields, is_covered)
    return Laid(fields, is_covered.astype(bool), held.relief)


_PIXELS = types.Array(types.uint8, 2, "C", readonly=True)


@njit(types.float64(_PIXELS, types.float64, types.float64), nogil=True, cache=True)
def _level_at(grey: NDArray[np.uint8], x: float, y: float) -> float:
    """The level at a place, between the four pixels around it; -1 outside."""
    height, width = grey.shape
    if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5):
        return -1.0
    x, y = min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)
    left, above = math.floor(x), math.floor(y)
    right, below = min(left + 1, width - 1), min(above + 1, height - 1)
    part_x, part_y = x - left, y - above
    upper = grey[above, left] * (1.0 - part_x) + grey[above, right] * part_x
    lower = grey[below, left] * (1.0 - part_x) + grey[below, right] * part_x
    return float(upper * (1.0 - part_y) + lower * part_y)


@njit(types.void(_PIXELS, types.float64[::1], types.float64[:, ::1], types.uint8[:, ::1]), nogil=True, cache=True)
def lay_onto(grey: NDArray[np.uint8], transform: Floats, fields: Floats, is_covered: NDArray[np.uint8]) -> None:
    """The mean level of `grey` in each field of the held picture. `transform` (nine numbers) leads from fields to pixels."""
    for row in range(fields.shape[0]):
        for column in range(fields.shape[1]):
            total, within = 0.0, 0
            for step in range(_SAMPLES * _SAMPLES):
                u = column + (step % _SAMPLES + 0.5) / _SAMPLES
                v = row + (step // _SAMPLES + 0.5) / _SAMPLES
                depth = transform[6] * u + transform[7] * v + transform[8]
                if depth <= 1e-6:
                    continue
                x = (transform[0] * u + transform[1] * v + transform[2]) / depth - 0.5
                y = (transform[3] * u + transform[4] * v + transform[5]) / depth - 0.5
                level = _level_at(grey, x, y)
                if level >= 0.0:
                    total += level
                    within += 1
            is_covered[row, column] = within == _SAMPLES * _SAMPLES
            fields[row, column] = total / within if within else 0.0


def _counted(fields: Floats, is_covered: NDArray[np.bool_], relief: Slopes) -> tuple[Floats, Floats, Floats]:
    """For each field, how many of its two slopes are marked in both and run alike, or against each other, or are clear in one alone."""
    alike, against, one_sided = (np.zeros(fields.shape) for _ in range(3))
    half = RELIEF_FIELDS * (RELIEF_FIELDS - 1)
    right, down = relief[:half].reshape(RELIEF_FIELDS, -1), relief[half:].reshape(-1, RELIEF_FIELDS)
    known_right, known_down = is_covered[:, 1:] & is_covered[:, :-1], is_covered[1:] & is_covered[:-1]
    for axis, held, known in ((1, right, known_right), (0, down, known_down)):
        step = np.diff(fields, axis=axis)
        levels, is_clear = np.abs(step), held >= 2
        marked = known & (levels >= MARKED_LEVELS) & is_clear
        same = (step > 0) == (held & 1).astype(bool)
        rows, columns = step.shape
        alike[:rows, :columns] += marked & same
        against[:rows, :columns] += marked & ~same
        one_sided[:rows, :columns] += known & np.where(is_clear, levels < _FLAT_LEVELS, levels >= _CLEAR_LEVELS)
    return alike, against, one_sided


def _inner(is_covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The covered fields less those at the edges of the common part, where it is wide enough for that."""
    rows, columns = np.flatnonzero(is_covered.any(axis=1)), np.flatnonzero(is_covered.any(axis=0))
    inner = np.zeros(is_covered.shape, dtype=bool)
    if not len(rows):
        return inner
    edge = _EDGE_FIELDS if min(len(rows), len(columns)) >= _WINDOW_FIELDS + 2 * _EDGE_FIELDS else 0
    inner[rows[0] + edge : rows[-1] + 1 - edge, columns[0] + edge : columns[-1] + 1 - edge] = True
    return inner & is_covered


def _around_told(alike: Floats, against: Floats, fields: Floats, is_covered: NDArray[np.bool_]) -> dict[str, float]:
    """What the slopes around each common field say: `speaking`, `agreeing`, `ground`."""
    for_it, against_it = _around(alike), _around(against)
    speaks = is_covered & (for_it + against_it >= _AROUND_SLOPES_MIN)
    agrees = speaks & (for_it >= _AROUND_ALIKE_MIN * (for_it + against_it))
    levels = fields[is_covered & (agrees | ~speaks)]
    counts = np.histogram(levels, bins=256, range=(0.0, 256.0))[0]
    return {
        "speaking": float(speaks.sum()) / max(1, int(is_covered.sum())),
        "agreeing": float(agrees.sum()) / max(1, int(speaks.sum())),
        "ground": float(np.convolve(counts, np.ones(_GROUND_LEVELS)).max()) / max(1, len(levels)),
    }


def _around(counts: Floats) -> Floats:
    """The sum of five by five fields around each."""
    padded = np.pad(counts, _AROUND_FIELDS)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * _AROUND_FIELDS + 1,) * 2)
    sums: Floats = windows.sum(axis=(2, 3))
    return sums


def _window_sums(counts: Floats) -> Floats:
    """The sum within each window."""
    sums = np.zeros((RELIEF_FIELDS + 1, RELIEF_FIELDS + 1))
    sums[1:, 1:] = counts.cumsum(axis=0).cumsum(axis=1)
    wide = _WINDOW_FIELDS
    windows: Floats = sums[wide:, wide:] - sums[:-wide, wide:] - sums[wide:, :-wide] + sums[:-wide, :-wide]
    return windows
