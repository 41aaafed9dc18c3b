"""The scan along diagonals: of two sound prints every item of the one is laid over every item of the other, so no stretch can be missed."""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import popcount

_ITEMS = types.uint32[::1]
_FLAGS = types.uint8[::1]
_NUMBERS = types.int64[::1]
_TABLE = types.int64[:, ::1]
#: What an item that tells nothing counts for: as many wrong bits as a stranger's.
UNTELLING_BITS = 13


@njit(
    types.int64(_ITEMS, _ITEMS, _FLAGS, _FLAGS, types.int64, types.int64, types.int64, _NUMBERS), nogil=True, cache=True
)
def _add_up(
    asked: NDArray[np.uint32],
    held: NDArray[np.uint32],
    asked_tells: NDArray[np.uint8],
    held_tells: NDArray[np.uint8],
    begin: int,
    count: int,
    diagonal: int,
    sums: NDArray[np.int64],
) -> int:
    """Running sums of the wrong bits along a diagonal."""
    total = 0
    sums[0] = 0
    for at in range(count):
        here = np.uint64(begin + at)
        there = np.uint64(begin + at + diagonal)
        if asked_tells[here] & held_tells[there]:
            total += popcount(np.uint64(asked[here] ^ held[there]))
        else:
            total += UNTELLING_BITS
        sums[at + 1] = total
    return total


@njit(
    types.int64(_NUMBERS, types.int64, _NUMBERS, _NUMBERS, types.int64, types.int64, types.int64, _TABLE),
    nogil=True,
    cache=True,
)
def _cut(
    sums: NDArray[np.int64],
    count: int,
    lengths: NDArray[np.int64],
    bits_max: NDArray[np.int64],
    diagonal: int,
    begin: int,
    found: int,
    out: NDArray[np.int64],
) -> int:
    """Write the runs of one diagonal after those that were found; answer how many there are now."""
    stop = -1
    for at in range(count):
        reach = -1
        for length in range(lengths.size):
            end = at + lengths[length]
            if end <= count and sums[end] - sums[at] <= bits_max[length]:
                reach = end
        if reach >= 0:
            if at > stop:
                found += 1
                stop = -1
            if found <= out.shape[0]:
                row = found - 1
                if stop < 0:
                    out[row, 0], out[row, 1] = diagonal, begin + at
                out[row, 2] = begin + max(stop, reach)
            stop = max(stop, reach)
    return found


@njit(
    types.int64(_ITEMS, _ITEMS, _FLAGS, _FLAGS, types.int64, types.int64, _NUMBERS, _NUMBERS, _NUMBERS, _TABLE),
    nogil=True,
    cache=True,
)
def scan_diagonals(
    asked: NDArray[np.uint32],
    held: NDArray[np.uint32],
    asked_tells: NDArray[np.uint8],
    held_tells: NDArray[np.uint8],
    first: int,
    last: int,
    lengths: NDArray[np.int64],
    bits_max: NDArray[np.int64],
    sums: NDArray[np.int64],
    out: NDArray[np.int64],
) -> int:
    """Write the runs (diagonal, from, to) in which some window of one of the lengths has no more wrong bits than it may; answer how many
    there are, even if they do not fit. Item i of `asked` lies over item i + diagonal of `held`, for the diagonals from `first` up to
    `last`; `sums` holds one number more than the shorter print has items.
    """
    found = 0
    for diagonal in range(first, last):
        begin = max(0, -diagonal)
        count = min(asked.size, held.size - diagonal) - begin
        _add_up(asked, held, asked_tells, held_tells, begin, count, diagonal, sums)
        found = _cut(sums, count, lengths, bits_max, diagonal, begin, found, out)
    return found
