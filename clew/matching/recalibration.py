"""Recalibration: what officers confirmed and rejected moves the ratios that were measured, as far as they outweigh the measurement.

Judged pairs are those that were proposed, not a fair draw of all pairs. So they are not counted with the measured ones: each is held against
the probability under which it was proposed, by all other evidence, and a step moves where outcomes and expectation differ (a logistic
offset, the measured interval as its prior). Every recalibration begins from the measured table with all that was judged since.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from clew.matching.evidence import probability_of
from clew.matching.pooled import pooled_means
from clew.matching.ratio_table import RatioStep, RatiosUnusable, RatioTable
from clew.matching.ratios_measured import WIDTH

#: A step moves only where so many pairs on it were judged: a handful of decisions is no measurement.
JUDGED_PAIRS_MIN = 20
#: A decision counts for less than a known truth: officers err, and they saw the score.
JUDGED_WEIGHT = 0.5
#: Rounds of Newton's method in which an offset is found; each doubles the digits.
_ROUNDS = 60
_LN10 = math.log(10)


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that officers decided: the source's statistic, and log10 of the odds by all other evidence (`Score.without`)."""

    statistic: float
    log10_odds_else: float


def recalibrated(
    table: RatioTable, confirmed: Iterable[Judged], rejected: Iterable[Judged], *, weight: float = JUDGED_WEIGHT
) -> RatioTable:
    """The measured table moved by what was judged; itself where too little was.

    No ratio goes beyond what the measured pairs could say at most. Raises RatiosUnusable for a table that was moved already.
    """
    if table.revision:
        raise RatiosUnusable(reason="it was recalibrated before; begin from the measured one with all decisions")
    judged: dict[RatioStep, list[tuple[Judged, bool]]] = defaultdict(list)
    for pairs, is_same in ((confirmed, True), (rejected, False)):
        for pair in pairs:
            judged[table.step_of(pair.statistic)].append((pair, is_same))
    moved = [_moved(step, judged[step], weight) for step in table.steps]
    if not any(step.judged for step in moved):
        return table
    rises = table.steps[-1].log10_ratio >= table.steps[0].log10_ratio
    low, high = -math.log10(table.same + 1), math.log10(table.different + 1)
    ratios = _in_order(moved, rises)
    steps = tuple(
        _shifted(step, round(min(high, max(low, ratio)), 4)) for step, ratio in zip(moved, ratios, strict=True)
    )
    return replace(table, steps=steps, revision=table.revision + 1, follows=table.digest)


def _moved(step: RatioStep, judged: Sequence[tuple[Judged, bool]], weight: float) -> RatioStep:
    """The step after its judged pairs, its interval narrower by what they say."""
    if len(judged) < JUDGED_PAIRS_MIN:
        return step
    # A step that rests on very many pairs still may move a little: a hundredth of a power of ten.
    spread = max(0.01, (step.log10_high - step.log10_low) / 2 / WIDTH) * _LN10
    offset, curvature = 0.0, 0.0
    for _ in range(_ROUNDS):
        slope, curvature = -offset / spread**2, 1 / spread**2
        for pair, is_same in judged:
            expected = probability_of(pair.log10_odds_else + step.log10_ratio + offset / _LN10)
            slope += weight * (is_same - expected)
            curvature += weight * expected * (1 - expected)
        # At most one unit at a time: far from the answer Newton's step may be too long.
        offset += max(-1.0, min(1.0, slope / curvature))
    middle, half = step.log10_ratio + offset / _LN10, WIDTH / math.sqrt(curvature) / _LN10
    return replace(
        step,
        log10_ratio=middle,
        log10_low=round(middle - half, 4),
        log10_high=round(middle + half, 4),
        judged=len(judged),
    )


def _in_order(steps: Sequence[RatioStep], rises: bool) -> list[float]:
    """The ratios as near to these as they can be while they run one way, the surer ones moved less."""
    ordered = steps if rises else steps[::-1]
    widths = [max(0.01, step.log10_high - step.log10_low) for step in ordered]
    ratios = pooled_means([step.log10_ratio for step in ordered], [1 / width**2 for width in widths])
    return ratios if rises else ratios[::-1]


def _shifted(step: RatioStep, ratio: float) -> RatioStep:
    by = ratio - step.log10_ratio
    return replace(
        step, log10_ratio=ratio, log10_low=round(step.log10_low + by, 4), log10_high=round(step.log10_high + by, 4)
    )
