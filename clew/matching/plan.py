"""The plan of a segment: how many tables, how wide their keys, and how far each is searched so that nothing within a distance is missed.

By the pigeonhole principle: of tables searched to radii r1 … rn, at least one finds every hash at distance d where (r1 + 1) + … + (rn + 1) > d,
for a hash that no table finds differs by more than its radius in each (Norouzi, Punjani and Fleet, 2014).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from clew.matching.bits import HASH_BITS

#: Eleven tables of 23 bits use 253 of the 256; measured quickest from 100,000 to 10 million hashes.
TABLES = 11
KEY_BITS_MAX = 23
#: The build parts keys by their upper eleven bits first.
KEY_BITS_MIN = 12
#: Beyond this distance tables would be searched to radius 3 and cost more than looking at every hash.
DISTANCE_INDEXED_MAX = 3 * TABLES - 1

assert TABLES * KEY_BITS_MAX <= HASH_BITS


def key_bits_of(rows: int) -> int:
    """How wide the keys are for so many hashes: one to two buckets for each, as far as the bits reach."""
    return min(KEY_BITS_MAX, max(KEY_BITS_MIN, int(np.ceil(np.log2(max(rows, 2)))) + 1))


@lru_cache(maxsize=64)
def radii_of(distance_max: int) -> NDArray[np.int64]:
    """How far each table is searched for a distance; -1 for a table that need not be. The sum of (radius + 1) is distance_max + 1."""
    each, more = divmod(distance_max + 1, TABLES)
    return np.array([each - (table >= more) for table in range(TABLES)], dtype=np.int64)


@lru_cache(maxsize=64)
def masks_of(key_bits: int, radius: int) -> NDArray[np.uint64]:
    """All keys of at most `radius` ones, in the order of numbers: near ones share lines of the cache."""
    ones = [
        sum(1 << place for place in places)
        for count in range(radius + 1)
        for places in combinations(range(key_bits), count)
    ]
    return np.array(sorted(ones), dtype=np.uint64)
