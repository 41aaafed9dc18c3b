"""Where on a picture every body may be, so that a ray is only tried against the few bodies near its pixel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clew.demo.render.solids import Bodies

#: Metres before the eye at which bodies that reach behind it are cut off.
_NEAR_M = 0.02
#: The twelve edges between the eight corners, whose numbers are three bits: x, y, z.
_EDGES = np.array([(i, i | bit) for bit in (1, 2, 4) for i in range(8) if not i & bit])


def frames_of(bodies: Bodies, camera: npt.NDArray[np.float64], width: int, height: int) -> npt.NDArray[np.float64]:
    """What `tracing.see` asks for of every body that may be on the picture, shape (M, 6), nearest first."""
    pixel = float(np.linalg.norm(camera[6:9]))
    axes = np.stack((camera[6:9] / pixel**2, camera[9:12] / pixel**2, camera[3:6]), axis=1)
    ends = (bodies.corners - camera[0:3]) @ axes
    least = ends[:, :, 2].min(axis=1)
    frames = np.column_stack((_bounds(ends), least, np.arange(len(ends))))
    is_cut = (least < _NEAR_M) & (ends[:, :, 2].max(axis=1) > _NEAR_M)
    frames[is_cut, 0:4] = _bounds(np.concatenate((ends[is_cut], _cuts(ends[is_cut])), axis=1))
    frames[:, [0, 2]] += width / 2
    frames[:, [1, 3]] += height / 2
    is_shown = (ends[:, :, 2].max(axis=1) > _NEAR_M) & (frames[:, 0] < width) & (frames[:, 2] > 0.0)
    is_shown &= (frames[:, 1] < height) & (frames[:, 3] > 0.0)
    frames = frames[is_shown]
    return np.ascontiguousarray(frames[np.argsort(frames[:, 4], kind="stable")])


def _cuts(ends: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Where edges pass the near plane, shape (N, 12, 3); edges that do not pass it give points behind the eye."""
    first, second = ends[:, _EDGES[:, 0]], ends[:, _EDGES[:, 1]]
    rise = second[:, :, 2] - first[:, :, 2]
    is_passing = (first[:, :, 2] < _NEAR_M) != (second[:, :, 2] < _NEAR_M)
    part = np.where(is_passing, (_NEAR_M - first[:, :, 2]) / np.where(is_passing, rise, 1.0), 0.0)
    points = first + part[:, :, None] * (second - first)
    # A hair before the plane, so that rounding does not drop it.
    points[:, :, 2] = np.where(is_passing, _NEAR_M, -1.0)
    return points


def _bounds(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The bounds (left, top, right, bottom) on the picture, from its middle, of the points before the eye, shape (N, 4)."""
    is_before = points[:, :, 2:3] >= _NEAR_M
    flat = points[:, :, 0:2] / np.where(is_before, points[:, :, 2:3], 1.0)
    low, high = np.where(is_before, flat, np.inf).min(axis=1), np.where(is_before, flat, -np.inf).max(axis=1)
    return np.concatenate((low, high), axis=1)
