"""PDQ in the reference's own order of operations: the same float32 additions, subtractions and divisions, one by one.

Flat and exactly symmetric pictures have coefficients that are nothing but rounding noise; only the same roundings give the
same bits as the peers. The reference keeps two whole float pictures; here the same sums run over a few rows at a time, so
a picture of 100 megapixels needs 30 MB of scratch instead of 800. No fastmath anywhere in this module.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
from numba import types

from clew.signatures.pdq_bands import SAMPLES, dct_matrix, samples_of, window_of
from clew.signatures.pdq_kernels import BYTES_2D, FLOATS_2D, FLOATS_OUT_1D, FLOATS_OUT_2D, INDEX_1D


@numba.njit([types.void(BYTES_2D, types.int64, types.int64, FLOATS_OUT_1D)], cache=True, nogil=True)
def luma_row(rows: npt.NDArray[np.uint8], y: int, channels: int, line: npt.NDArray[np.float32]) -> None:
    """Row y as luma: summed in float64, then rounded once to float32, as the peers' Python binding does."""
    for x in range(line.shape[0]):
        if channels == 3:
            red, green, blue = rows[y, 3 * x], rows[y, 3 * x + 1], rows[y, 3 * x + 2]
            luma = np.float64(red) * 0.299 + np.float64(green) * 0.587 + np.float64(blue) * 0.114
            line[x] = np.float32(luma)
        else:
            line[x] = np.float32(rows[y, x])


@numba.njit([types.void(FLOATS_OUT_1D, FLOATS_OUT_1D, types.int64)], cache=True, nogil=True)
def _blur_along(line: npt.NDArray[np.float32], blurred: npt.NDArray[np.float32], window: int) -> None:
    """Running mean of one row. The window reaches window // 2 values ahead and shrinks at both ends."""
    length = line.shape[0]
    ahead = (window + 2) // 2 - 1
    total = np.float32(0.0)
    for right in range(length):
        total += line[right]
        if right >= window:
            total -= line[right - window]
        if right >= ahead:
            blurred[right - ahead] = total / np.float32(min(right + 1, window))
    for past in range(ahead):
        total -= line[length - window + past]
        blurred[length - ahead + past] = total / np.float32(window - 1 - past)


@numba.njit(
    [types.void(types.int64, types.int64, types.int64, *[FLOATS_OUT_1D], FLOATS_OUT_2D, FLOATS_OUT_1D, FLOATS_OUT_1D)],
    cache=True,
    nogil=True,
)
def _blur_down(
    step: int,
    height: int,
    window: int,
    incoming: npt.NDArray[np.float32],
    ring: npt.NDArray[np.float32],
    totals: npt.NDArray[np.float32],
    blurred: npt.NDArray[np.float32],
) -> None:
    """One step of the running mean of every column: row `step` comes in (past the last row only leaves), a row comes out.

    `ring` keeps the rows now inside the window. What comes out belongs to row step - window // 2 and counts from there on.
    """
    slot = step % window
    if step < window:
        for x in range(incoming.shape[0]):
            totals[x] += incoming[x]
            ring[slot, x] = incoming[x]
        count = np.float32(step + 1)
    elif step < height:
        for x in range(incoming.shape[0]):
            totals[x] = (totals[x] + incoming[x]) - ring[slot, x]
            ring[slot, x] = incoming[x]
        count = np.float32(window)
    else:
        for x in range(incoming.shape[0]):
            totals[x] -= ring[slot, x]
        count = np.float32(window - 1 - (step - height))
    for x in range(incoming.shape[0]):
        blurred[x] = totals[x] / count


@numba.njit(
    [
        types.void(
            *(BYTES_2D, types.int64, types.int64, types.int64, INDEX_1D, INDEX_1D),
            *(FLOATS_OUT_2D, FLOATS_OUT_2D, FLOATS_OUT_2D),
        )
    ],
    cache=True,
    nogil=True,
)
def _sample(
    rows: npt.NDArray[np.uint8],
    channels: int,
    window_down: int,
    window_across: int,
    samples_down: npt.NDArray[np.int64],
    samples_across: npt.NDArray[np.int64],
    rings: npt.NDArray[np.float32],
    lines: npt.NDArray[np.float32],
    coarse: npt.NDArray[np.float32],
) -> None:
    """Blur twice and decimate, row by row: what the first blur lets out goes straight into the second."""
    height = rows.shape[0]
    ahead = (window_down + 2) // 2 - 1
    first_totals, second_totals, line, along, down, blurred = lines[0], lines[1], lines[2], lines[3], lines[4], lines[5]
    first_ring, second_ring = rings[:window_down], rings[window_down:]
    i = 0
    for step in range(height + 2 * ahead):
        if step < height:
            luma_row(rows, step, channels, line)
            _blur_along(line, along, window_across)
        if step < height + ahead:
            _blur_down(step, height, window_down, along, first_ring, first_totals, down)
        second_step = step - ahead
        if second_step < 0:
            continue
        if second_step < height:
            _blur_along(down, along, window_across)
        _blur_down(second_step, height, window_down, along, second_ring, second_totals, blurred)
        while i < 64 and samples_down[i] == second_step - ahead:
            for j in range(64):
                coarse[i, j] = blurred[samples_across[j]]
            i += 1


def sample_exactly(rows: npt.NDArray[np.uint8], channels: int) -> npt.NDArray[np.float32]:
    """The (64, 64) luma picture of rows (H, channels * W) in the reference's order of operations.

    A picture that has this size already is taken as it is.
    """
    height, width = rows.shape[0], rows.shape[1] // channels
    coarse = np.empty((SAMPLES, SAMPLES), dtype=np.float32)
    if (height, width) == (SAMPLES, SAMPLES):
        for y in range(SAMPLES):
            luma_row(rows, y, channels, coarse[y])
        return coarse
    rings = np.empty((2 * window_of(height), width), dtype=np.float32)
    lines = np.zeros((6, width), dtype=np.float32)
    _sample(
        *(rows, channels, window_of(height), window_of(width), samples_of(height), samples_of(width)),
        *(rings, lines, coarse),
    )
    return coarse


@numba.njit([types.void(FLOATS_2D, FLOATS_2D, FLOATS_OUT_2D)], cache=True, nogil=True)
def _transform(
    coarse: npt.NDArray[np.float32], matrix: npt.NDArray[np.float32], coefficients: npt.NDArray[np.float32]
) -> None:
    """Two matrix products, each sum from the first position to the last."""
    half = np.empty((16, 64), dtype=np.float32)
    for i in range(16):
        for j in range(64):
            total = np.float32(0.0)
            for k in range(64):
                total += matrix[i, k] * coarse[k, j]
            half[i, j] = total
    for i in range(16):
        for j in range(16):
            total = np.float32(0.0)
            for k in range(64):
                total += half[i, k] * matrix[j, k]
            coefficients[i, j] = total


def transform_exactly(coarse: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The (16, 16) cosine coefficients of `coarse` (64, 64), in the reference's order of operations."""
    coefficients = np.empty((16, 16), dtype=np.float32)
    _transform(coarse, dct_matrix(), coefficients)
    return coefficients
