"""Links between media as clusters are made of: whole thousandths of a power of ten, so that no sum depends on the order in which it was made.

Links say for each pair how likely one series is; officers say which pairs are one series and which are not. Where officers contradict each
other, what is kept apart stays apart, and the contradiction is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Pair = tuple[int, int]
Members = tuple[int, ...]


class Link(NamedTuple):
    """Two media and log10 of the odds that they are of one series; below zero where more speaks against it."""

    first: int
    second: int
    log10_odds: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What a cluster must satisfy. Each is a default of configuration and belongs to every proposal made with it."""

    #: No single pair counts for more, whatever its odds: two copies in two series must not join them.
    link_log10_max: float = 4.0
    #: What a pair says that nothing was proposed for: log10 of the share of one series' pairs for which nothing is. Below zero.
    absent_log10: float = -0.25
    #: A pair against which so much speaks stays apart, as if an officer had said so.
    apart_log10: float = -2.0
    #: All pairs between two clusters together, on the average, must speak for one series by so much.
    mean_log10_min: float = 0.0
    #: More than this share of the smaller cluster's media must have a link of their own into the other.
    supported_share_min: float = 0.5
    #: And those links must meet so many media there (fewer where the smaller is smaller): one alone carries nothing.
    carriers_min: int = 2


@dataclass(frozen=True, slots=True)
class Decided:
    """What officers decided: pairs of one series, pairs that are not, and confirmed series by name with their media."""

    together: frozenset[Pair] = frozenset()
    apart: frozenset[Pair] = frozenset()
    series: Mapping[str, Members] = field(default_factory=dict)


def pair_of(first: int, second: int) -> Pair:
    """The pair, lower number first."""
    return (first, second) if first < second else (second, first)


def pairs_of(pairs: Iterable[Pair]) -> frozenset[Pair]:
    """Pairs in any order and direction, for `Decided`."""
    return frozenset(pair_of(*pair) for pair in pairs if pair[0] != pair[1])


def milli(log10: float) -> int:
    """Thousandths of a power of ten."""
    return round(1000 * log10)


@dataclass(frozen=True, slots=True)
class LinkTable:
    """For each media its neighbours with what the pair says, in thousandths; and with whom it must not be together."""

    weights: dict[int, dict[int, int]]
    apart: dict[int, set[int]]

    @classmethod
    def of(cls, links: Iterable[Link], decided: Decided, rules: Rules) -> LinkTable:
        """Of a pair that is linked twice the weaker link counts: what speaks against is never lost."""
        bound, apart_below = milli(rules.link_log10_max), milli(rules.apart_log10)
        weights: dict[int, dict[int, int]] = defaultdict(dict)
        for first, second, log10_odds in links:
            if first == second:
                continue
            weight = min(bound, max(-bound, milli(log10_odds)))
            weight = min(weight, weights[first].get(second, weight))
            weights[first][second] = weights[second][first] = weight
        apart: dict[int, set[int]] = defaultdict(set)
        together = pairs_of(decided.together)
        contradicted = {
            (first, second)
            for first, row in weights.items()
            for second, weight in row.items()
            if first < second and weight <= apart_below and (first, second) not in together
        }
        for first, second in pairs_of(decided.apart) | contradicted:
            apart[first].add(second)
            apart[second].add(first)
        return cls(dict(weights), dict(apart))

    def borne_out(self) -> dict[Pair, int]:
        """Of each linked pair, how many third media have a link that speaks for it to both; pairs without one are left out."""
        near = {member: {other for other, weight in row.items() if weight > 0} for member, row in self.weights.items()}
        found = {}
        for first, others in near.items():
            for second in others:
                if first < second and (count := len(others & near[second])):
                    found[first, second] = count
        return found
