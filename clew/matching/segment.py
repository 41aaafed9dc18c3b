"""The segment: an immutable index of hashes that answers exactly, in a time that grows much more slowly than their number.

Distinct hashes are held once, whatever many ids they have. A query that would meet crowded buckets is answered by a look at every
hash instead, so that no input makes it slower than that, and none makes it wrong.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.bits import HASH_BITS, Bytes, Words, aligned_empty, as_bits
from clew.matching.errors import RowsRefused
from clew.matching.hits import Hits, Numbers
from clew.matching.lookup import CROWDED, look_up
from clew.matching.parts import in_parts
from clew.matching.permutation import permuted, unpermuted
from clew.matching.plan import DISTANCE_INDEXED_MAX, TABLES, key_bits_of, masks_of, radii_of
from clew.matching.rowscan import scan_rows
from clew.matching.tables import fill_table

#: Comparing a row out of order costs about as much as sixteen in order.
_CROWDED_SHARE = 16
_CANDIDATES_MIN = 4096
_RADIUS_MAX = 2


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The arrays of a segment, in memory or mapped from a file."""

    #: Hashes, their bits permuted: (4 * n,) words.
    words: Words
    #: Row numbers in the order of each table's keys: (TABLES * n,).
    rows: NDArray[np.uint32]
    bases: NDArray[np.uint32]
    offsets: NDArray[np.uint16]
    base_starts: Words
    group_bits: Words
    #: Of row r the ids lie from id_starts[r] to id_starts[r + 1]; empty where each row has one.
    id_starts: NDArray[np.uint32]
    #: Less `id_base`, in four bytes where that is enough.
    ids: NDArray[Any]


