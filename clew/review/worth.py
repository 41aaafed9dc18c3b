"""Worth: in which order stacks are served, as a pure rule. Its weights are data (`worth.toml`), and every point has its reason in words."""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self

#: Of what looking at it may bring to light, in the words the desk shows.
_CLUES = {
    "position": "says where it was taken",
    "camera_serial": "names its camera or lens by number",
    "taken_at": "says when it was taken",
    "written_words": "has words written into it",
    "telling_name": "its name or folder may name somebody or some place",
}
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of the rule."""

    points: dict[str, int]
    terms: dict[str, int]
    facts: dict[str, tuple[str, ...]]
    general_words: frozenset[str]
    letters_min: int

    @classmethod
    def read(cls, text: str) -> Self:
        """The weights as the file says them."""
        table = tomllib.loads(text)
        return cls(
            table["points"],
            table["terms"],
            {name: tuple(told) for name, told in table["facts"].items()},
            frozenset(table["names"]["general"]),
            table["names"]["letters_min"],
        )


@cache
def weights() -> Weights:
    """The weights that come with Clew."""
    return Weights.read((files("clew.review") / "worth.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of a stack before anybody looked at it."""

    #: Series that its own organisation may know, by whether their victim is identified.
    series_identified: int = 0
    series_open: int = 0
    #: Files in the same folders, and how many of them are known or resemble something.
    files_beside: int = 0
    hits_beside: int = 0
    #: Which of the rule's kinds of facts its files have: position, camera_serial ...
    facts: frozenset[str] = frozenset()
    case_age_days: float = 0
    files: int = 1


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a stack is served when it is: which, how many points, and the number it rests on."""

    key: str
    points: int
    count: int = 0
    of: int = 0

    def as_json(self) -> dict[str, Any]:
        """As stacks keep it."""
        return asdict(self)

    @property
    def words(self) -> str:
        """The reason as the desk shows it."""
        if self.key in _CLUES:
            return (
                f"It {_CLUES[self.key]}."
                if not _CLUES[self.key].startswith("its")
                else f"{_CLUES[self.key].capitalize()}."
            )
        return {
            "victim_unknown": "No victim in it is identified, as far as you may know.",
            "series_open": "It is in a series whose victim is not identified.",
            "hits_beside": f"{self.count} of {self.of} files beside it are known or resemble something.",
            "case_recent": f"Its case is {self.count} days old.",
            "files_doubled": f"One look decides {self.count} files.",
        }[self.key]


def reasons_for(clues: Clues, by: Weights | None = None) -> list[Reason]:
    """Why a stack is worth looking at, the weightiest reason first; its worth is the sum of their points."""
    rule = by or weights()
    found = [*_of_victims(clues, rule), *_of_hits(clues, rule), *_of_the_rest(clues, rule)]
    return sorted((reason for reason in found if reason.points > 0), key=lambda reason: (-reason.points, reason.key))


def worth_of(reasons: Iterable[Reason]) -> int:
    """The points of these reasons together."""
    return sum(reason.points for reason in reasons)


def _of_victims(clues: Clues, rule: Weights) -> list[Reason]:
    """A child that somebody identified is safe from being overlooked; all others are not."""
    if clues.series_identified:
        return []
    unknown = Reason("victim_unknown", rule.points["victim_unknown"])
    return [unknown, Reason("series_open", rule.points["series_open"])] if clues.series_open else [unknown]


def _of_hits(clues: Clues, rule: Weights) -> list[Reason]:
    if clues.files_beside < rule.terms["files_beside_min"]:
        return []
    points = round(rule.points["hits_beside"] * clues.hits_beside / clues.files_beside)
    return [Reason("hits_beside", points, clues.hits_beside, clues.files_beside)]


def _of_the_rest(clues: Clues, rule: Weights) -> list[Reason]:
    days = max(0.0, clues.case_age_days)
    recent = round(rule.points["case_recent"] * 0.5 ** (days / rule.terms["case_half_life_days"]))
    doublings = min(rule.terms["files_doublings_max"], math.log2(max(1, clues.files)))
    return [
        *(Reason(name, rule.points[name]) for name in sorted(clues.facts & _CLUES.keys())),
        Reason("case_recent", recent, int(days)),
        Reason("files_doubled", round(rule.points["files_doubled"] * doublings), clues.files),
    ]


def facts_told(metadata: Iterable[str], paths: Iterable[str], by: Weights | None = None) -> frozenset[str]:
    """Which kinds of facts the names of a file's facts, and the paths where it lay, tell."""
    rule, names = by or weights(), set(metadata)
    told = {kind for kind, meant in rule.facts.items() if not names.isdisjoint(meant)}
    if any(_is_telling(path, rule) for path in paths):
        told.add("telling_name")
    return frozenset(told)


def _is_telling(path: str, rule: Weights) -> bool:
    # The ending is its format's, not anybody's word.
    stem, _dot, ending = path.rpartition(".")
    words = _WORDS.findall(stem if stem and "/" not in ending else path)
    return any(len(word) >= rule.letters_min and word.lower() not in rule.general_words for word in words)


def days_between(earlier: dt.datetime, later: dt.datetime) -> float:
    """How many days lie between two moments."""
    return (later - earlier).total_seconds() / 86_400
