"""Device kernels: how many signs of sensor prints agree, one print against many, block by block of what both use."""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import Words, popcount


@njit(
    types.void(
        types.uint64[::1],
        types.uint8[::1],
        types.uint64[:, ::1],
        types.uint8[:, ::1],
        types.int64[::1],
        types.int64[::1],
    ),
    nogil=True,
    cache=True,
)
def agreements(
    words: Words,
    used: NDArray[np.uint8],
    many_words: NDArray[np.uint64],
    many_used: NDArray[np.uint8],
    out_agreeing: NDArray[np.int64],
    out_compared: NDArray[np.int64],
) -> None:
    """For one print (b,) of words and many (n, b): how many signs agree, and how many were compared, into (n,) each."""
    for row in range(many_words.shape[0]):
        differing, blocks = np.int64(0), np.int64(0)
        for at in range(words.size):
            # Without a branch: blocks left out are counted away.
            both = np.int64(used[at] & many_used[row, at])
            differing += both * popcount(words[at] ^ many_words[row, at])
            blocks += both
        out_agreeing[row] = 64 * blocks - differing
        out_compared[row] = 64 * blocks
