"""Chains: runs on neighbouring diagonals that follow on one another, and the path through them on which two sounds agree best."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.matching.sound_scan import UNTELLING_BITS
from clew.matching.sound_telling import Items

Runs = NDArray[np.int64]
#: A re-timed sound steps to the next diagonal, or skips one.
_STEP_MAX = 2
#: Items of a gap that a piece goes across: five seconds, a pause or a disturbance.
_GAP_ITEMS_MAX = 40
#: Items over which the best diagonal is chosen, and an end is judged.
_SMOOTH_ITEMS, _END_ITEMS = 16, 6
#: Where more bits than this differ at an end, the piece ends earlier.
_END_ERROR_MAX = 0.28
#: Diagonals of one chain: an hour played one percent faster.
_DIAGONALS_MAX = 300


@dataclass(frozen=True, slots=True)
class Chain:
    """Items from and to (not included) in the asked sound, and the diagonals that runs lie on, in order."""

    start: int
    stop: int
    diagonals: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Path:
    """The first and the last item of the asked sound that agree, on which diagonals, and the share of bits that differ."""

    first: int
    last: int
    first_diagonal: int
    last_diagonal: int
    bit_error: float


def chained(runs: Runs) -> list[Chain]:
    """The chains that runs, rows (diagonal, from, to), make up."""
    by_diagonal: dict[int, list[int]] = defaultdict(list)
    for at, diagonal in enumerate(runs[:, 0].tolist()):
        by_diagonal[diagonal].append(at)
    group = list(range(len(runs)))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    for diagonal, places in by_diagonal.items():
        near = [other for step in range(_STEP_MAX + 1) for other in by_diagonal.get(diagonal + step, ())]
        starts, stops = runs[near, 1], runs[near, 2]
        for at in places:
            touches = (starts <= runs[at, 2] + _GAP_ITEMS_MAX) & (stops + _GAP_ITEMS_MAX >= runs[at, 1])
            for other in np.flatnonzero(touches).tolist():
                group[root(near[other])] = root(at)
    members: dict[int, list[int]] = defaultdict(list)
    for at in range(len(runs)):
        members[root(at)].append(at)
    return [_chain(runs[chosen]) for chosen in members.values()]


def _chain(runs: Runs) -> Chain:
    # Of very many diagonals those with the longest runs.
    longest = runs[np.argsort(runs[:, 1] - runs[:, 2], kind="stable")[:_DIAGONALS_MAX]]
    return Chain(int(runs[:, 1].min()), int(runs[:, 2].max()), np.unique(longest[:, 0]))


def path_of(
    chain: Chain, asked: Items, held: Items, asked_tells: NDArray[np.uint8], held_tells: NDArray[np.uint8]
) -> Path | None:
    """The path of a chain on which fewest bits differ, without ends that do not agree; None where nothing is left."""
    at = np.arange(chain.start, chain.stop)
    best = np.full(len(at), np.inf)
    errors, diagonals = np.full(len(at), UNTELLING_BITS, dtype=np.int64), np.zeros(len(at), dtype=np.int64)
    tells = np.zeros(len(at), dtype=bool)
    for diagonal in chain.diagonals.tolist():
        there = at + diagonal
        inside = (there >= 0) & (there < len(held))
        there = np.clip(there, 0, len(held) - 1)
        told = inside & (asked_tells[at] & held_tells[there]).astype(bool)
        wrong = np.where(told, np.bitwise_count(asked[at] ^ held[there]), UNTELLING_BITS).astype(np.int64)
        smooth = _smoothed(wrong, _SMOOTH_ITEMS)
        smooth[~inside] = np.inf
        better = smooth < best
        best[better], errors[better], diagonals[better], tells[better] = (
            smooth[better],
            wrong[better],
            diagonal,
            told[better],
        )
    agree = np.flatnonzero(tells & (_smoothed(errors, _END_ITEMS) <= 32 * _END_ERROR_MAX))
    if not len(agree):
        return None
    first, last = int(agree[0]), int(agree[-1])
    counted = tells[first : last + 1]
    error = float(errors[first : last + 1][counted].mean()) / 32
    return Path(int(at[first]), int(at[last]), int(diagonals[first]), int(diagonals[last]), error)


def _smoothed(values: NDArray[np.int64], items: int) -> NDArray[np.float64]:
    """The mean over so many items around each; fewer at the ends."""
    sums = np.concatenate([[0], np.cumsum(values)])
    places = np.arange(len(values))
    first, last = np.maximum(places - items // 2, 0), np.minimum(places + items // 2 + 1, len(values))
    means: NDArray[np.float64] = (sums[last] - sums[first]) / (last - first)
    return means
