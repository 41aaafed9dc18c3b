"""The permutation: bits of a hash are put into one random order before they are cut into keys.

Neighbouring bits of a PDQ hash change together; cut as they are, some keys would be crowded and others empty. A permutation
changes no distance. Its seed is kept with each segment.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import HASH_BITS, HASH_BYTES, Bytes, Words, aligned_empty, as_bits
from clew.matching.parts import in_parts


@lru_cache(maxsize=4)
def tables_of(seed: int) -> Words:
    """For each place and value of a byte the four words it contributes: (32 * 256 * 4,), 256 KiB."""
    order = np.random.default_rng(seed).permutation(HASH_BITS)
    ones = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    spread = np.zeros((HASH_BYTES, 256, HASH_BITS), dtype=np.uint8)
    for place in range(HASH_BYTES):
        spread[place][:, order[8 * place : 8 * place + 8]] = ones
    return np.packbits(spread, axis=-1, bitorder="little").view(np.uint64).reshape(-1)


def unpermuted(words: Words, seed: int) -> Bytes:
    """The hashes (n, 32) that `permuted` made these words of; for samples, as it is not quick."""
    order = np.random.default_rng(seed).permutation(HASH_BITS)
    bits = np.unpackbits(np.ascontiguousarray(words).view(np.uint8).reshape(-1, HASH_BYTES), axis=1, bitorder="little")
    return np.packbits(bits[:, order], axis=1)


@njit(types.void(types.uint8[::1], types.uint64[::1], types.uint64[::1]), nogil=True, cache=True)
def _permute(rows: Bytes, tables: Words, out: Words) -> None:
    for row in range(np.uint64(rows.size // 32)):
        first = second = third = fourth = np.uint64(0)
        for place in range(np.uint64(32)):
            value = np.uint64(rows[row * np.uint64(32) + place])
            at = (place * np.uint64(256) + value) * np.uint64(4)
            first |= tables[at]
            second |= tables[at + np.uint64(1)]
            third |= tables[at + np.uint64(2)]
            fourth |= tables[at + np.uint64(3)]
        at = row * np.uint64(4)
        out[at] = first
        out[at + np.uint64(1)] = second
        out[at + np.uint64(2)] = third
        out[at + np.uint64(3)] = fourth


def permuted(bits: NDArray[np.uint8], seed: int, *, threads: int = 1) -> Words:
    """Hashes (n, 32) of bytes as (4 * n,) words with their bits in the order of `seed`, on a cache line."""
    rows = np.ascontiguousarray(as_bits(bits)).reshape(-1)
    # The kernel's type is a writable array; what comes from a file or a frozen buffer is copied.
    rows = rows if rows.flags.writeable else rows.copy()
    out: Words = aligned_empty(rows.size // 8, np.uint64)
    tables = tables_of(seed)
    if len(out) == 4:
        _permute(rows, tables, out)
        return out
    in_parts(
        lambda part: _permute(rows[32 * part.start : 32 * part.stop], tables, out[4 * part.start : 4 * part.stop]),
        len(out) // 4,
        threads,
    )
    return out
