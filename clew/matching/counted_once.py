"""Counted once: of evidence that rests on the same fact, which is in the sum.

Of all ways to choose pieces of which no two share a group, the one that says most is taken; separately for what speaks for and for what speaks
against. With at most ten sources an exact search is small. Choosing by greed instead could let more support lower a score.
"""

from __future__ import annotations

from collections.abc import Sequence

from clew.matching.evidence_sources import Source, shared_groups

#: Evidence as far as it matters here: its source, and log10 of its ratio.
Said = tuple[Source, float]


def counted_once(said: Sequence[Said]) -> list[int]:
    """For each piece the place of the one that is counted for it: its own, or that of the strongest counted one on its side which it depends on."""
    counted = list(range(len(said)))
    for side in (1, -1):
        places = [at for at, (_source, log10_ratio) in enumerate(said) if log10_ratio * side > 0]
        # The strongest first; of equal ones the one that came first.
        places.sort(key=lambda at: (-abs(said[at][1]), at))
        # A source that speaks twice is counted at most once, so only its strongest can be in the sum.
        strongest = {said[at][0]: at for at in reversed(places)}
        _total, chosen = _most(said, tuple(at for at in places if strongest[said[at][0]] == at))
        for at in places:
            if at not in chosen:
                counted[at] = next(other for other in chosen if _depend(said[at], said[other]))
    return counted


def _depend(one: Said, other: Said) -> bool:
    return bool(shared_groups(one[0], other[0]))


def _most(said: Sequence[Said], places: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
    """The largest sum of independent pieces among these places, and which they are, the strongest first."""
    if not places:
        return 0.0, ()
    first, rest = places[0], places[1:]
    free = tuple(at for at in rest if not _depend(said[first], said[at]))
    total, chosen = _most(said, free)
    taken = total + abs(said[first][1]), (first, *chosen)
    if len(free) == len(rest):
        return taken
    left = _most(said, rest)
    return left if left[0] > taken[0] else taken
