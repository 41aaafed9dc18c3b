"""Reasons of a cluster: why two media are in one, as the path between them whose weakest link is strongest."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from heapq import heappop, heappush

from clew.matching.cluster_links import Decided, Link, Members, pair_of, pairs_of


def why_together(
    members: Members, links: Iterable[Link], first: int, second: int, decided: Decided | None = None
) -> tuple[Link, ...]:
    """The links from the first to the second within the members, in their order; empty where no path is known.

    Of all paths the one whose weakest link is strongest, of those the shortest, of those the one over the lowest numbers. What officers said
    to be together is a link of infinite odds.
    """
    within = set(members)
    near: dict[int, dict[int, float]] = {member: {} for member in members}
    for one, other, log10_odds in links:
        if one in within and other in within and one != other:
            weaker = min(log10_odds, near[one].get(other, log10_odds))
            near[one][other] = near[other][one] = weaker
    for one, other in _said_together(members, decided or Decided()):
        near[one][other] = near[other][one] = float("inf")
    return _widest(near, first, second)


def _said_together(members: Members, decided: Decided) -> set[tuple[int, int]]:
    within = set(members)
    said = {pair for pair in pairs_of(decided.together) if within.issuperset(pair)}
    for series in decided.series.values():
        inside = sorted(within.intersection(series))
        said |= {pair_of(inside[0], member) for member in inside[1:]}
    return said


def _widest(near: dict[int, dict[int, float]], first: int, second: int) -> tuple[Link, ...]:
    """Dijkstra's way with the weakest link in place of a length."""
    done: set[int] = set()
    waiting: list[tuple[float, int, tuple[int, ...]]] = [(-float("inf"), 1, (first,))]
    while waiting:
        weakest, length, path = heappop(waiting)
        last = path[-1]
        if last == second:
            return tuple(Link(one, other, near[one][other]) for one, other in itertools.pairwise(path))
        if last in done or last not in near:
            continue
        done.add(last)
        for other, log10_odds in near[last].items():
            if other not in done and log10_odds > 0:
                heappush(waiting, (max(weakest, -log10_odds), length + 1, (*path, other)))
    return ()