class Segment:
    """Hashes under ids, searched from many threads at once."""

    def __init__(self, tables: Tables, *, key_bits: int, seed: int, id_base: int) -> None:
        self.tables, self.key_bits, self.seed, self.id_base = tables, key_bits, seed, id_base
        self.distinct = tables.words.size // 4
        masks = [masks_of(key_bits, radius) for radius in range(_RADIUS_MAX + 1)]
        self._masks = np.concatenate(masks)
        self._mask_starts = np.cumsum([0, *(len(found) for found in masks)]).astype(np.uint64)
        self._own = threading.local()

    def __len__(self) -> int:
        return len(self.tables.ids)

    @property
    def size_bytes(self) -> int:
        """Memory of all arrays."""
        return sum(getattr(self.tables, name).nbytes for name in Tables.__slots__)

    @classmethod
    def build(cls, ids: Any, bits: Any, *, seed: int = 0, threads: int | None = None) -> Self:
        """Index (n,) ids and (n, 32) bytes; any number of rows, none included. Raises RowsRefused."""
        numbers = np.ascontiguousarray(ids, dtype=np.int64)
        threads = threads or os.cpu_count() or 1
        rows = as_bits(bits) if len(numbers) else np.empty((0, 32), dtype=np.uint8)
        if numbers.shape != (len(rows),):
            raise RowsRefused(reason="there are not as many numbers as hashes")
        return cls.build_permuted(numbers, permuted(rows, seed, threads=threads), seed=seed, threads=threads)

    @classmethod
    def build_permuted(cls, numbers: Numbers, permuted_words: Words, *, seed: int, threads: int) -> Self:
        """The same of words whose bits are in the order of `seed` already, as another segment holds them."""
        words, order, id_starts = _distinct(permuted_words, threads)
        id_base, kept_ids = _narrowed(numbers[order])
        key_bits = key_bits_of(words.size // 4)
        made = _made_tables(words, key_bits, threads)
        return cls(
            Tables(words, *made, id_starts=id_starts, ids=kept_ids), key_bits=key_bits, seed=seed, id_base=id_base
        )

    def rows(self) -> tuple[Numbers, Words]:
        """Every id with the permuted words of its hash."""
        ids = self.tables.ids.astype(np.int64) + self.id_base
        words = self.tables.words.reshape(-1, 4)
        starts = self.tables.id_starts
        if len(starts):
            words = np.repeat(words, starts[1:].astype(np.int64) - starts[:-1], axis=0)
        return ids, words.reshape(-1)

    def sample(self, count: int) -> tuple[Numbers, Bytes]:
        """Rows of its own, drawn anew each time: (n,) ids and (n, 32) hashes, at most so many."""
        rows = np.random.default_rng().integers(0, max(1, self.distinct), min(count, self.distinct))
        starts = self.tables.id_starts
        ids = self.tables.ids[starts[rows] if len(starts) else rows].astype(np.int64) + self.id_base
        return ids, unpermuted(self.tables.words.reshape(-1, 4)[rows], self.seed)

    def search(
        self, queries: Any, distance_max: int = PDQ_DISTANCE_MAX, *, threads: int = 1, exhaustive: bool = False
    ) -> Hits:
        """All rows at `distance_max` bits (0 to 256) or nearer to each query, (m, 32) bytes or one hash of 32; exact.

        Up to distance 32 the tables answer; beyond, or `exhaustive`ly, every hash is looked at: about a millisecond for
        each million of them. That is the referee of the tables, and what answers when they are not trusted.
        """
        if not 0 <= distance_max <= HASH_BITS:
            raise RowsRefused(reason="a distance lies between 0 and 256")
        words = permuted(as_bits(queries), self.seed)
        count = words.size // 4
        radii = (
            None if exhaustive or distance_max > DISTANCE_INDEXED_MAX or not self.distinct else radii_of(distance_max)
        )
        if threads == 1 or count < 2:
            return self._expanded(self._answers(words, range(count), distance_max, radii))
        with ThreadPoolExecutor(threads) as pool:
            parts = [range(part, count, threads) for part in range(threads)]
            answers = pool.map(lambda part: self._answers(words, part, distance_max, radii), parts)
            return self._expanded([found for part in answers for found in part])

    def _answers(
        self, words: Words, queries: Sequence[int], distance_max: int, radii: Numbers | None
    ) -> list[tuple[int, NDArray[np.uint32], Numbers]]:
        answers, scratch = [], self._scratch()
        for at in queries:
            found = self._answer(words[4 * at : 4 * at + 4], distance_max, radii, scratch)
            if found:
                answers.append((at, scratch.out_row[:found].copy(), scratch.out_distance[:found].copy()))
        return answers

    def _answer(self, query: Words, distance_max: int, radii: Numbers | None, scratch: _Scratch) -> int:
        """How many rows the scratch holds now."""
        if radii is not None:
            found = self._looked_up(query, distance_max, radii, scratch)
            if found > scratch.out_row.size:
                scratch.grow(found)
                found = self._looked_up(query, distance_max, radii, scratch)
            if found != CROWDED:
                return found
        found = scan_rows(self.tables.words, query, distance_max, scratch.out_row, scratch.out_distance)
        if found > scratch.out_row.size:
            scratch.grow(found)
            found = scan_rows(self.tables.words, query, distance_max, scratch.out_row, scratch.out_distance)
        return int(found)

    def _looked_up(self, query: Words, distance_max: int, radii: Numbers, scratch: _Scratch) -> int:
        tables = self.tables
        count: int = look_up(
            tables.words, tables.rows, tables.bases, tables.offsets, tables.base_starts, tables.group_bits,
            self.key_bits, radii, self._masks, self._mask_starts, query, distance_max, scratch.begins, scratch.ends, scratch.candidates, scratch.out_row, scratch.out_distance,
        )  # fmt: skip
        return count

    def _scratch(self) -> _Scratch:
        if not hasattr(self._own, "scratch"):
            candidates = max(_CANDIDATES_MIN, self.distinct // _CROWDED_SHARE)
            self._own.scratch = _Scratch(self.key_bits, candidates)
        scratch: _Scratch = self._own.scratch
        return scratch

    def _expanded(self, answers: list[tuple[int, NDArray[np.uint32], Numbers]]) -> Hits:
        """Every id of every distinct row found."""
        if not answers:
            return Hits.merged([])
        queries = np.concatenate([np.full(len(rows), at, dtype=np.int64) for at, rows, _ in answers])
        rows = np.concatenate([rows for _, rows, _ in answers]).astype(np.int64)
        return self.expanded(queries, rows, np.concatenate([found for _, _, found in answers]))

    def expanded(self, queries: Numbers, rows: Numbers, distances: Numbers) -> Hits:
        """Pairs of a query and a row of the tables, as hits: a row is every id that has its hash."""
        starts = self.tables.id_starts
        if not len(starts):
            return Hits.sorted(queries, self.tables.ids[rows].astype(np.int64) + self.id_base, distances)
        counts = starts[rows + 1].astype(np.int64) - starts[rows]
        places = np.repeat(starts[rows].astype(np.int64) - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        ids = self.tables.ids[places].astype(np.int64) + self.id_base
        return Hits.sorted(np.repeat(queries, counts), ids, np.repeat(distances, counts))


class _Scratch:
    """What one thread writes while it searches; kernels allocate nothing."""

    def __init__(self, key_bits: int, candidates: int) -> None:
        buckets = len(masks_of(key_bits, _RADIUS_MAX))
        self.begins = np.empty(buckets, dtype=np.uint64)
        self.ends = np.empty(buckets, dtype=np.uint64)
        self.candidates = np.empty(candidates, dtype=np.uint32)
        self.grow(1024)

    def grow(self, hits: int) -> None:
        """Make room for so many answers."""
        self.out_row = np.empty(hits, dtype=np.uint32)
        self.out_distance = np.empty(hits, dtype=np.int64)


def _distinct(words: Words, threads: int) -> tuple[Words, NDArray[np.intp], NDArray[np.uint32]]:
    """The distinct hashes in the order of their words, the order of the rows by them, and where the rows of each begin."""
    rows = words.reshape(-1, 4)
    leading = np.ascontiguousarray(rows[:, 0])
    order = np.argsort(leading)
    leading = leading[order]
    tied = np.zeros(len(rows), dtype=bool)
    np.equal(leading[1:], leading[:-1], out=tied[1:])
    tied[:-1] |= tied[1:]
    if tied.any():
        # Only rows that share their first word need the others to be put in order.
        shared = order[tied]
        keys = rows[shared]
        order[tied] = shared[np.lexsort((keys[:, 3], keys[:, 2], keys[:, 1], keys[:, 0]))]
    gathered = aligned_empty(words.size, np.uint64).reshape(-1, 4)
    in_parts(lambda part: np.take(rows, order[part], axis=0, out=gathered[part], mode="clip"), len(rows), threads)
    is_first = np.ones(len(rows), dtype=bool)
    at = np.flatnonzero(tied[1:]) + 1
    is_first[at] = (gathered[at] != gathered[at - 1]).any(axis=1)
    if is_first.all():
        return gathered.reshape(-1), order, np.empty(0, dtype=np.uint32)
    starts = np.flatnonzero(is_first)
    kept = aligned_empty(4 * len(starts), np.uint64).reshape(-1, 4)
    np.take(gathered, starts, axis=0, out=kept)
    return kept.reshape(-1), order, np.append(starts, len(rows)).astype(np.uint32)


def _narrowed(ids: Numbers) -> tuple[int, NDArray[Any]]:
    """The ids less the smallest, in four bytes where that is enough."""
    if not len(ids):
        return 0, np.empty(0, dtype=np.uint32)
    base = int(ids.min())
    # The span may be wider than a signed number holds.
    if int(ids.max()) - base <= np.iinfo(np.uint32).max:
        return base, (ids - base).astype(np.uint32)
    return 0, ids


def _made_tables(
    words: Words, key_bits: int, threads: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint16], Words, Words]:
    """Rows, bases, offsets, where each table's bases begin, and its group bits; one table for each thread at a time."""
    count = words.size // 4
    rows = aligned_empty(TABLES * count, np.uint32)
    with ThreadPoolExecutor(threads) as pool:
        made = list(
            pool.map(
                lambda table: fill_table(words, table, key_bits, rows[table * count : (table + 1) * count]),
                range(TABLES),
            )
        )
    bases = np.concatenate([found for found, _, _ in made])
    starts = np.cumsum([0, *(len(found) for found, _, _ in made)])[:TABLES].astype(np.uint64)
    offsets = np.concatenate([found for _, found, _ in made])
    return rows, bases, offsets, starts, np.array([bits for _, _, bits in made], dtype=np.uint64)
