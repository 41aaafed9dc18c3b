"""Hits: what any index answers, so that a flat index, and segments of other kinds, can be asked alike and answer as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.bits import Bytes, as_bits
from clew.matching.errors import RowsRefused

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Pairs of a query and a held row, as three arrays of one length, sorted by query, then distance, then id."""

    query_index: Numbers
    id: Numbers
    distance: Numbers

    def __len__(self) -> int:
        return len(self.id)

    @classmethod
    def sorted(cls, query_index: Numbers, ids: Numbers, distance: Numbers) -> Hits:
        """The hits in their order."""
        order = np.lexsort((ids, distance, query_index))
        return cls(query_index[order], ids[order], distance[order])

    @classmethod
    def merged(cls, answers: Sequence[Hits]) -> Hits:
        """The answers of several indexes to the same queries, as one."""
        met = [hits for hits in answers if len(hits)]
        # Most questions meet nothing, or meet it in one index only: those need no sorting.
        if len(met) <= 1:
            empty = np.empty(0, dtype=np.int64)
            return met[0] if met else cls(empty, empty, empty)
        return cls.sorted(
            np.concatenate([hits.query_index for hits in met]),
            np.concatenate([hits.id for hits in met]),
            np.concatenate([hits.distance for hits in met]),
        )


class HammingIndex(Protocol):
    """Held hashes that can be asked for all rows within a distance; every implementation is exact."""

    def __len__(self) -> int: ...

    def search(self, queries: Any, distance_max: int = PDQ_DISTANCE_MAX) -> Hits:
        """All held rows at `distance_max` bits or nearer to each query, (m, 32) bytes."""


@dataclass(frozen=True, slots=True)
class OrientedHit:
    """A held row found by one picture, with the orientation in which it lies nearest."""

    id: int
    distance: int
    orientation: str


def search_oriented(
    index: HammingIndex, orientations: Mapping[str, Bytes], distance_max: int = PDQ_DISTANCE_MAX
) -> list[OrientedHit]:
    """What one picture finds in any of its orientations (name -> hash of 32 bytes), nearest first, each id once.

    Where two orientations lie equally near, the one given first is named: callers put the original first.
    """
    if not orientations:
        return []
    queries = np.concatenate([as_bits(bits) for bits in orientations.values()])
    if len(queries) != len(orientations):
        raise RowsRefused(reason="each orientation has one hash")
    hits = index.search(queries, distance_max)
    # By distance, then orientation: the first time an id appears is its best.
    order = np.lexsort((hits.query_index, hits.distance))
    _, first = np.unique(hits.id[order], return_index=True)
    best = order[first]
    best = best[np.lexsort((hits.id[best], hits.distance[best]))]
    names = list(orientations)
    return [OrientedHit(int(hits.id[at]), int(hits.distance[at]), names[hits.query_index[at]]) for at in best]
