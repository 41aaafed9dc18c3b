"""Compiled loops of the scene vocabulary: turn descriptors to other axes, and find the nearest words.

Sums run in one order and are not contracted, so that every machine comes to the same words.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
from numba import types

#: Words probed at most for one keypoint: what the loops have room for.
PROBES_MAX = 8

Floats = npt.NDArray[np.float32]
_ROWS = types.Array(types.float32, 2, "C", readonly=True)
_HALVES = types.Array(types.float32, 3, "C", readonly=True)
_VALUES = types.Array(types.float32, 1, "C", readonly=True)
_OUT = types.float32[:, ::1]


@numba.njit([types.void(_ROWS, _VALUES, _ROWS, _OUT)], cache=True, nogil=True)
def turn(descriptors: Floats, mean: Floats, axes: Floats, out: Floats) -> None:
    """(n, k) descriptors less their mean, times (k, k) axes, whose columns are the new directions."""
    for at in range(descriptors.shape[0]):
        row = out[at]
        row[:] = np.float32(0.0)
        for k in range(descriptors.shape[1]):
            value, axis = descriptors[at, k] - mean[k], axes[k]
            # Running along the row: vector instructions that add in one order.
            for column in range(row.size):
                row[column] += value * axis[column]


@numba.njit([types.void(_VALUES, types.int64, types.float32[::1], types.int64[::1], types.float32[::1])], cache=True, nogil=True)  # fmt: skip
def _nearest(known: Floats, count: int, distances: Floats, places: npt.NDArray[np.int64], least: Floats) -> None:
    """The `count` least distances and where they are, the nearest first; `known` is added to the distances before."""
    for at in range(distances.size):
        distances[at] += known[at]
    for rank in range(count):
        best = 0
        for at in range(1, distances.size):
            if distances[at] < distances[best]:
                best = at
        places[rank], least[rank] = best, distances[best]
        distances[best] = np.float32(np.inf)


@numba.njit([types.void(_VALUES, types.int64, _ROWS, types.float32[::1])], cache=True, nogil=True)
def _products(turned: Floats, begin: int, centroids: Floats, out: Floats) -> None:
    """Minus twice the product of a half with each centroid, which are the columns."""
    out[:] = np.float32(0.0)
    for k in range(centroids.shape[0]):
        value, column = np.float32(-2.0) * turned[begin + k], centroids[k]
        for at in range(out.size):
            out[at] += value * column[at]


@numba.njit([types.void(_ROWS, _HALVES, _ROWS, types.uint16[:, ::1], types.float32[::1], types.int64[:, ::1], _OUT)], cache=True, nogil=True)  # fmt: skip
def nearest_words(
    turned: Floats,
    centroids: Floats,
    squares: Floats,
    out: npt.NDArray[np.uint16],
    distances: Floats,
    places: npt.NDArray[np.int64],
    least: Floats,
) -> None:
    """The words of (n, 128) turned descriptors, nearest first, as many as `out` has columns: pairs of a centroid of each half.

    `centroids` are (2, 64, 256), `squares` (2, 256) their squared lengths; scratch: (256), (2, `PROBES_MAX`), (2, `PROBES_MAX`).
    """
    probes, values = out.shape[1], centroids.shape[1]
    for at in range(turned.shape[0]):
        for half in range(2):
            _products(turned[at], half * values, centroids[half], distances)
            # The p nearest pairs are made of the p nearest of each half.
            _nearest(squares[half], probes, distances, places[half], least[half])
        before, before_place = np.float32(-np.inf), -1
        for rank in range(probes):
            best, best_place = np.float32(np.inf), -1
            for place in range(probes * probes):
                total = least[0, place // probes] + least[1, place % probes]
                is_after = total > before or (total == before and place > before_place)
                if is_after and (best_place < 0 or total < best):
                    best, best_place = total, place
            before, before_place = best, best_place
            first, second = places[0, best_place // probes], places[1, best_place % probes]
            out[at, rank] = first * centroids.shape[2] + second
