"""The flat index: an exact Hamming range search that grows and forgets at once. Right for up to about a million rows.

Larger collections lie in a segment (`segment.py`) with this index in front of it for what came since (`live.py`); both answer
`search` with `Hits`, and `Hits.merged` makes one answer of many.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.bits import HASH_BITS, Bytes, Words, aligned_empty, pack, unpack
from clew.matching.errors import RowsRefused
from clew.matching.flatscan import scan
from clew.matching.hits import Hits, Numbers, OrientedHit, search_oriented

_ROWS_MIN = 1024
_HITS_EXPECTED = 1024


class _Page(NamedTuple):
    """The rows as one search sees them. Rows below `rows` never change but for `alive`, so a search needs no lock."""

    heads: Words
    tails: Words
    ids: Numbers
    alive: NDArray[np.uint8]
    rows: int


class FlatIndex:
    """Hashes of 256 bits under ids of the caller's. The same id or hash may be added again: each row stays a row.

    Searches run in many threads at once and do not hold the interpreter; adding and removing take turns.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._page = _blank(_ROWS_MIN)
        self._removed = 0

    def __len__(self) -> int:
        """How many rows are held and not removed."""
        with self._lock:
            return self._page.rows - self._removed

    def add(self, ids: Any, bits: Any) -> None:
        """Hold rows: `ids` (n,) whole numbers of 64 bits, `bits` (n, 32) bytes. Raises RowsRefused, adding none."""
        numbers, words = _as_ids(ids), pack(bits)
        if len(numbers) != len(words):
            raise RowsRefused(reason="there are not as many numbers as hashes")
        with self._lock:
            page = self._page
            stop = page.rows + len(words)
            if stop > len(page.ids):
                # Doubling makes the copying of n rows cost n in all.
                page = _moved(page, np.arange(page.rows), max(stop, 2 * len(page.ids)))
            page.heads[2 * page.rows : 2 * stop] = words[:, :2].reshape(-1)
            page.tails[2 * page.rows : 2 * stop] = words[:, 2:].reshape(-1)
            page.ids[page.rows : stop] = numbers
            page.alive[page.rows : stop] = 1
            self._page = page._replace(rows=stop)

    def remove(self, ids: Any) -> int:
        """Forget every row under these ids, unknown ones being no error; how many rows went."""
        numbers = _as_ids(ids)
        with self._lock:
            page = self._page
            gone = np.isin(page.ids[: page.rows], numbers) & (page.alive[: page.rows] == 1)
            page.alive[: page.rows][gone] = 0
            removed = int(np.count_nonzero(gone))
            self._removed += removed
            if self._removed > _ROWS_MIN and self._removed > page.rows // 2:
                kept = np.flatnonzero(page.alive[: page.rows])
                self._page = _moved(page, kept, max(_ROWS_MIN, 2 * len(kept)))
                self._removed = 0
        return removed

    def rows(self) -> tuple[Numbers, Bytes]:
        """The ids (n,) and hashes (n, 32) held at this moment."""
        with self._lock:
            page = self._page
            kept = np.flatnonzero(page.alive[: page.rows])
        heads, tails = page.heads.reshape(-1, 2)[kept], page.tails.reshape(-1, 2)[kept]
        return page.ids[kept], unpack(np.hstack([heads, tails]))

    def search(self, queries: Any, distance_max: int = PDQ_DISTANCE_MAX) -> Hits:
        """All held rows at `distance_max` bits (0 to 256) or nearer to each query, (m, 32) bytes or one hash of 32.

        Exact, and independent of what is added or removed while it runs. Raises RowsRefused.
        """
        if not 0 <= distance_max <= HASH_BITS:
            raise RowsRefused(reason="a distance lies between 0 and 256")
        words = pack(queries).reshape(-1)
        page, count = self._page, self._page.rows
        heads, tails, alive = page.heads[: 2 * count], page.tails[: 2 * count], page.alive[:count]
        room = _HITS_EXPECTED
        while True:
            query, row, distance = (np.empty(room, dtype=np.int64) for _ in range(3))
            found = scan(heads, tails, alive, words, distance_max, query, row, distance)
            if found <= room:
                return Hits.sorted(query[:found], page.ids[row[:found]], distance[:found])
            room = found

    def search_oriented(
        self, orientations: Mapping[str, Bytes], distance_max: int = PDQ_DISTANCE_MAX
    ) -> list[OrientedHit]:
        """What one picture finds in any of its orientations; see `hits.search_oriented`."""
        return search_oriented(self, orientations, distance_max)


def _as_ids(ids: Any) -> Numbers:
    numbers = np.atleast_1d(np.asarray(ids))
    if numbers.size == 0:
        return np.empty(0, dtype=np.int64)
    if numbers.ndim != 1 or not np.can_cast(numbers.dtype, np.int64):
        raise RowsRefused(reason="numbers are whole, 64 bits wide and in one row")
    return numbers.astype(np.int64)


def _blank(rows: int) -> _Page:
    return _Page(
        aligned_empty(2 * rows, np.uint64),
        aligned_empty(2 * rows, np.uint64),
        np.empty(rows, dtype=np.int64),
        np.zeros(rows, dtype=np.uint8),
        0,
    )


def _moved(page: _Page, kept: NDArray[np.intp], rows: int) -> _Page:
    """The kept rows in new arrays with room for `rows`; searches at work go on in the old ones."""
    fresh = _blank(rows)
    count = len(kept)
    fresh.heads.reshape(-1, 2)[:count] = page.heads.reshape(-1, 2)[kept]
    fresh.tails.reshape(-1, 2)[:count] = page.tails.reshape(-1, 2)[kept]
    fresh.ids[:count] = page.ids[kept]
    fresh.alive[:count] = page.alive[kept]
    return fresh._replace(rows=count)
