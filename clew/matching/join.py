"""The join: a whole list of hashes against a segment, every pair within a distance; the same pairs that single questions would give.

A single question waits for memory thousands of times. Many questions put in the order of a table's keys walk through the table
instead: for each way to flip a key they meet buckets, row numbers and hashes in the order in which they lie. For this the hashes are
copied into the order of each table in its turn, 32 bytes for each hash held.
"""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.bits import Words, aligned_empty, as_bits, popcount
from clew.matching.errors import RowsRefused
from clew.matching.hits import Hits, Numbers
from clew.matching.lookup import found_before
from clew.matching.parts import in_parts
from clew.matching.permutation import permuted
from clew.matching.plan import DISTANCE_INDEXED_MAX, TABLES, masks_of, radii_of
from clew.matching.prefetch import prefetch
from clew.matching.segment import Segment
from clew.matching.tables import key_at

_ONE, _THREE, _FOUR = np.uint64(1), np.uint64(3), np.uint64(4)
#: For fewer questions than one for so many hashes held, copying the hashes into order costs more than it saves.
ROWS_FOR_EACH_QUERY_MAX = 40
#: In a smaller index a single question waits for so little that nothing is gained.
ROWS_WALKED_MIN = 4_000_000
#: Comparing a crowded bucket for every question that meets it costs more than a look at every hash.
BUCKET_ROWS_MAX = 4096
#: Of the hashes in a table's order, so many are walked through at a time: they stay in the cache from one flip to the next.
CACHED_BYTES = 8 << 20
#: Questions ahead of the one that is answered whose bucket is asked for.
_AHEAD = np.uint64(32)

_U64 = types.uint64
_WORDS = types.uint64[::1]
_ROWS = types.uint32[::1]


@njit(types.void(_WORDS, _ROWS, _WORDS), nogil=True, cache=True)
def _gather(words: Words, rows: NDArray[np.uint32], out: Words) -> None:
    """The hashes in the order of a table."""
    count = np.uint64(rows.size)
    for at in range(count):
        if at + np.uint64(16) < count:
            prefetch(words, np.uint64(rows[at + np.uint64(16)]) * _FOUR)
        row = np.uint64(rows[at]) * _FOUR
        for word in range(_FOUR):
            out[at * _FOUR + word] = words[row + word]


@njit(types.void(_WORDS, _U64, _U64, _WORDS), nogil=True, cache=True)
def _keys(words: Words, start: int, key_bits: int, out: Words) -> None:
    for row in range(np.uint64(out.size)):
        out[row] = key_at(words, row, start, key_bits)


@njit(nogil=True, cache=True)
def _compare(
    held: Words,
    rows: NDArray[np.uint32],
    begin: int,
    end: int,
    table: int,
    key_bits: int,
    radii: Numbers,
    queries: Words,
    query: int,
    distance_max: int,
    found: int,
    out_query: NDArray[np.uint32],
    out_row: NDArray[np.uint32],
    out_distance: NDArray[np.uint16],
) -> Any:
    """Write the rows of a bucket within the distance that no earlier table gives; how many are found so far."""
    for at in range(begin, end):
        distance = np.int64(0)
        for word in range(_FOUR):
            distance += popcount(held[at * _FOUR + word] ^ queries[query * _FOUR + word])
        if distance <= distance_max and not found_before(held, at, queries, query, table, key_bits, radii):
            if found < out_query.size:
                out_query[found] = query
                out_row[found] = rows[at]
                out_distance[found] = distance
            found += 1
    return found


