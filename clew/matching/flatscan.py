"""The flat scan: every row is looked at, by half of its bits first, so nothing within the distance can be missed."""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import Words, popcount

#: Rows compared with all queries before going on: their first halves, 32 KiB, stay in the nearest cache meanwhile.
_BLOCK_ROWS = np.uint64(2048)
_ONE, _TWO, _THREE, _FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)

_SIGNATURE = types.int64(
    types.uint64[::1],
    types.uint64[::1],
    types.uint8[::1],
    types.uint64[::1],
    types.int64,
    types.int64[::1],
    types.int64[::1],
    types.int64[::1],
)


@njit(_SIGNATURE, nogil=True, cache=True)
def scan(
    heads: Words,
    tails: Words,
    alive: NDArray[np.uint8],
    queries: Words,
    distance_max: int,
    out_query: NDArray[np.int64],
    out_row: NDArray[np.int64],
    out_distance: NDArray[np.int64],
) -> int:
    """Write the pairs (query, row, distance) within the distance; answer how many there are, even if they do not fit.

    `heads` and `tails` hold the first and second 128 bits of the rows, two words each; `queries` four words each. Half
    of the bits being farther than `distance_max`, all of them are: for unrelated rows the second half is hardly ever
    read, which halves the memory to go through. Indices are unsigned, so that no branch for negative ones is compiled.
    """
    rows = np.uint64(alive.size)
    query_count = np.uint64(queries.size) // _FOUR
    found = 0
    start = np.uint64(0)
    while start < rows:
        stop = min(start + _BLOCK_ROWS, rows)
        for query in range(query_count):
            at = query * _FOUR
            first, second = queries[at], queries[at + _ONE]
            third, fourth = queries[at + _TWO], queries[at + _THREE]
            for row in range(start, stop):
                pair = row * _TWO
                distance = popcount(heads[pair] ^ first) + popcount(heads[pair + _ONE] ^ second)
                if distance <= distance_max:
                    distance += popcount(tails[pair] ^ third) + popcount(tails[pair + _ONE] ^ fourth)
                    if distance <= distance_max and alive[row]:
                        if found < out_row.size:
                            out_query[found] = query
                            out_row[found] = row
                            out_distance[found] = distance
                        found += 1
        start = stop
    return found
