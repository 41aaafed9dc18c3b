"""Growing clusters: the pair of clusters that belongs together most becomes one, until no pair does.

Links that others bear out come first: media that both have a link to a third. A single strong link between two series, of a copy that lies in
both, would otherwise tear a media out of its own before that has formed.

Between two clusters a sum is held of what linked pairs say beyond what unlinked ones would, so that the mean over all pairs is known without
walking through them. A heap holds the means; what it says of a pair may be out of date, but never too little, and is looked at again when
its turn comes (lazy evaluation).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from clew.matching.cluster_links import Decided, LinkTable, Members, Pair, Rules, milli, pair_of, pairs_of


@dataclass(slots=True)
class _Part:
    """A cluster while it grows: its media, its series, and the clusters it must not join.

    Of each neighbour `sums` hold what linked pairs say, `borne` what third media add to the rank of that.
    """

    members: list[int]
    series: str | None = None
    sums: dict[int, int] = field(default_factory=dict)
    borne: dict[int, int] = field(default_factory=dict)
    apart: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Held:
    """A cluster as it is in the end."""

    members: Members
    series: str | None


class Growth:
    """Clusters under the number of one of their media. `begun` makes it, `grow` runs it."""

    def __init__(self, media: Iterable[int], table: LinkTable, rules: Rules) -> None:
        self._table, self._rules = table, rules
        self._absent, self._mean_min = milli(rules.absent_log10), milli(rules.mean_log10_min)
        self._parts = {number: _Part([number]) for number in sorted(media)}
        self._whose = {number: number for number in self._parts}
        for number, part in self._parts.items():
            part.sums = {other: weight - self._absent for other, weight in table.weights.get(number, {}).items()}
            part.apart = set(table.apart.get(number, ()))
        # Whatever a link says, one that a third media bears out ranks above one that none does.
        for (one, other), count in table.borne_out().items():
            rank = count * milli(rules.link_log10_max)
            self._parts[one].borne[other] = self._parts[other].borne[one] = rank
        self._hindered: set[Pair] = set()
        self.contradicted: tuple[Pair, ...] = ()

    @classmethod
    def begun(
        cls, media: Iterable[int], table: LinkTable, decided: Decided, rules: Rules, begun: Sequence[Members]
    ) -> Growth:
        """The state before anything grows: decided pairs and series together, then what was found before, as far as nobody parts it."""
        together = sorted(pairs_of(decided.together))
        groups = [*decided.series.values(), *begun]
        named = {member for members in groups for member in members}
        mentioned = {member for pair in (*together, *decided.apart) for member in pair}
        growth = cls({*media, *table.weights, *named, *mentioned}, table, rules)
        refused = []
        for name, members in sorted(decided.series.items()):
            refused += growth._confirm(name, sorted(set(members)))
        refused += [pair for pair in together if not growth._put_together(*pair)]
        for members in sorted(tuple(sorted(each)) for each in begun):
            for pair in _star(members):
                growth._put_together(*pair)
        growth.contradicted = tuple(sorted(set(refused)))
        return growth

    def grow(self) -> None:
        """Make clusters one, the nearest first; equal ones by their lowest numbers."""
        heap = [
            (-self._rank(number, other), number, other)
            for number, part in self._parts.items()
            for other in part.sums
            if number < other and self._stands(number, other)
        ]
        heapify(heap)
        while heap:
            told, one, other = heappop(heap)
            if one not in self._parts or other not in self._parts or not self._stands(one, other):
                continue
            now = -self._rank(one, other)
            if now > told:
                heappush(heap, (now, one, other))
                continue
            if not self._may_join(one, other):
                continue
            kept, near = self._join(one, other)
            for neighbour in near:
                if self._stands(kept, neighbour):
                    heappush(heap, (-self._rank(kept, neighbour), *pair_of(kept, neighbour)))

    def clusters(self) -> Iterator[Held]:
        """The clusters as they are now."""
        for part in self._parts.values():
            yield Held(tuple(sorted(part.members)), part.series)

    def hindered(self) -> Iterator[tuple[int, int, float]]:
        """Pairs of clusters, by one media of each, that stand by their mean but were not to be made one; with that mean as log10."""
        found = {pair_of(self._whose[one], self._whose[other]) for one, other in self._hindered}
        for one, other in sorted(found):
            if one != other and self._stands(one, other) and other not in self._parts[one].apart:
                yield one, other, self._mean(one, other) / 1000

    def _mean(self, one: int, other: int) -> float:
        """What a pair between both says on the average, in thousandths. Whole numbers divided once: the same on every machine."""
        ours = self._parts[one]
        return ours.sums[other] / (len(ours.members) * len(self._parts[other].members)) + self._absent

    def _rank(self, one: int, other: int) -> float:
        """By which clusters become one first."""
        ours = self._parts[one]
        told = ours.sums[other] + ours.borne.get(other, 0)
        return told / (len(ours.members) * len(self._parts[other].members))

    def _stands(self, one: int, other: int) -> bool:
        ours = self._parts[one]
        pairs = len(ours.members) * len(self._parts[other].members)
        return ours.sums.get(other, 0) > (self._mean_min - self._absent) * pairs

    def _may_join(self, one: int, other: int) -> bool:
        ours, theirs = self._parts[one], self._parts[other]
        if other in ours.apart:
            return False
        if (ours.series is not None and theirs.series is not None) or not self._is_supported(one, other):
            self._hindered.add((one, other))
            return False
        return True

    def _is_supported(self, one: int, other: int) -> bool:
        """Whether the median media of the smaller cluster has a link into the other that speaks for it, and not all to the same media there.

        A single copy of a picture in another series is linked with all that looks alike in this one.
        """
        smaller, larger = sorted((one, other), key=lambda each: (len(self._parts[each].members), each))
        members = self._parts[smaller].members
        linked, met = 0, set()
        for member in members:
            near = [
                n
                for n, weight in self._table.weights.get(member, {}).items()
                if weight > 0 and self._whose[n] == larger
            ]
            linked += bool(near)
            met.update(near)
        is_median = linked > self._rules.supported_share_min * len(members)
        return is_median and len(met) >= min(self._rules.carriers_min, len(members))

    def _confirm(self, name: str, members: Sequence[int]) -> list[Pair]:
        """Begin a confirmed series; the pairs that others contradict. A media that two series claim stays with the one named first."""
        free = [member for member in members if self._parts[self._whose[member]].series is None]
        refused = [pair for pair in _star(free) if not self._put_together(*pair)]
        if free:
            self._parts[self._whose[free[0]]].series = name
        anchor = (free or members)[:1]
        claimed = sorted(set(members) - set(free))
        return refused + [
            pair_of(first, member)
            for first in anchor
            for member in claimed
            if self._whose[first] != self._whose[member]
        ]

    def _put_together(self, first: int, second: int) -> bool:
        """One cluster of both, if nobody keeps any of their media apart; whether they are one now."""
        one, other = self._whose[first], self._whose[second]
        if one == other:
            return True
        ours, theirs = self._parts[one], self._parts[other]
        if other in ours.apart or (ours.series is not None and theirs.series is not None):
            return False
        self._join(one, other)
        return True

    def _join(self, one: int, other: int) -> tuple[int, list[int]]:
        """The smaller becomes part of the larger; the number that stays, and the neighbours whose sums grew."""
        gone, kept = sorted((one, other), key=lambda each: (len(self._parts[each].members), -each))
        small, large = self._parts.pop(gone), self._parts[kept]
        large.members += small.members
        large.series = large.series or small.series
        for member in small.members:
            self._whose[member] = kept
        large.sums.pop(gone, None)
        small.sums.pop(kept, None)
        for neighbour, total in small.sums.items():
            theirs = self._parts[neighbour].sums
            del theirs[gone]
            large.sums[neighbour] = theirs[kept] = large.sums.get(neighbour, 0) + total
        large.borne.pop(gone, None)
        small.borne.pop(kept, None)
        for neighbour, total in small.borne.items():
            theirs = self._parts[neighbour].borne
            del theirs[gone]
            large.borne[neighbour] = theirs[kept] = large.borne.get(neighbour, 0) + total
        for stranger in small.apart:
            others = self._parts[stranger].apart
            others.discard(gone)
            others.add(kept)
        large.apart |= small.apart
        return kept, list(small.sums)


def _star(members: Sequence[int]) -> Iterator[Pair]:
    """Pairs that hold all together around the first."""
    for member in members[1:]:
        yield members[0], member
