"""The fast path of PDQ in compiled loops: bands down the columns, bands across the rows, and the 16 x 16 cosine transform.

Sums may be reordered here (fastmath), which moves a coefficient by a few thousandths; `clew.signatures.pdq` falls to
`pdq_exact` where that could decide a bit. The kernels are compiled once per machine and loaded from numba's cache; their
scratch is made afresh for every picture, so threads never share any.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
from numba import types

from clew.signatures.pdq_bands import SAMPLES, bands_of, dct_matrix

BYTES_2D = types.Array(types.uint8, 2, "C", readonly=True)
INDEX_1D = types.Array(types.int64, 1, "C", readonly=True)
FLOATS_1D = types.Array(types.float32, 1, "C", readonly=True)
FLOATS_2D = types.Array(types.float32, 2, "C", readonly=True)
FLOATS_OUT_1D = types.float32[::1]
FLOATS_OUT_2D = types.float32[:, ::1]


@numba.njit(
    [types.void(BYTES_2D, types.int64, types.int64, FLOATS_1D, FLOATS_OUT_1D)], fastmath=True, cache=True, nogil=True
)
def _sum_rows(
    rows: npt.NDArray[np.uint8],
    first: int,
    taps: int,
    weights: npt.NDArray[np.float32],
    sums: npt.NDArray[np.float32],
) -> None:
    """Weighted sum of the `taps` rows from `first` on into `sums`; four rows at a time, so `sums` is written rarely."""
    sums[:] = np.float32(0.0)
    k = 0
    while k + 4 <= taps:
        w0, w1, w2, w3 = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
        # Whole rows as slices: with a running column as the only index the loop becomes vector instructions.
        row0, row1, row2, row3 = rows[first + k], rows[first + k + 1], rows[first + k + 2], rows[first + k + 3]
        for x in range(sums.shape[0]):
            sums[x] += (
                w0 * np.float32(row0[x])
                + w1 * np.float32(row1[x])
                + w2 * np.float32(row2[x])
                + w3 * np.float32(row3[x])
            )
        k += 4
    while k < taps:
        weight, row = weights[k], rows[first + k]
        for x in range(sums.shape[0]):
            sums[x] += weight * np.float32(row[x])
        k += 1


@numba.njit([types.void(FLOATS_1D, FLOATS_OUT_1D)], fastmath=True, cache=True, nogil=True)
def _fold_luma(sums: npt.NDArray[np.float32], line: npt.NDArray[np.float32]) -> None:
    """One row of interleaved red, green, blue sums as luma."""
    for x in range(line.shape[0]):
        line[x] = (
            np.float32(0.299) * sums[3 * x] + np.float32(0.587) * sums[3 * x + 1] + np.float32(0.114) * sums[3 * x + 2]
        )


@numba.njit([types.float32(FLOATS_1D, FLOATS_1D)], fastmath=True, cache=True, nogil=True)
def _dot(weights: npt.NDArray[np.float32], values: npt.NDArray[np.float32]) -> np.float32:
    """Sum of weights times values over the length of `values`."""
    total = np.float32(0.0)
    for k in range(values.shape[0]):
        total += weights[k] * values[k]
    return total


@numba.njit(
    [
        types.void(
            BYTES_2D,
            types.int64,
            *(INDEX_1D, INDEX_1D, FLOATS_2D),
            *(INDEX_1D, INDEX_1D, FLOATS_2D),
            *(FLOATS_OUT_1D, FLOATS_OUT_1D, FLOATS_OUT_2D),
        )
    ],
    fastmath=True,
    cache=True,
    nogil=True,
)
def _sample(
    rows: npt.NDArray[np.uint8],
    channels: int,
    down_starts: npt.NDArray[np.int64],
    down_taps: npt.NDArray[np.int64],
    down_weights: npt.NDArray[np.float32],
    across_starts: npt.NDArray[np.int64],
    across_taps: npt.NDArray[np.int64],
    across_weights: npt.NDArray[np.float32],
    sums: npt.NDArray[np.float32],
    line: npt.NDArray[np.float32],
    coarse: npt.NDArray[np.float32],
) -> None:
    """Down the columns, luma, across the rows, for one row of samples after the other.

    The interleaved colours are summed down as plain bytes and become luma only then, so the picture is never taken apart.
    """
    for i in range(64):
        _sum_rows(rows, down_starts[i], down_taps[i], down_weights[i], sums)
        if channels == 3:
            _fold_luma(sums, line)
        else:
            line[:] = sums
        for j in range(64):
            start = across_starts[j]
            coarse[i, j] = _dot(across_weights[j], line[start : start + across_taps[j]])


def sample(rows: npt.NDArray[np.uint8], channels: int) -> npt.NDArray[np.float32]:
    """The picture of rows (H, channels * W), both sides at least 5, blurred and decimated to a (64, 64) luma picture."""
    height, width = rows.shape[0], rows.shape[1] // channels
    down, across = bands_of(height), bands_of(width)
    coarse = np.empty((SAMPLES, SAMPLES), dtype=np.float32)
    sums = np.empty(channels * width, dtype=np.float32)
    line = np.empty(width, dtype=np.float32)
    _sample(
        *(rows, channels),
        *(down.starts, down.taps, down.weights),
        *(across.starts, across.taps, across.weights),
        *(sums, line, coarse),
    )
    return coarse


@numba.njit([types.void(FLOATS_2D, FLOATS_2D, FLOATS_OUT_2D)], fastmath=True, cache=True, nogil=True)
def _transform(
    coarse: npt.NDArray[np.float32], matrix: npt.NDArray[np.float32], coefficients: npt.NDArray[np.float32]
) -> None:
    """Two matrix products: the matrix times `coarse`, times the matrix turned over."""
    half = np.empty((16, 64), dtype=np.float32)
    for i in range(16):
        for j in range(64):
            half[i, j] = np.float32(0.0)
        for k in range(64):
            weight = matrix[i, k]
            for j in range(64):
                half[i, j] += weight * coarse[k, j]
    for i in range(16):
        for j in range(16):
            total = np.float32(0.0)
            for k in range(64):
                total += half[i, k] * matrix[j, k]
            coefficients[i, j] = total


def transform(coarse: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The (16, 16) cosine coefficients of `coarse` (64, 64): frequencies 1..16 down and across."""
    coefficients = np.empty((16, 16), dtype=np.float32)
    _transform(coarse, dct_matrix(), coefficients)
    return coefficients
