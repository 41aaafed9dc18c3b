"""Lookup: the rows of a segment within a distance of a query, by its tables; the same rows a look at every hash would give.

For each table four rounds instead of one row after the other: ask for all buckets, read their bounds, copy their row numbers, compare
the rows. Each round has asked for the memory of the next, so that the waits overlap.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.matching.bits import Words, popcount
from clew.matching.prefetch import prefetch
from clew.matching.tables import key_at

_ZERO, _ONE, _TWO, _THREE, _FOUR = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
#: Answered instead of a count when a query would have to compare more rows than a look at all of them is worth.
CROWDED = -1

_U64 = types.uint64
_WORDS = types.uint64[::1]
_ROWS = types.uint32[::1]
_OFFSETS = types.uint16[::1]
_NUMBERS = types.int64[::1]


@njit(_U64(_ROWS, _OFFSETS, _U64, _U64, _U64, _U64, _U64, _WORDS, _ROWS, _WORDS, _WORDS), nogil=True, cache=True)
def _bounds(
    bases: NDArray[np.uint32],
    offsets: NDArray[np.uint16],
    base_start: int,
    offset_start: int,
    group: int,
    row_start: int,
    key: int,
    masks: Words,
    rows: NDArray[np.uint32],
    begins: Words,
    ends: Words,
) -> Any:
    """Where the rows of the key's neighbours lie; how many of those buckets hold any."""
    for mask in range(np.uint64(masks.size)):
        bucket = key ^ masks[mask]
        prefetch(offsets, offset_start + bucket)
        prefetch(bases, base_start + (bucket >> group))
    filled = _ZERO
    for mask in range(np.uint64(masks.size)):
        bucket = key ^ masks[mask]
        begin = np.uint64(bases[base_start + (bucket >> group)]) + np.uint64(offsets[offset_start + bucket])
        bucket += _ONE
        end = np.uint64(bases[base_start + (bucket >> group)]) + np.uint64(offsets[offset_start + bucket])
        if end > begin:
            begins[filled], ends[filled] = row_start + begin, row_start + end
            prefetch(rows, row_start + begin)
            filled += _ONE
    return filled


@njit(_U64(_WORDS, _ROWS, _WORDS, _WORDS, _U64, _ROWS), nogil=True, cache=True)
def _gather(
    words: Words, rows: NDArray[np.uint32], begins: Words, ends: Words, filled: int, candidates: NDArray[np.uint32]
) -> Any:
    """Copy the row numbers of the buckets together; how many."""
    taken = _ZERO
    for bucket in range(filled):
        for at in range(begins[bucket], ends[bucket]):
            row = rows[at]
            candidates[taken] = row
            prefetch(words, np.uint64(row) * _FOUR)
            taken += _ONE
    return taken


@njit(types.boolean(_WORDS, _U64, _WORDS, _U64, _U64, _U64, _NUMBERS), nogil=True, cache=True)
def found_before(
    words: Words, row: int, queries: Words, query: int, table: int, key_bits: int, radii: NDArray[np.int64]
) -> bool:
    """Whether an earlier table gives this row to this query already; a table that is not searched (radius -1) gives none."""
    for earlier in range(table):
        start = earlier * key_bits
        differing = key_at(words, row, start, key_bits) ^ key_at(queries, query, start, key_bits)
        if popcount(differing) <= radii[earlier]:
            return True
    return False


@njit(
    types.int64(_WORDS, _WORDS, types.int64, _ROWS, _U64, _U64, _U64, _NUMBERS, types.int64, _ROWS, _NUMBERS),
    nogil=True,
    cache=True,
)
def _compare(
    words: Words,
    query: Words,
    distance_max: int,
    candidates: NDArray[np.uint32],
    taken: int,
    table: int,
    key_bits: int,
    radii: NDArray[np.int64],
    found: int,
    out_row: NDArray[np.uint32],
    out_distance: NDArray[np.int64],
) -> int:
    """Keep the candidates within the distance that no earlier table gave; how many are found so far."""
    first, second, third, fourth = query[0], query[1], query[2], query[3]
    for at in range(taken):
        row = np.uint64(candidates[at])
        word = row * _FOUR
        distance = popcount(words[word] ^ first) + popcount(words[word + _ONE] ^ second)
        if distance <= distance_max:
            distance += popcount(words[word + _TWO] ^ third) + popcount(words[word + _THREE] ^ fourth)
            if distance <= distance_max and not found_before(words, row, query, _ZERO, table, key_bits, radii):
                if found < out_row.size:
                    out_row[found] = row
                    out_distance[found] = distance
                found += 1
    return found


@njit(types.int64(_WORDS, _WORDS, _U64), nogil=True, cache=True)
def _total(begins: Words, ends: Words, filled: int) -> Any:
    total = np.int64(0)
    for bucket in range(filled):
        total += np.int64(ends[bucket] - begins[bucket])
    return total


@njit(
    types.int64(
        _WORDS,  # words
        _ROWS,  # rows of all tables, one table after the other
        _ROWS,  # bases
        _OFFSETS,  # offsets
        _WORDS,  # where each table's bases begin
        _WORDS,  # bits of each table's groups
        _U64,  # key bits
        _NUMBERS,  # radii
        _WORDS,  # the masks of radius 0, then of radius 1, and so on
        _WORDS,  # where the masks of each radius begin
        _WORDS,  # the query, four words
        types.int64,  # distance_max
        _WORDS,  # scratch: where buckets begin
        _WORDS,  # scratch: where they end
        _ROWS,  # scratch: candidates, as many as a query may have
        _ROWS,  # out: rows
        _NUMBERS,  # out: distances
    ),
    nogil=True,
    cache=True,
)
def look_up(
    words: Words,
    rows: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    offsets: NDArray[np.uint16],
    base_starts: Words,
    group_bits: Words,
    key_bits: int,
    radii: NDArray[np.int64],
    masks: Words,
    mask_starts: Words,
    query: Words,
    distance_max: int,
    begins: Words,
    ends: Words,
    candidates: NDArray[np.uint32],
    out_row: NDArray[np.uint32],
    out_distance: NDArray[np.int64],
) -> Any:
    """Write the rows within the distance, each once; answer how many there are, even if they do not fit, or `CROWDED`."""
    count = np.uint64(words.size) // _FOUR
    buckets = (_ONE << key_bits) + _ONE
    found, compared = np.int64(0), np.int64(0)
    for table in range(np.uint64(radii.size)):
        if radii[table] < 0:
            continue
        radius = np.uint64(radii[table])
        key = key_at(query, _ZERO, table * key_bits, key_bits)
        near = masks[mask_starts[radius] : mask_starts[radius + _ONE]]
        filled = _bounds(
            bases,
            offsets,
            base_starts[table],
            table * buckets,
            group_bits[table],
            table * count,
            key,
            near,
            rows,
            begins,
            ends,
        )
        compared += _total(begins, ends, filled)
        if compared > candidates.size:
            return CROWDED
        taken = _gather(words, rows, begins, ends, filled, candidates)
        found = _compare(
            words, query, distance_max, candidates, taken, table, key_bits, radii, found, out_row, out_distance
        )
    return found
