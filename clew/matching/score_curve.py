"""The curve of a score: what the sum of counted evidence is worth in fact, as measured on pairs whose truth is known.

The strongest of several dependent sources is strong by luck too, and bounds cut what others say, so a sum of honest parts is a little off. A
straight line in log-odds sets it right (logistic calibration: Platt 1999; for likelihood ratios Brümmer and du Preez 2006). Two numbers, told
with every score.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from clew.matching.ratio_table import RatiosUnusable
from clew.matching.ratios_measured import PAIRS_MIN

#: Rounds of Newton's method, and how near to the answer they stop.
_ROUNDS, _NEAR = 50, 1e-9


@dataclass(frozen=True, slots=True)
class ScoreCurve:
    """The evidence is worth `offset_log10 + slope * sum`. Without a measurement: the sum itself, from no pairs."""

    slope: float = 1.0
    offset_log10: float = 0.0
    same: int = 0
    different: int = 0
    data_set: str = ""
    measured_on: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.offset_log10) and self.slope > 0):
            raise RatiosUnusable(reason="more evidence would lower the score")

    def worth(self, log10_sum: float) -> float:
        """log10 of the likelihood ratio that a sum of counted evidence is worth."""
        return self.offset_log10 + self.slope * log10_sum

    def as_json(self) -> dict[str, Any]:
        """The curve as plain values; `ScoreCurve(**told)` reads them."""
        return asdict(self)


def measured_curve(same: Any, different: Any, *, data_set: str, measured_on: str) -> ScoreCurve:
    """The curve from the sums (log10) of same and of different pairs, both kinds weighing alike.

    Raises RatiosUnusable for fewer than `PAIRS_MIN` pairs of a kind, and where sums say nothing or the opposite of the truth.
    """
    same, different = (np.asarray(each, dtype=np.float64).reshape(-1) for each in (same, different))
    if min(len(same), len(different)) < PAIRS_MIN:
        raise RatiosUnusable(reason=f"fewer than {PAIRS_MIN} pairs of a kind were measured")
    sums = np.concatenate([same, different]) * math.log(10)
    truth = np.repeat([1.0, 0.0], [len(same), len(different)])
    weights = np.repeat([0.5 / len(same), 0.5 / len(different)], [len(same), len(different)])
    rows = np.stack([np.ones_like(sums), sums], axis=1)
    numbers = np.array([0.0, 1.0])
    # Where both kinds lie wholly apart no slope is steep enough; a pair of either kind as prior keeps it near one.
    prior = np.array([1e-9, 1.0 / (len(same) + len(different))])
    for _ in range(_ROUNDS):
        expected = 1 / (1 + np.exp(-np.clip(rows @ numbers, -700, 700)))
        slopes = rows.T @ (weights * (truth - expected)) - prior * (numbers - [0.0, 1.0])
        curvature = (rows * (weights * expected * (1 - expected))[:, None]).T @ rows + np.diag(prior)
        step = np.clip(np.linalg.solve(curvature, slopes), -1.0, 1.0)
        numbers += step
        if np.abs(step).max() < _NEAR:
            break
    offset, slope = numbers.tolist()
    return ScoreCurve(
        round(slope, 4), round(offset / math.log(10), 4), len(same), len(different), data_set, measured_on
    )