@njit(
    types.int64(
        _WORDS,  # hashes in the order of the table
        _ROWS,  # the table: row numbers in its order
        _ROWS,  # bases of the table
        types.uint16[::1],  # offsets of the table
        _U64,  # bits of its groups
        _U64,  # which table it is
        _U64,  # key bits
        types.int64[::1],  # radii of all tables
        _WORDS,  # the masks of this table
        _WORDS,  # queries in the order of their keys, four words each
        _WORDS,  # their keys
        types.int64,  # distance_max
        _ROWS,  # out: which query
        _ROWS,  # out: which row
        types.uint16[::1],  # out: how far
    ),
    nogil=True,
    cache=True,
)
def _walk(
    held: Words,
    rows: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    offsets: NDArray[np.uint16],
    group: int,
    table: int,
    key_bits: int,
    radii: Numbers,
    masks: Words,
    queries: Words,
    keys: Words,
    distance_max: int,
    out_query: NDArray[np.uint32],
    out_row: NDArray[np.uint32],
    out_distance: NDArray[np.uint16],
) -> Any:
    """Write the pairs that no earlier table gives; answer how many there are, even if they do not fit."""
    found = np.int64(0)
    count = np.uint64(keys.size)
    for at_mask in range(np.uint64(masks.size)):
        mask = masks[at_mask]
        for query in range(count):
            if query + _AHEAD < count:
                ahead = keys[query + _AHEAD] ^ mask
                word = (np.uint64(bases[ahead >> group]) + np.uint64(offsets[ahead])) * _FOUR
                prefetch(held, word)
                prefetch(held, word + _FOUR + _FOUR)
            bucket = keys[query] ^ mask
            begin = np.uint64(bases[bucket >> group]) + np.uint64(offsets[bucket])
            bucket += _ONE
            end = np.uint64(bases[bucket >> group]) + np.uint64(offsets[bucket])
            at_query = query * _FOUR
            first, second = queries[at_query], queries[at_query + _ONE]
            # How many rows a bucket has cannot be foretold, and guessing wrong costs more than comparing three in any case.
            word = begin * _FOUR
            nearest = popcount(held[word] ^ first) + popcount(held[word + _ONE] ^ second)
            for _ in range(2):
                word += _FOUR
                nearest = min(nearest, popcount(held[word] ^ first) + popcount(held[word + _ONE] ^ second))
            if nearest <= distance_max or end - begin > _THREE:
                found = _compare(
                    held, rows, begin, end, table, key_bits, radii, queries, query, distance_max, found, out_query, out_row, out_distance
                )  # fmt: skip
    return found


@njit(types.void(_ROWS, types.uint16[::1], _U64, _WORDS, _WORDS, _U64, types.boolean[::1]), nogil=True, cache=True)
def _mark_crowded(
    bases: NDArray[np.uint32],
    offsets: NDArray[np.uint16],
    group: int,
    masks: Words,
    keys: Words,
    bucket_rows_max: int,
    is_crowded: NDArray[np.bool_],
) -> None:
    """Which questions meet a bucket that is not worth walking through."""
    for query in range(np.uint64(keys.size)):
        for at_mask in range(np.uint64(masks.size)):
            bucket = keys[query] ^ masks[at_mask]
            begin = np.uint64(bases[bucket >> group]) + np.uint64(offsets[bucket])
            bucket += _ONE
            end = np.uint64(bases[bucket >> group]) + np.uint64(offsets[bucket])
            if end - begin > bucket_rows_max:
                is_crowded[query] = True
                break


def join(segment: Segment, queries: Any, distance_max: int = PDQ_DISTANCE_MAX, *, threads: int = 1) -> Hits:
    """All pairs of a query, (m, 32) bytes, and a held row within `distance_max` bits; exact, as `Segment.search` answers them.

    For lists: from about one query for each 40 hashes held it is quicker than asking one by one.
    """
    if not 0 <= distance_max <= 256:
        raise RowsRefused(reason="a distance lies between 0 and 256")
    bits = as_bits(queries)
    is_few = len(bits) * ROWS_FOR_EACH_QUERY_MAX < segment.distinct
    is_small = segment.distinct < max(1, ROWS_WALKED_MIN)
    if distance_max > DISTANCE_INDEXED_MAX or is_small or is_few:
        return segment.search(bits, distance_max, threads=threads)
    walk = _Walk(segment, permuted(bits, segment.seed, threads=threads), distance_max, threads)
    crowded = walk.crowded()
    met = segment.search(bits[crowded], distance_max, threads=threads)
    asked_singly = Hits(crowded[met.query_index], met.id, met.distance)
    return Hits.merged([walk.pairs(np.setdiff1d(np.arange(len(bits)), crowded)), asked_singly])


