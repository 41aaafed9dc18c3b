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

from clew.signatures.pdq_bands import SAMPLES, Bands, dct_matrix

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
            *(BYTES_2D, types.int64, INDEX_1D, INDEX_1D, FLOATS_2D),
            *(FLOATS_OUT_1D, FLOATS_OUT_2D),
        )
    ],
    fastmath=True,
    cache=True,
    nogil=True,
)
def _sample_down(
    rows: npt.NDArray[np.uint8],
    channels: int,
    starts: npt.NDArray[np.int64],
    taps: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float32],
    sums: npt.NDArray[np.float32],
    lines: npt.NDArray[np.float32],
) -> None:
    """The interleaved colours are summed as plain bytes and become luma afterwards: the picture is never taken apart."""
    for i in range(64):
        _sum_rows(rows, starts[i], taps[i], weights[i], sums)
        if channels == 3:
            _fold_luma(sums, lines[i])
        else:
            lines[i] = sums


@numba.njit(
    [types.void(FLOATS_2D, INDEX_1D, INDEX_1D, FLOATS_2D, FLOATS_OUT_2D)], fastmath=True, cache=True, nogil=True
)
def _sample_across(
    lines: npt.NDArray[np.float32],
    starts: npt.NDArray[np.int64],
    taps: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float32],
    coarse: npt.NDArray[np.float32],
) -> None:
    """One short dot product for each sample."""
    for i in range(64):
        for j in range(64):
            start = starts[j]
            coarse[i, j] = _dot(weights[j], lines[i, start : start + taps[j]])


def sample_down(rows: npt.NDArray[np.uint8], channels: int, bands: Bands) -> npt.NDArray[np.float32]:
    """64 luma lines (64, W) of the picture in rows (H, channels * W), by the bands of its height."""
    lines = np.empty((SAMPLES, rows.shape[1] // channels), dtype=np.float32)
    sums = np.empty(rows.shape[1], dtype=np.float32)
    _sample_down(rows, channels, bands.starts, bands.taps, bands.weights, sums, lines)
    return lines


def sample_across(lines: npt.NDArray[np.float32], bands: Bands) -> npt.NDArray[np.float32]:
    """The (64, 64) luma picture of the lines (64, W), by the bands of the width."""
    coarse = np.empty((SAMPLES, SAMPLES), dtype=np.float32)
    _sample_across(lines, bands.starts, bands.taps, bands.weights, coarse)
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
