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


@numba.njit([types.void(FLOATS_OUT_2D, FLOATS_OUT_2D, types.int64)], cache=True, nogil=True)
def _blur_along(lines: npt.NDArray[np.float32], blurred: npt.NDArray[np.float32], window: int) -> None:
    """Running mean of four rows. The window reaches window // 2 values ahead and shrinks at both ends.

    Each addition waits for the one before it; four rows side by side keep the processor busy meanwhile.
    """
    length = lines.shape[1]
    ahead = (window + 2) // 2 - 1
    zero = np.float32(0.0)
    total0, total1, total2, total3 = zero, zero, zero, zero
    for right in range(length + ahead):
        if right < length:
            total0 += lines[0, right]
            total1 += lines[1, right]
            total2 += lines[2, right]
            total3 += lines[3, right]
        if right >= window:
            left = right - window
            total0 -= lines[0, left]
            total1 -= lines[1, left]
            total2 -= lines[2, left]
            total3 -= lines[3, left]
        if right >= ahead:
            place = right - ahead
            count = np.float32(min(right + 1, window) - max(right + 1 - length, 0))
            blurred[0, place] = total0 / count
            blurred[1, place] = total1 / count
            blurred[2, place] = total2 / count
            blurred[3, place] = total3 / count


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
    [types.int64(FLOATS_OUT_1D, types.int64, types.int64, INDEX_1D, INDEX_1D, FLOATS_OUT_2D)], cache=True, nogil=True
)
def _keep_samples(
    blurred: npt.NDArray[np.float32],
    y: int,
    kept: int,
    samples_down: npt.NDArray[np.int64],
    samples_across: npt.NDArray[np.int64],
    coarse: npt.NDArray[np.float32],
) -> int:
    """Copy the 64 samples of row y wherever it is sampled (small pictures: more than once); the number of rows kept."""
    while kept < 64 and samples_down[kept] == y:
        for j in range(64):
            coarse[kept, j] = blurred[samples_across[j]]
        kept += 1
    return kept


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
def sample_luma_exactly(
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
    """Blur twice and decimate rows (H, channels * W) into `coarse` (64, 64).

    Scratch: `rings` (2 * window_down, W) and `lines` (19, W), the latter zeroed by the caller.
    """
    height = rows.shape[0]
    ahead = (window_down + 2) // 2 - 1
    first_ring, second_ring = rings[:window_down], rings[window_down:]
    luma, along, down, again = lines[:4], lines[4:8], lines[8:12], lines[12:16]
    first_totals, second_totals, blurred = lines[16], lines[17], lines[18]
    waiting, second_step, kept = 0, 0, 0
    for step in range(height + ahead):
        if step < height and step % 4 == 0:
            for row in range(min(4, height - step)):
                luma_row(rows, step + row, channels, luma[row])
            _blur_along(luma, along, window_across)
        _blur_down(step, height, window_down, along[step % 4], first_ring, first_totals, down[waiting])
        if step >= ahead:
            waiting += 1
        if waiting == 4 or step == height + ahead - 1:
            _blur_along(down, again, window_across)
            for row in range(waiting):
                _blur_down(second_step, height, window_down, again[row], second_ring, second_totals, blurred)
                kept = _keep_samples(blurred, second_step - ahead, kept, samples_down, samples_across, coarse)
                second_step += 1
            waiting = 0
    for step in range(second_step, height + ahead):
        _blur_down(step, height, window_down, again[0], second_ring, second_totals, blurred)
        kept = _keep_samples(blurred, step - ahead, kept, samples_down, samples_across, coarse)


@numba.njit([types.void(FLOATS_2D, FLOATS_2D, FLOATS_OUT_2D)], cache=True, nogil=True)
def transform_exactly(
    coarse: npt.NDArray[np.float32], matrix: npt.NDArray[np.float32], coefficients: npt.NDArray[np.float32]
) -> None:
    """The cosine transform of `coarse` (64, 64) into `coefficients` (16, 16), summed from the first position to the last."""
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