class _Walk:
    """One join at work: the segment, the questions, and the memory that all tables use in turn."""

    def __init__(self, segment: Segment, words: Words, distance_max: int, threads: int) -> None:
        self._segment, self._tables, self._words = segment, segment.tables, words
        self._distance_max, self._threads = distance_max, threads
        self._radii = radii_of(distance_max)
        # Three rows are compared wherever a bucket begins, at the very end too.
        self._held: Words = aligned_empty(segment.tables.words.size + 16, np.uint64)
        self._held[-16:] = 0

    def crowded(self) -> Numbers:
        """Which questions meet a bucket that is not worth walking through."""
        marks = np.zeros(self._words.size // 4, dtype=np.bool_)
        for table in self._used():
            bases, offsets, group = self._table(table)
            starts = np.repeat(bases, 1 << int(group))[: len(offsets)] + offsets
            if np.diff(starts).max(initial=0) > BUCKET_ROWS_MAX:
                keys = self._keys_of(self._words, table)
                _mark_crowded(bases, offsets, group, self._masks(table), keys, np.uint64(BUCKET_ROWS_MAX), marks)
        return np.flatnonzero(marks)

    def pairs(self, asked: Numbers) -> Hits:
        """The pairs of these questions."""
        if not len(asked):
            return Hits.merged([])
        words = np.ascontiguousarray(self._words.reshape(-1, 4)[asked]).reshape(-1)
        parts = [part for table in self._used() for part in self._pairs_of_table(table, words)]
        query, row, distance = (np.concatenate(found).astype(np.int64) for found in zip(*parts, strict=True))
        return self._segment.expanded(asked[query], row, distance)

    def _pairs_of_table(self, table: int, words: Words) -> list[tuple[NDArray[Any], ...]]:
        distinct = self._segment.distinct
        rows = self._tables.rows[table * distinct : (table + 1) * distinct]
        in_parts(
            lambda part: _gather(self._tables.words, rows[part], self._held[4 * part.start : 4 * part.stop]),
            distinct,
            self._threads,
        )
        keys = self._keys_of(words, table)
        order = np.argsort(keys)
        keys, words = keys[order], words.reshape(-1, 4)[order].reshape(-1)
        # Keys that share their upper bits, and flips of the lower ones, meet hashes that fit into the cache together.
        upper_bits = min(self._segment.key_bits, (self._held.nbytes // CACHED_BYTES).bit_length())
        firsts = np.arange(1 << upper_bits, dtype=np.uint64) << np.uint64(self._segment.key_bits - upper_bits)
        edges = [*np.searchsorted(keys, firsts).tolist(), len(keys)]
        parts = [slice(*edge) for edge in itertools.pairwise(edges) if edge[0] < edge[1]]
        with ThreadPoolExecutor(self._threads) as pool:
            found = list(pool.map(lambda part: self._walked(table, rows, words, keys, part), parts))
        return [(order[query], row, distance) for query, row, distance in found]

    def _walked(
        self, table: int, rows: NDArray[np.uint32], words: Words, keys: Words, part: slice
    ) -> tuple[NDArray[Any], ...]:
        bases, offsets, group = self._table(table)
        room = max(1024, part.stop - part.start)
        while True:
            out = (np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(room, np.uint16))
            found = _walk(
                self._held, rows, bases, offsets, group, np.uint64(table), np.uint64(self._segment.key_bits),
                self._radii, self._masks(table), words[4 * part.start : 4 * part.stop], keys[part], self._distance_max, *out,
            )  # fmt: skip
            if found <= room:
                return (out[0][:found].astype(np.int64) + part.start, out[1][:found], out[2][:found])
            room = found

    def _used(self) -> list[int]:
        return [table for table in range(TABLES) if self._radii[table] >= 0]

    def _masks(self, table: int) -> Words:
        return masks_of(self._segment.key_bits, int(self._radii[table]))

    def _keys_of(self, words: Words, table: int) -> Words:
        keys = np.empty(words.size // 4, dtype=np.uint64)
        _keys(words, np.uint64(table * self._segment.key_bits), np.uint64(self._segment.key_bits), keys)
        return keys

    def _table(self, table: int) -> tuple[NDArray[np.uint32], NDArray[np.uint16], np.uint64]:
        tables, buckets = self._tables, (1 << self._segment.key_bits) + 1
        first = int(tables.base_starts[table])
        last = int(tables.base_starts[table + 1]) if table + 1 < TABLES else len(tables.bases)
        return (
            tables.bases[first:last],
            tables.offsets[table * buckets : (table + 1) * buckets],
            tables.group_bits[table],
        )
