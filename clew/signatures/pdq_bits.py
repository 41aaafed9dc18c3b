"""The last steps of PDQ: which coefficients lie above the median, how sure that is, and how much structure the picture has."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
from numba import types

from clew.signatures.pdq_kernels import FLOATS_2D, FLOATS_OUT_1D


@numba.njit([types.float32(FLOATS_OUT_1D, types.int64)], cache=True, nogil=True)
def _select(values: npt.NDArray[np.float32], rank: int) -> np.float32:
    """The value of this rank (0 is the smallest), by Hoare's selection; `values` is reordered."""
    low, high = 0, values.shape[0] - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    chosen: np.float32 = values[rank]
    return chosen


@numba.njit([types.float32(FLOATS_2D, FLOATS_OUT_1D, types.uint8[::1])], cache=True, nogil=True)
def _hash_bits(
    coefficients: npt.NDArray[np.float32], ordered: npt.NDArray[np.float32], bits: npt.NDArray[np.uint8]
) -> np.float32:
    """Write the 32 hash bytes into `bits` and return the gap above the median; `ordered` is scratch for 256 values."""
    for i in range(16):
        for j in range(16):
            ordered[16 * i + j] = coefficients[i, j]
    median = _select(ordered, 127)
    above = np.float32(np.inf)
    at_most = 0
    bits[:] = 0
    for i in range(16):
        for j in range(16):
            if coefficients[i, j] > median:
                above = min(above, coefficients[i, j])
                # The text of a hash begins with its last coefficient: bytes and bits run backwards.
                bits[31 - 2 * i - j // 8] |= np.uint8(1 << (j % 8))
            else:
                at_most += 1
    return above - median if at_most == 128 else np.float32(0.0)


def hash_bits(coefficients: npt.NDArray[np.float32]) -> tuple[bytes, float]:
    """The 32 hash bytes of (16, 16) coefficients, and how sure they are.

    A bit is set where its coefficient exceeds the 128th of the 256 in rising order; the gap to the 129th tells how close
    the closest decision was.
    """
    bits = np.empty(32, dtype=np.uint8)
    gap = _hash_bits(coefficients, np.empty(256, dtype=np.float32), bits)
    return bits.tobytes(), float(gap)


@numba.njit([types.int64(FLOATS_2D, types.float32)], cache=True, nogil=True)
def structure_quality(coarse: npt.NDArray[np.float32], slack: float) -> int:
    """PDQ's quality 0..100 of the (64, 64) luma picture: the sum of its whole-percent steps between neighbours, over 90.

    `slack` (in percent, 0 for the reference's value) is added to every step before its fraction is cut off: the qualities
    with a positive and a negative slack enclose that of any picture whose steps differ by less.
    """
    hundred, full, zero = np.float32(100.0), np.float32(255.0), np.float32(0.0)
    steps = 0
    for i in range(64):
        for j in range(64):
            if i < 63:
                step = abs((coarse[i, j] - coarse[i + 1, j]) * hundred / full)
                steps += int(max(step + slack, zero))
            if j < 63:
                step = abs((coarse[i, j] - coarse[i, j + 1]) * hundred / full)
                steps += int(max(step + slack, zero))
    return min(steps // 90, 100)
