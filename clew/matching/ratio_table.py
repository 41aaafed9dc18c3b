"""Ratio tables: how many times likelier a statistic is where two media are of one series than where they are not, as measured, kept as JSON.

A table is a staircase: each step tells the pairs that it rests on and an interval. Beyond the last pairs nothing is extrapolated: the outer
steps hold, with one pair of either kind added that might have come next, so no step is ever certain.
"""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, ClassVar

from clew.kernel.errors import ClewError
from clew.matching.evidence_sources import Source

#: A value of a parameter under which statistics were made.
Parameter = str | int | float | bool


class RatiosUnusable(ClewError):
    """These likelihood ratios cannot be used: {reason}. Nothing was scored by them. Measure them anew."""

    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class RatioStep:
    """From this statistic on: pairs counted, log10 of the ratio, and its interval of 95 %. `judged` are pairs that officers decided since."""

    from_statistic: float
    same: int
    different: int
    log10_ratio: float
    log10_low: float
    log10_high: float
    judged: int = 0


@dataclass(frozen=True)
class RatioTable:
    """The ratios of one source in one version under parameters: on which data set and day they were measured, from how many pairs.

    `revision` is 0 as measured; a recalibrated table counts on, and names the digest of the one it `follows`.
    """

    source: Source
    version: str
    parameters: Mapping[str, Parameter]
    data_set: str
    measured_on: str
    same: int
    different: int
    steps: tuple[RatioStep, ...]
    revision: int = 0
    follows: str = ""

    def __post_init__(self) -> None:
        starts = [step.from_statistic for step in self.steps]
        if not starts or starts != sorted(set(starts)):
            raise RatiosUnusable(reason="its steps are not in order")
        numbers = [number for step in self.steps for number in (step.log10_low, step.log10_ratio, step.log10_high)]
        if not all(math.isfinite(number) for number in (*numbers, *starts)):
            raise RatiosUnusable(reason="a step of it is not a number")
        ratios = [step.log10_ratio for step in self.steps]
        if ratios not in (sorted(ratios), sorted(ratios, reverse=True)):
            raise RatiosUnusable(reason="its steps go up and down")

    def step_of(self, statistic: float) -> RatioStep:
        """The step on which a statistic lies; below the first one, the first."""
        if math.isnan(statistic):
            raise RatiosUnusable(reason="a statistic is not a number")
        return self.steps[max(0, bisect_right(self._starts, statistic) - 1)]

    @cached_property
    def _starts(self) -> list[float]:
        return [step.from_statistic for step in self.steps]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the table as JSON: what a proposal names."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """The table as text, its names in order; the same table gives the same text."""
        told = {**asdict(self), "parameters": dict(self.parameters)}
        return json.dumps(told, sort_keys=True, allow_nan=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> RatioTable:
        """The table of `to_json`. Raises RatiosUnusable for what is none."""
        try:
            told: dict[str, Any] = json.loads(text)
            steps = tuple(RatioStep(**step) for step in told.pop("steps"))
            return cls(source=Source(told.pop("source")), steps=steps, **told)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise RatiosUnusable(reason="it cannot be read") from None


def log10_lr(table: RatioTable, statistic: float) -> float:
    """log10 of the likelihood ratio that the table gives a statistic."""
    return table.step_of(statistic).log10_ratio
