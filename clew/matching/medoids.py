"""Medoids: hashes covered by as few of them as a greedy choice finds, each within the radius of the one that stands for it.

A chain of near-duplicates leads from one picture to quite another, each step short. So nothing is ever joined to a neighbour of a
neighbour: whoever belongs to a medoid lies within the radius of the medoid itself. Choosing the hash that covers most of what is left,
again and again, is Chvátal's greedy cover (Mathematics of Operations Research 4, 1979).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import STACK_DISTANCE_MAX
from clew.matching.bits import Bytes, as_bits
from clew.matching.errors import RowsRefused
from clew.matching.hits import Numbers
from clew.matching.join import join
from clew.matching.segment import Segment

Apart = Iterable[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of ids that lie near, as three arrays of one length: each pair once, the lesser id first, with its least distance."""

    left: Numbers
    right: Numbers
    distance: Numbers

    @classmethod
    def of(cls, left: Any, right: Any, distance: Any) -> Pairs:
        """The pairs, whichever way round and however often they are told."""
        one, other, far = (np.asarray(column, dtype=np.int64).reshape(-1) for column in (left, right, distance))
        lesser, greater = np.minimum(one, other), np.maximum(one, other)
        kept = np.lexsort((far, greater, lesser))
        kept = kept[lesser[kept] != greater[kept]]
        is_first = np.ones(len(kept), dtype=bool)
        is_first[1:] = (lesser[kept][1:] != lesser[kept][:-1]) | (greater[kept][1:] != greater[kept][:-1])
        kept = kept[is_first]
        return cls(lesser[kept], greater[kept], far[kept])

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """For each id, ascending, the medoid that stands for it (itself where it is one) and how far off that is, in bits."""

    ids: Numbers
    medoids: Numbers
    distances: Numbers

    def stacks(self) -> dict[int, list[int]]:
        """The ids of each medoid, ascending."""
        found: dict[int, list[int]] = defaultdict(list)
        for id_, medoid in zip(self.ids.tolist(), self.medoids.tolist(), strict=True):
            found[medoid].append(id_)
        return dict(found)


def pairs_within(
    ids: Any, bits: Any, radius: int = STACK_DISTANCE_MAX, *, asked: tuple[Any, Any] | None = None, threads: int = 1
) -> Pairs:
    """All pairs of ids with hashes, (n,) and (n, 32) bytes, within the radius in bits; exact. An id may have several hashes.

    `asked` are further ids and hashes that ask and are not asked for: the same pictures turned and mirrored.
    """
    numbers, rows = _rows(ids, bits)
    asking, questions = (numbers, rows) if asked is None else _joined((numbers, rows), _rows(*asked))
    hits = join(Segment.build(numbers, rows, threads=threads), questions, radius, threads=threads)
    return Pairs.of(asking[hits.query_index], hits.id, hits.distance)


def cover(ids: Any, pairs: Pairs, *, apart: Apart = (), held: Mapping[int, Iterable[int]] | None = None) -> Cover:
    """Choose medoids for these ids from the pairs that lie within the radius; the same whatever order they come in.

    No two ids that are `apart` share a medoid. `held` are medoids that stand already, with the ids that are theirs: a new id joins the
    nearest of them that it may, and their medoids stay what they are. Raises RowsRefused where an id is told twice or is held already.
    """
    numbers = np.unique(np.asarray(ids, dtype=np.int64))
    if len(numbers) != np.asarray(ids).size:
        raise RowsRefused(reason="a number is told twice")
    work = _Cover(numbers, pairs, apart)
    work.join_held(held or {})
    work.choose()
    work.draw_nearer()
    return Cover(numbers, work.medoids, work.distances)


