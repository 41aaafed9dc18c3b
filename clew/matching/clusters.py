"""Series from proposals: media that belong together by all that is known between them, and never by a chain of single links.

Clusters grow by average linkage over all pairs, those for which nothing was proposed too, which speak a little against (correlation
clustering's objective, met greedily). Two clusters become one only where most media of the smaller have a link of their own into the other.
Confirmed series never become one by themselves: that is proposed. The same links give the same clusters in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clew.matching.cluster_growth import Growth, Held
from clew.matching.cluster_links import Decided, Link, LinkTable, Members, Pair, Rules


class Hindrance(StrEnum):
    """Why two clusters that seem to belong together were not made one."""

    CONFIRMED = "both are series that officers confirmed"
    UNSUPPORTED = "too few media of the smaller one have a link of their own into the other"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Media that belong together, by number in order; `series` is the confirmed one it grew from, if any.

    `medoid` is the media that speaks most for the others; `median_log10` and `worst_log10` are of the linked pairs inside, zero where none is.
    """

    members: Members
    series: str | None
    medoid: int
    linked_pairs: int
    median_log10: float
    worst_log10: float


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """Two clusters, by their places in `Clustering.clusters`, for a person to decide on: all pairs' mean, and the strongest pair."""

    first: int
    second: int
    mean_log10: float
    strongest: Link
    why_apart: Hindrance


@dataclass(frozen=True, slots=True)
class Clustering:
    """The clusters by their first media, single media among them; proposals, strongest first; and decided pairs that others contradict."""

    clusters: tuple[Cluster, ...]
    proposals: tuple[MergeProposal, ...]
    contradicted: tuple[Pair, ...]
    rules: Rules

    def labels(self) -> dict[int, int]:
        """Media -> the place of its cluster."""
        return {member: place for place, cluster in enumerate(self.clusters) for member in cluster.members}


def clusters_of(
    media: Iterable[int],
    links: Iterable[Link],
    decided: Decided | None = None,
    *,
    rules: Rules | None = None,
    begun: Sequence[Members] = (),
) -> Clustering:
    """The clusters of these media, and of those that are linked or decided about.

    `begun` are clusters found before: they stay together where nobody has parted them, so that new media join or found without all being made
    anew. About n log n steps for n links.
    """
    decided, rules = decided or Decided(), rules or Rules()
    table = LinkTable.of(links, decided, rules)
    growth = Growth.begun(media, table, decided, rules, begun)
    growth.grow()
    held = sorted(growth.clusters(), key=lambda each: each.members[0])
    clusters = tuple(_cluster(each, table) for each in held)
    place = {member: at for at, cluster in enumerate(clusters) for member in cluster.members}
    return Clustering(clusters, _proposals(growth, clusters, place, table), growth.contradicted, rules)


def _cluster(held: Held, table: LinkTable) -> Cluster:
    within = set(held.members)
    spoken: dict[int, int] = {}
    weights: list[int] = []
    for member in held.members:
        row = table.weights.get(member, {})
        # The shorter of both is walked through: a media found everywhere has more links than its cluster has media.
        near = (
            [other for other in row if other in within] if len(row) <= len(within) else [n for n in within if n in row]
        )
        spoken[member] = sum(row[other] for other in near)
        weights += [row[other] for other in near if member < other]
    weights.sort()
    medoid = min(held.members, key=lambda member: (-spoken[member], member))
    median, worst = (weights[(len(weights) - 1) // 2], weights[0]) if weights else (0, 0)
    return Cluster(held.members, held.series, medoid, len(weights), median / 1000, worst / 1000)


def _proposals(
    growth: Growth, clusters: Sequence[Cluster], place: dict[int, int], table: LinkTable
) -> tuple[MergeProposal, ...]:
    found = []
    for one, other, mean in growth.hindered():
        first, second = sorted((place[one], place[other]))
        ours, theirs = clusters[first], clusters[second]
        is_confirmed = ours.series is not None and theirs.series is not None
        why = Hindrance.CONFIRMED if is_confirmed else Hindrance.UNSUPPORTED
        found.append(MergeProposal(first, second, mean, _strongest(ours, theirs, place, table), why))
    return tuple(sorted(found, key=lambda each: (-each.mean_log10, each.first, each.second)))


def _strongest(ours: Cluster, theirs: Cluster, place: dict[int, int], table: LinkTable) -> Link:
    smaller, larger = sorted((ours, theirs), key=lambda each: (len(each.members), each.members))
    wanted = place[larger.members[0]]
    links = [
        Link(member, other, weight / 1000)
        for member in smaller.members
        for other, weight in table.weights.get(member, {}).items()
        if place[other] == wanted
    ]
    return min(links, key=lambda link: (-link.log10_odds, min(link[:2]), max(link[:2])))
