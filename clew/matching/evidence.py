"""Evidence that two media are of one series, and the one score made of it: log-odds, opened into its parts with words.

A part says how much likelier its statistic is with one series than without, by a measured table. Parts that speak against lower the score. Of
sources that rest on the same fact one is counted, on either side, and no source says more than its bounds. A score proposes; a person decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from clew.matching.counted_once import counted_once
from clew.matching.evidence_sources import SOURCES, Source, shared_groups
from clew.matching.ratio_table import Parameter, RatioTable
from clew.matching.score_curve import ScoreCurve

#: The way parts become a score; it changes whenever the same parts would give another one.
SCORE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: its source, statistic and log10 of the likelihood ratio within its bounds, with all that makes it again.

    `table` is the digest of the table, `version` that of the signature or method, `parameters` those in force for this pair.
    """

    source: Source
    statistic: float
    log10_ratio: float
    log10_low: float
    log10_high: float
    table: str
    version: str
    parameters: tuple[tuple[str, Parameter], ...] = ()

    @property
    def words(self) -> str:
        """What it says, for people."""
        told = f"{self.statistic:g} {SOURCES[self.source].statistic}"
        return f"{self.source.value}: {told}; {times_words(self.log10_ratio)}"


@dataclass(frozen=True, slots=True)
class Part:
    """Evidence in a score: whether it is in the sum itself, and the source that is, which is another where both rest on the same fact."""

    evidence: Evidence
    is_counted: bool
    counted_as: Source

    @property
    def words(self) -> str:
        """What it says, and why it is not counted where it is not."""
        if self.is_counted:
            return self.evidence.words
        shared = " and ".join(sorted(shared_groups(self.evidence.source, self.counted_as)))
        return f"{self.evidence.words} (not counted beside {self.counted_as.value}: both rest on {shared})"


@dataclass(frozen=True, slots=True)
class Score:
    """How likely one series is: log10 of the odds before any evidence and after, and the parts, those that speak against first.

    The odds are those before, times what the sum of counted parts is worth by the curve.
    """

    prior_log10_odds: float
    log10_odds: float
    parts: tuple[Part, ...]
    curve: ScoreCurve
    version: str = SCORE_VERSION

    @property
    def probability(self) -> float:
        """Of one series, if tables and prior are those of the collection."""
        return probability_of(self.log10_odds)

    def without(self, source: Source) -> float | None:
        """log10 of the odds by all else, for a pair that officers judged; None where the source was not counted or was held at its bound."""
        for part in self.parts:
            if part.evidence.source is source and part.is_counted:
                traits = SOURCES[source]
                is_free = traits.log10_min < part.evidence.log10_ratio < traits.log10_max
                return self.log10_odds - part.evidence.log10_ratio if is_free else None
        return None

    def as_json(self) -> dict[str, Any]:
        """The score as plain values, to be kept with its proposal."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Score:
        """The score of `as_json`, also after it was text."""
        parts = tuple(
            Part(_evidence_from(part["evidence"]), part["is_counted"], Source(part["counted_as"]))
            for part in told["parts"]
        )
        return cls(told["prior_log10_odds"], told["log10_odds"], parts, ScoreCurve(**told["curve"]), told["version"])


def evidence_of(table: RatioTable, statistic: float, parameters: Mapping[str, Parameter] | None = None) -> Evidence:
    """What a table says of a statistic, within the bounds of its source."""
    step, traits = table.step_of(statistic), SOURCES[table.source]
    low, ratio, high = (
        min(traits.log10_max, max(traits.log10_min, log10))
        for log10 in (step.log10_low, step.log10_ratio, step.log10_high)
    )
    kept = tuple(sorted((parameters or {}).items()))
    return Evidence(table.source, statistic, ratio, low, high, table.digest, table.version, kept)


def scored(prior_log10_odds: float, evidence: Iterable[Evidence], curve: ScoreCurve | None = None) -> Score:
    """The score of a pair. The order of the evidence does not matter; more support never lowers it, more contradiction never raises it."""
    ordered = sorted(
        evidence, key=lambda each: (each.log10_ratio, each.source, each.statistic, each.table, each.parameters)
    )
    counted = counted_once([(each.source, each.log10_ratio) for each in ordered])
    total = math.fsum(each.log10_ratio for at, each in enumerate(ordered) if counted[at] == at)
    curve = curve or ScoreCurve()
    parts = tuple(Part(each, counted[at] == at, ordered[counted[at]].source) for at, each in enumerate(ordered))
    return Score(prior_log10_odds, prior_log10_odds + curve.worth(total), parts, curve)


def prior_of(pairs_same: float, pairs_all: float) -> float:
    """log10 of the odds before any evidence: of all pairs that are compared, how many are thought to be of one series. Both above zero."""
    return math.log10(pairs_same / (pairs_all - pairs_same))


def probability_of(log10_odds: float) -> float:
    """The probability that odds mean, for odds of any size."""
    return 1 / (1 + 10 ** -max(-300.0, min(300.0, log10_odds)))


def times_words(log10_ratio: float) -> str:
    """A ratio in words: how many times likelier with one series, or without."""
    if abs(log10_ratio) < math.log10(1.1):
        return "says nothing either way"
    times = 10 ** abs(log10_ratio)
    told = f"{float(f'{times:.2g}'):,.1f}".removesuffix(".0")
    return f"{told} times likelier {'within' if log10_ratio > 0 else 'outside'} one series"


def _evidence_from(told: Mapping[str, Any]) -> Evidence:
    kept = tuple((name, value) for name, value in told["parameters"])
    return Evidence(**{**told, "source": Source(told["source"]), "parameters": kept})
