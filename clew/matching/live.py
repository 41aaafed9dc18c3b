"""The live index: a segment for the many, a flat index for what came since, and a list of what is gone; one exact answer from all three.

Adding and removing take effect at once and cost the same however much is held. A merge builds a new segment beside the old one, which goes
on answering; only a segment that passes its recall test takes its place.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.bits import Bytes, Words
from clew.matching.flat import FlatIndex
from clew.matching.hits import Hits, Numbers, OrientedHit, search_oriented
from clew.matching.join import join
from clew.matching.permutation import permuted, unpermuted
from clew.matching.recall import verify_recall
from clew.matching.segment import Segment

#: A look at so many hashes takes as long as the segment's answer; beyond, a merge is due.
DELTA_ROWS_MAX = 100_000
#: Rows asked for, with bits flipped, before a new segment may answer.
RECALL_SAMPLE = 64


class LiveIndex:
    """Hashes of 256 bits under ids, searched, added to, removed from and merged from many threads at once.

    An id may have many rows; removing it removes all of them.
    """

    def __init__(self, segment: Segment | None = None) -> None:
        self._segment = segment or Segment.build([], np.empty((0, 32), dtype=np.uint8))
        #: What is being merged, and what came since the merge began.
        self._frozen, self._delta = FlatIndex(), FlatIndex()
        #: Ids whose rows in the segment are gone, as an ordered array that is replaced and never changed.
        self._gone: Numbers = np.empty(0, dtype=np.int64)
        self._gone_since_merge: list[Numbers] = []
        self._changing, self._merging = threading.Lock(), threading.Lock()

    def __len__(self) -> int:
        """Rows held; those of the segment that are gone are counted out one by one, so this is no quick question."""
        segment, frozen, delta, gone = self._layers()
        return len(segment) - int(np.isin(segment.rows()[0], gone).sum()) + len(frozen) + len(delta)

    @property
    def segment(self) -> Segment:
        """The segment that answers now."""
        return self._segment

    @property
    def is_merge_due(self) -> bool:
        """Whether so much came or went that a merge pays."""
        _segment, _frozen, delta, gone = self._layers()
        return len(delta) > DELTA_ROWS_MAX or len(gone) > DELTA_ROWS_MAX

    def add(self, ids: Any, bits: Any) -> None:
        """Hold rows: (n,) ids, (n, 32) bytes; the next search finds them. Raises RowsRefused."""
        with self._changing:
            self._delta.add(ids, bits)

    def remove(self, ids: Any) -> None:
        """Forget every row under these ids; the next search finds none of them. Unknown ones are no error."""
        numbers = np.atleast_1d(np.asarray(ids, dtype=np.int64))
        with self._changing:
            self._delta.remove(numbers)
            self._frozen.remove(numbers)
            self._gone = np.union1d(self._gone, numbers)
            self._gone_since_merge.append(numbers)

    def search(
        self, queries: Any, distance_max: int = PDQ_DISTANCE_MAX, *, threads: int = 1, exhaustive: bool = False
    ) -> Hits:
        """All held rows at `distance_max` bits or nearer to each query, (m, 32) bytes; exact at the moment it began.

        Lists are joined, single questions looked up; `exhaustive`ly every hash is looked at.
        """
        segment, frozen, delta, gone = self._layers()
        if exhaustive:
            held = segment.search(queries, distance_max, threads=threads, exhaustive=True)
        else:
            held = join(segment, queries, distance_max, threads=threads)
        return Hits.merged(
            [_without(held, gone), frozen.search(queries, distance_max), delta.search(queries, distance_max)]
        )

    def search_oriented(
        self, orientations: Mapping[str, Bytes], distance_max: int = PDQ_DISTANCE_MAX
    ) -> list[OrientedHit]:
        """What one picture finds in any of its orientations; see `hits.search_oriented`."""
        return search_oriented(self, orientations, distance_max)

    def merge(self, *, threads: int | None = None, seed: int | None = None) -> Segment:
        """Build one segment of everything held and let it answer; raises RecallLost, and changes nothing, if it fails its test."""
        with self._merging:
            with self._changing:
                self._frozen, self._delta = self._delta, FlatIndex()
                segment, gone = self._segment, self._gone
                self._gone_since_merge = []
                added, bits = self._frozen.rows()
            try:
                fresh = _merged(segment, gone, added, bits, seed, threads or os.cpu_count() or 1)
                _verify(fresh)
            except BaseException:
                self._undo()
                raise
            with self._changing:
                self._segment, self._frozen = fresh, FlatIndex()
                self._gone = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *self._gone_since_merge]))
            return fresh

    def _undo(self) -> None:
        """What was to be merged waits for the next merge."""
        with self._changing:
            ids, bits = self._delta.rows()
            if len(ids):
                self._frozen.add(ids, bits)
            self._delta, self._frozen = self._frozen, FlatIndex()

    def _layers(self) -> tuple[Segment, FlatIndex, FlatIndex, Numbers]:
        with self._changing:
            return self._segment, self._frozen, self._delta, self._gone


def _without(hits: Hits, gone: Numbers) -> Hits:
    if not len(gone) or not len(hits):
        return hits
    kept = ~np.isin(hits.id, gone)
    return Hits(hits.query_index[kept], hits.id[kept], hits.distance[kept])


def _merged(
    segment: Segment, gone: Numbers, added: Numbers, bits: NDArray[np.uint8], seed: int | None, threads: int
) -> Segment:
    ids, words = segment.rows()
    if len(gone):
        kept = ~np.isin(ids, gone)
        ids, words = ids[kept], words.reshape(-1, 4)[kept].reshape(-1)
    if seed is not None and seed != segment.seed:
        words = permuted(unpermuted(words, segment.seed), seed, threads=threads)
    chosen = segment.seed if seed is None else seed
    fresh: Words = permuted(bits, chosen, threads=threads) if len(added) else np.empty(0, dtype=np.uint64)
    return Segment.build_permuted(
        np.concatenate([ids, added]), np.concatenate([words, fresh]), seed=chosen, threads=threads
    )


def _verify(segment: Segment) -> None:
    """Ask for rows of its own at every distance from the very same to the edge."""
    verify_recall(segment, *segment.sample(RECALL_SAMPLE))
