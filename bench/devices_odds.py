"""From peaks of known truth to a table of likelihood ratios: counts by range of PCE, pooled until they rise, never more than was tried."""

from __future__ import annotations

import math

from clew.matching.device_odds import PCE_SPREAD_MIN

EDGES = (0, 10, 15, 20, 100)


def ratio_table(same, other):
    """Rows (PCE from, log10 ratio) with the counts behind them. Half a count is added to each, so that what was never met is not impossible."""
    kept = [[peak.pce for peak in peaks if peak.pce_spread >= PCE_SPREAD_MIN] for peaks in (same, other)]
    pools = []
    for edge, end in zip(EDGES, (*EDGES[1:], math.inf), strict=True):
        pools.append([edge, *(sum(edge <= pce < end for pce in peaks) for peaks in kept)])
    at = 1
    while at < len(pools):
        # A range that is likelier than the one above it is one range with it: the ratio must rise with the peak.
        if log10(pools[at], same, other) < log10(pools[at - 1], same, other):
            edge, *counts = pools[at - 1]
            pools[at - 1 : at + 1] = [[edge, *(one + two for one, two in zip(counts, pools[at][1:], strict=True))]]
            at = max(1, at - 1)
        else:
            at += 1
    return {
        "same": len(same),
        "other": len(other),
        "rows": [[edge, round(log10([edge, one, two], same, other), 2), one, two] for edge, one, two in pools],
    }


def log10(pool, same, other):
    _edge, one, two = pool
    return math.log10((one + 0.5) / (len(same) + 1)) - math.log10((two + 0.5) / (len(other) + 1))
