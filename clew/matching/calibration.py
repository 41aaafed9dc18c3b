"""Calibration of a score: of pairs that it gives a probability, as many should be of one series. Expected against observed, and how far off."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from clew.matching.ratio_table import RatiosUnusable
from clew.matching.ratios_measured import WIDTH

BINS = 10


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Pairs with probabilities in one tenth: how many, the mean that was expected, the share that was observed, and its interval of 95 %."""

    pairs: int
    expected: float
    observed: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether what was expected lies in the interval of what was observed."""
        return self.low <= self.expected <= self.high


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well probabilities were met: the mean distance of expected and observed (expected calibration error), and Brier's score.

    Zero is best of both. Brier's score of a coin is 0.25.
    """

    pairs: int
    expected_error: float
    brier: float
    bins: tuple[CalibrationBin, ...]


def calibration_of(probabilities: Any, is_same: Any, *, bins: int = BINS) -> Calibration:
    """The calibration of (n,) probabilities whose truth is known, in bins of equal width; those without pairs are left out."""
    told, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(is_same, dtype=np.float64)
    if not len(told) or told.shape != truth.shape or not ((told >= 0) & (told <= 1)).all():
        raise RatiosUnusable(reason="there is not one probability for each truth")
    places = np.minimum((told * bins).astype(np.int64), bins - 1)
    found = tuple(_bin(told[places == at], truth[places == at]) for at in range(bins) if (places == at).any())
    error = sum(each.pairs * abs(each.expected - each.observed) for each in found) / len(told)
    return Calibration(len(told), float(error), float(np.mean((told - truth) ** 2)), found)


def _bin(told: Any, truth: Any) -> CalibrationBin:
    pairs, observed = len(told), float(truth.mean())
    low, high = wilson(observed, pairs)
    return CalibrationBin(pairs, float(told.mean()), observed, low, high)


def wilson(share: float, count: int) -> tuple[float, float]:
    """The interval of 95 % of a share of so many (Wilson 1927), which stays within 0 and 1 also for few."""
    squared = WIDTH**2
    middle = (share + squared / (2 * count)) / (1 + squared / count)
    half = WIDTH / (1 + squared / count) * math.sqrt(share * (1 - share) / count + squared / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)
