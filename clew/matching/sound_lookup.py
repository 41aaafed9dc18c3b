"""Looking up items of sound prints in the ordered list of all that are held, with up to two bits flipped."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

#: Mixing spreads items evenly over the buckets, and is undone by none: an odd number times an item is another item.
MIXER = np.uint32(2654435761)
FLIPS_MAX = 2

_ITEMS = types.uint32[::1]
_NUMBERS = types.int64[::1]


@cache
def flips(bits_max: int) -> NDArray[np.uint32]:
    """What to change an item by, to reach all that differ from it in at most so many bits: 1, 33 or 529 masks, nearest first."""
    masks = [
        sum(1 << bit for bit in chosen) for count in range(bits_max + 1) for chosen in combinations(range(32), count)
    ]
    return np.array(masks, dtype=np.uint32)


@njit(
    types.int64(_ITEMS, _ITEMS, types.int64, _ITEMS, _ITEMS, _ITEMS, types.int64, _NUMBERS, _NUMBERS, _ITEMS),
    nogil=True,
    cache=True,
)
def look_up(
    asked: NDArray[np.uint32],
    masks: NDArray[np.uint32],
    shift: int,
    buckets: NDArray[np.uint32],
    mixed: NDArray[np.uint32],
    places: NDArray[np.uint32],
    postings_max: int,
    cut: NDArray[np.int64],
    out_asked: NDArray[np.int64],
    out_place: NDArray[np.uint32],
) -> int:
    """Write the pairs (number of the asked item, place) of items that are equal under one of the masks; answer how many there are, even if
    they do not fit. Of an item that is held more often than `postings_max` the first places are taken, and cut[0] counts such items.
    """
    found = 0
    for at in range(asked.size):
        for mask in range(masks.size):
            wanted = np.uint32((asked[at] ^ masks[mask]) * MIXER)
            bucket = np.uint64(wanted >> np.uint32(shift))
            place, stop = np.uint64(buckets[bucket]), np.uint64(buckets[bucket + np.uint64(1)])
            while place < stop and mixed[place] < wanted:
                place += np.uint64(1)
            first = place
            while place < stop and mixed[place] == wanted:
                if place - first >= np.uint64(postings_max):
                    cut[0] += 1
                    break
                if found < out_place.size:
                    out_asked[found] = at
                    out_place[found] = places[place]
                found += 1
                place += np.uint64(1)
    return found