class _Cover:
    """One cover at work."""

    def __init__(self, ids: Numbers, pairs: Pairs, apart: Apart) -> None:
        self._ids, self._pairs = ids, pairs
        self.medoids: Numbers = np.full(len(ids), -1, dtype=np.int64)
        self.distances: Numbers = np.zeros(len(ids), dtype=np.int64)
        self._placed = np.zeros(len(ids), dtype=bool)
        self._apart: dict[int, set[int]] = defaultdict(set)
        for one, other in apart:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def join_held(self, held: Mapping[int, Iterable[int]]) -> None:
        """Place what lies near a medoid that stands already, the nearest pairs first."""
        members = {medoid: {medoid, *theirs} for medoid, theirs in held.items()}
        if any(len(self._at(np.fromiter(theirs, dtype=np.int64))) for theirs in members.values()):
            raise RowsRefused(reason="a number is held already")
        medoids = np.fromiter(members, dtype=np.int64)
        found = []
        for new, old in ((self._pairs.left, self._pairs.right), (self._pairs.right, self._pairs.left)):
            which = np.flatnonzero(np.isin(old, medoids) & np.isin(new, self._ids))
            found.append(np.stack([self._pairs.distance[which], new[which], old[which]]))
        distance, new, old = np.concatenate(found, axis=1)
        for at in np.lexsort((old, new, distance)).tolist():
            place, theirs = int(np.searchsorted(self._ids, new[at])), members[int(old[at])]
            if not self._placed[place] and self._apart.get(int(new[at]), set()).isdisjoint(theirs):
                self._put(place, int(old[at]), int(distance[at]))
                theirs.add(int(new[at]))

    def choose(self) -> None:
        """Choose, again and again, the id that covers most of what is left; of two alike the lesser number."""
        starts, neighbours, distances = self._neighbours()
        gains = np.diff(starts)
        waiting = [(-gain, place) for place, gain in enumerate(gains.tolist()) if not self._placed[place]]
        heapq.heapify(waiting)
        while waiting:
            gain, place = heapq.heappop(waiting)
            if self._placed[place]:
                continue
            if -gain != gains[place]:
                heapq.heappush(waiting, (-int(gains[place]), place))
                continue
            around = slice(starts[place], starts[place + 1])
            taken = self._take(place, neighbours[around], distances[around])
            lost = [neighbours[starts[member] : starts[member + 1]] for member in taken]
            np.subtract.at(gains, np.concatenate(lost), 1)

    def _take(self, place: int, neighbours: Numbers, distances: Numbers) -> list[int]:
        """Make a medoid of one id and give it what is near and free, the nearest first; the places that were filled."""
        medoid, taken = int(self._ids[place]), [place]
        self._put(place, medoid, 0)
        theirs = {medoid}
        for at in np.flatnonzero(~self._placed[neighbours]).tolist():
            near = int(neighbours[at])
            kept_from = self._apart.get(int(self._ids[near]))
            if kept_from is None or kept_from.isdisjoint(theirs):
                self._put(near, medoid, int(distances[at]))
                theirs.add(int(self._ids[near]))
                taken.append(near)
        return taken

    def draw_nearer(self) -> None:
        """Give each id that is no medoid to the nearest of those just chosen; whoever is kept apart from anything stays where it is."""
        chosen = self._ids[self.medoids == self._ids]
        free = self._ids[np.isin(self.medoids, chosen) & ~np.isin(self._ids, [*self._apart, *chosen.tolist()])]
        sides = ((self._pairs.left, self._pairs.right), (self._pairs.right, self._pairs.left))
        which = [np.flatnonzero(np.isin(medoid, chosen) & np.isin(near, free)) for medoid, near in sides]
        medoids = np.concatenate([medoid[at] for (medoid, _near), at in zip(sides, which, strict=True)])
        places = np.searchsorted(
            self._ids, np.concatenate([near[at] for (_medoid, near), at in zip(sides, which, strict=True)])
        )
        far = np.concatenate([self._pairs.distance[at] for at in which])
        order = np.lexsort((medoids, far, places))
        places, first = np.unique(places[order], return_index=True)
        # The medoid each has now is among them, so none goes farther away.
        self.medoids[places], self.distances[places] = medoids[order][first], far[order][first]

    def _neighbours(self) -> tuple[Numbers, Numbers, Numbers]:
        """Of the ids not yet placed: where the neighbours of each begin, their places, and how far they are; the nearest first."""
        free = self._ids[~self._placed]
        which = np.flatnonzero(np.isin(self._pairs.left, free) & np.isin(self._pairs.right, free))
        left, right = (np.searchsorted(self._ids, column[which]) for column in (self._pairs.left, self._pairs.right))
        of, near = np.concatenate([left, right]), np.concatenate([right, left])
        far = np.tile(self._pairs.distance[which], 2)
        order = np.lexsort((near, far, of))
        starts = np.searchsorted(of[order], np.arange(len(self._ids) + 1))
        return starts, near[order], far[order]

    def _at(self, ids: Numbers) -> NDArray[np.intp]:
        return np.flatnonzero(np.isin(self._ids, ids))

    def _put(self, place: int, medoid: int, distance: int) -> None:
        self.medoids[place], self.distances[place], self._placed[place] = medoid, distance, True


def _rows(ids: Any, bits: Any) -> tuple[Numbers, Bytes]:
    numbers = np.asarray(ids, dtype=np.int64).reshape(-1)
    rows = as_bits(bits) if len(numbers) else np.empty((0, 32), dtype=np.uint8)
    if len(numbers) != len(rows):
        raise RowsRefused(reason="there are not as many numbers as hashes")
    return numbers, rows


def _joined(one: tuple[Numbers, Bytes], other: tuple[Numbers, Bytes]) -> tuple[Numbers, Bytes]:
    return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])
