"""Lines of pixels at the edge of a picture: of one colour, or without detail. Compiled, and no further in than the border goes.

Lines are (n, samples, channels) of 8-bit pixels, in any layout: turned and reversed views are looked at in place. Of each line every
`step`-th pixel counts.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
from numba import types

#: JPEG noise beside a sharp edge moves a black pixel by about ten levels, rarely more.
_SPREAD_LEVELS_MAX = 10.0
#: The share of a line that may differ more: a speck of dust, or a hard edge's ringing.
_OFF_SHARE_MAX = 0.01
#: All lines of one border have one colour; a gradient (a sky, a wall) drifts away from its first line.
_DRIFT_LEVELS_MAX = 6.0
_CHANNELS_MAX = 4

Lines = npt.NDArray[np.uint8]
_LINES = types.Array(types.uint8, 3, "A", readonly=True)
_FLOATS = types.float64[::1]


@numba.njit([types.void(_LINES, types.int64, types.int64, _FLOATS)], cache=True, nogil=True)
def _mean_of(lines: Lines, at: int, step: int, means: npt.NDArray[np.float64]) -> None:
    """The mean of each channel of one line."""
    means[:] = 0.0
    count = 0
    for sample in range(0, lines.shape[1], step):
        count += 1
        for channel in range(lines.shape[2]):
            means[channel] += lines[at, sample, channel]
    means /= max(count, 1)


@numba.njit([types.boolean(_LINES, types.int64, types.int64, _FLOATS)], cache=True, nogil=True)
def _is_plain(lines: Lines, at: int, step: int, means: npt.NDArray[np.float64]) -> bool:
    """Whether nearly all pixels of one line are near its means."""
    count, off, apart = 0, 0, 0.0
    for sample in range(0, lines.shape[1], step):
        count += 1
        furthest = 0.0
        for channel in range(lines.shape[2]):
            distance = abs(lines[at, sample, channel] - means[channel])
            apart += distance
            furthest = max(furthest, distance)
        off += furthest > _SPREAD_LEVELS_MAX
    spread = apart / max(1, count * lines.shape[2])
    return bool(off < _OFF_SHARE_MAX * count and spread < _SPREAD_LEVELS_MAX / 3.0)


@numba.njit([types.int64(_LINES, types.int64, _FLOATS)], cache=True, nogil=True)
def _plain_run(lines: Lines, step: int, scratch: npt.NDArray[np.float64]) -> int:
    """How many lines of one colour there are before the first other one."""
    first, means = scratch[: lines.shape[2]], scratch[_CHANNELS_MAX : _CHANNELS_MAX + lines.shape[2]]
    for at in range(lines.shape[0]):
        _mean_of(lines, at, step, means)
        if at == 0:
            first[:] = means
        for channel in range(lines.shape[2]):
            if abs(means[channel] - first[channel]) >= _DRIFT_LEVELS_MAX:
                return at
        if not _is_plain(lines, at, step, means):
            return at
    return int(lines.shape[0])


@numba.njit([types.float64(_LINES, types.int64, types.int64)], cache=True, nogil=True)
def _grey(lines: Lines, at: int, sample: int) -> float:
    total = 0
    for channel in range(lines.shape[2]):
        total += lines[at, sample, channel]
    return float(total / lines.shape[2])


@numba.njit([types.float64(_LINES, types.int64, types.int64)], cache=True, nogil=True)
def _detail_of(lines: Lines, at: int, step: int) -> float:
    """The mean second difference along a line: what a blurred slope lacks and any texture has."""
    total, count = 0.0, 0
    for sample in range(2 * step, lines.shape[1], step):
        before, here = _grey(lines, at, sample - 2 * step), _grey(lines, at, sample - step)
        total += abs(_grey(lines, at, sample) - 2.0 * here + before)
        count += 1
    return total / max(count, 1)


@numba.njit([types.void(_LINES, types.int64, types.int64, types.int64, _FLOATS)], cache=True, nogil=True)
def details_of(lines: Lines, step: int, begin: int, stride: int, out: npt.NDArray[np.float64]) -> None:
    """The detail of every `stride`-th line from `begin` on, as many as `out` holds."""
    for place in range(out.size):
        out[place] = _detail_of(lines, begin + place * stride, step)


@numba.njit([types.int64(_LINES, types.int64, types.float64)], cache=True, nogil=True)
def smooth_run(lines: Lines, step: int, detail_max: float) -> int:
    """How many lines have less detail than that before the first that has more."""
    for at in range(lines.shape[0]):
        if _detail_of(lines, at, step) >= detail_max:
            return at
    return int(lines.shape[0])


@numba.njit([types.void(_LINES, types.int64, _FLOATS)], cache=True, nogil=True)
def steps_of(lines: Lines, step: int, out: npt.NDArray[np.float64]) -> None:
    """The mean difference of each line to the next, as many as `out` holds."""
    for at in range(out.size):
        total, count = 0.0, 0
        for sample in range(0, lines.shape[1], step):
            total += abs(_grey(lines, at + 1, sample) - _grey(lines, at, sample))
            count += 1
        out[at] = total / max(count, 1)


def plain_run(lines: Lines, step: int) -> int:
    """How many lines of one colour there are before the first other one."""
    return int(_plain_run(lines, step, np.empty(2 * _CHANNELS_MAX)))
