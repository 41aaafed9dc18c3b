"""The row scan: every hash of a segment is looked at, in order; what answers where tables cannot, or would be slower."""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import Words, popcount

_ONE, _TWO, _THREE, _FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)


@njit(
    types.int64(types.uint64[::1], types.uint64[::1], types.int64, types.uint32[::1], types.int64[::1]),
    nogil=True,
    cache=True,
)
def scan_rows(
    words: Words, query: Words, distance_max: int, out_row: NDArray[np.uint32], out_distance: NDArray[np.int64]
) -> int:
    """Write rows and distances within the distance; answer how many there are, even if they do not fit."""
    first, second, third, fourth = query[0], query[1], query[2], query[3]
    found = 0
    for row in range(np.uint64(words.size) // _FOUR):
        word = row * _FOUR
        distance = popcount(words[word] ^ first) + popcount(words[word + _ONE] ^ second)
        if distance <= distance_max:
            distance += popcount(words[word + _TWO] ^ third) + popcount(words[word + _THREE] ^ fourth)
            if distance <= distance_max:
                if found < out_row.size:
                    out_row[found] = np.uint32(row)
                    out_distance[found] = distance
                found += 1
    return found
