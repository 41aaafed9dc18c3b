"""Tables: for each key the rows that have it, built by a radix partition and a counting sort that stays inside the cache."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import Words

#: Keys are first parted by this many of their upper bits: as many streams as the processor writes at once without stalling.
_PART_BITS = 11
#: Buckets that share one base; fewer where a group is too crowded for offsets of 16 bits.
GROUP_BITS = 8
OFFSET_MAX = 65535


@njit(
    types.uint64(types.uint64[::1], types.uint64, types.uint64, types.uint64), nogil=True, cache=True, inline="always"
)
def key_at(words: Words, row: int, start: int, key_bits: int) -> Any:
    """The key of `key_bits` bits that begins at bit `start` of a row of four words."""
    word, shift = start >> np.uint64(6), start & np.uint64(63)
    at = row * np.uint64(4) + word
    key = words[at] >> shift
    if shift + key_bits > np.uint64(64):
        key |= words[at + np.uint64(1)] << (np.uint64(64) - shift)
    return key & ((np.uint64(1) << key_bits) - np.uint64(1))


@njit(
    types.void(types.uint64[::1], types.uint64, types.uint64, types.uint32[::1], types.uint32[::1], types.uint64[::1]),
    nogil=True,
    cache=True,
)
def _fill(
    words: Words,
    start: int,
    key_bits: int,
    rows: NDArray[np.uint32],
    ends: NDArray[np.uint32],
    parted: Words,
) -> None:
    """Write the row numbers in the order of their keys, and for each key where its rows begin (`ends` has one more place)."""
    count = np.uint64(rows.size)
    part_shift = key_bits - np.uint64(_PART_BITS)
    parts = np.zeros((1 << _PART_BITS) + 1, dtype=np.uint64)
    for row in range(count):
        parts[(key_at(words, row, start, key_bits) >> part_shift) + np.uint64(1)] += np.uint64(1)
    for part in range(1, parts.size):
        parts[part] += parts[part - 1]
    heads = parts[:-1].copy()
    for row in range(count):
        key = key_at(words, row, start, key_bits)
        part = key >> part_shift
        parted[heads[part]] = (key << np.uint64(32)) | row
        heads[part] += np.uint64(1)
    inside = np.zeros((np.uint64(1) << part_shift) + np.uint64(1), dtype=np.uint64)
    low = (np.uint64(1) << part_shift) - np.uint64(1)
    for part in range(np.uint64(1) << (key_bits - part_shift)):
        first, last = parts[part], parts[part + np.uint64(1)]
        inside[:] = np.uint64(0)
        for at in range(first, last):
            inside[((parted[at] >> np.uint64(32)) & low) + np.uint64(1)] += np.uint64(1)
        total = first
        for bucket in range(np.uint64(inside.size) - np.uint64(1)):
            total += inside[bucket]
            inside[bucket] = total
            ends[(part << part_shift) + bucket] = total
        for at in range(first, last):
            bucket = (parted[at] >> np.uint64(32)) & low
            rows[inside[bucket]] = np.uint32(parted[at] & np.uint64(0xFFFFFFFF))
            inside[bucket] += np.uint64(1)
    ends[np.uint64(ends.size) - np.uint64(1)] = np.uint32(count)


def fill_table(
    words: Words, table: int, key_bits: int, rows: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.uint16], int]:
    """Fill `rows` with the row numbers in the order of the table's keys; gives bases, offsets and the bits of a group.

    The rows of key k lie from bases[k >> g] + offsets[k] to the same of k + 1. Two bytes a bucket instead of four; where
    more than 65,535 rows fall into one group the groups are made smaller, at last to one bucket each.
    """
    starts = np.empty((1 << key_bits) + 1, dtype=np.uint32)
    parted = np.empty(max(1, rows.size), dtype=np.uint64)
    _fill(words, np.uint64(table * key_bits), np.uint64(key_bits), rows, starts, parted)
    for group_bits in (GROUP_BITS, 4, 0):
        bases = starts[:: 1 << group_bits].copy()
        offsets = starts - np.repeat(bases, 1 << group_bits)[: starts.size]
        if offsets.max() <= OFFSET_MAX:
            break
    return bases, offsets.astype(np.uint16), group_bits
