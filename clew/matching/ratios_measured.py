"""Measuring a ratio table from pairs whose truth is known: counted in bins of equal numbers, then pooled until the ratio runs one way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.matching.evidence_sources import SOURCES, Source
from clew.matching.pooled import Counted, pooled_counts
from clew.matching.ratio_table import Parameter, RatioStep, RatiosUnusable, RatioTable

#: Fewer pairs of either kind measure nothing; a bin has at least so many of one kind.
PAIRS_MIN, BIN_PAIRS_MIN = 30, 10
#: Bins that are cut from either kind of pairs before they are pooled.
BINS_MAX = 24
#: Standard deviations of an interval of 95 %.
WIDTH = 1.96

Statistics = NDArray[np.float64]


def measured(
    source: Source,
    same: Any,
    different: Any,
    *,
    version: str,
    parameters: Mapping[str, Parameter],
    data_set: str,
    measured_on: str,
) -> RatioTable:
    """The table from statistics of same and of different pairs. Raises RatiosUnusable where there are fewer than `PAIRS_MIN` of either."""
    same, different = (np.asarray(each, dtype=np.float64).reshape(-1) for each in (same, different))
    if min(len(same), len(different)) < PAIRS_MIN:
        raise RatiosUnusable(reason=f"fewer than {PAIRS_MIN} pairs of a kind were measured")
    if not (np.isfinite(same).all() and np.isfinite(different).all()):
        raise RatiosUnusable(reason="a statistic is not a number")
    edges = np.unique(np.concatenate([_edges(same), _edges(different)]))
    counts = [_counts(each, edges) for each in (same, different)]
    rises = SOURCES[source].rises
    if not rises:
        counts = [each[::-1] for each in counts]
    for each in counts:
        # Where data end: one pair of either kind more, as if it had been the next (rule of succession, at both ends).
        each[0] += 1
        each[-1] += 1
    blocks = pooled_counts(counts[0].tolist(), counts[1].tolist())
    totals = len(same) + 2, len(different) + 2
    steps = [_step(block, edges, rises, totals) for block in blocks]
    ordered = tuple(sorted(steps, key=lambda step: step.from_statistic))
    return RatioTable(source, version, dict(parameters), data_set, measured_on, len(same), len(different), ordered)


def _edges(statistics: Statistics) -> Statistics:
    bins = max(1, min(BINS_MAX, len(statistics) // BIN_PAIRS_MIN))
    edges: Statistics = np.quantile(statistics, np.arange(bins) / bins, method="lower")
    return edges


def _counts(statistics: Statistics, edges: Statistics) -> NDArray[np.int64]:
    places = np.maximum(np.searchsorted(edges, statistics, side="right") - 1, 0)
    return np.bincount(places, minlength=len(edges)).astype(np.int64)


def _step(block: Counted, edges: Statistics, rises: bool, totals: tuple[int, int]) -> RatioStep:
    """The interval is that of a ratio of two shares (Katz and others 1978)."""
    ratio = (block.same / totals[0]) / (block.different / totals[1])
    variance = 1 / block.same - 1 / totals[0] + 1 / block.different - 1 / totals[1]
    spread = WIDTH * math.sqrt(max(0.0, variance)) / math.log(10)
    log10_ratio = math.log10(ratio)
    start = block.first if rises else len(edges) - 1 - block.last
    return RatioStep(
        from_statistic=float(edges[start]),
        same=block.same,
        different=block.different,
        log10_ratio=round(log10_ratio, 4),
        log10_low=round(log10_ratio - spread, 4),
        log10_high=round(log10_ratio + spread, 4),
    )
