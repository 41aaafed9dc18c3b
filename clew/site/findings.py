"""Findings of the doctor: one thing each that was looked at, whether it is well, and a few words without any secret in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from clew.kernel.errors import ClewError


class Outcome(StrEnum):
    """How a thing that was looked at is."""

    WELL = "well"
    #: Nothing is wrong: it comes with the first start.
    NOT_YET = "not yet"
    #: Could not be looked at, since something else is wrong.
    UNKNOWN = "unknown"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing."""

    name: str
    outcome: Outcome
    words: str

    @property
    def is_fine(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.outcome in {Outcome.WELL, Outcome.NOT_YET}


def found(name: str, is_well: bool, words: str) -> Finding:
    """A finding that is either well or bad."""
    return Finding(name, Outcome.WELL if is_well else Outcome.BAD, words)


def looked_at(name: str, look: Callable[[], Finding]) -> Finding:
    """The finding, or what kept the doctor from it; one look that fails never ends the others."""
    try:
        return look()
    except ClewError as refused:
        return Finding(name, Outcome.BAD, refused.message)
    except OSError as failed:
        return Finding(name, Outcome.BAD, failed.strerror or type(failed).__name__)


def all_unknown(names: tuple[str, ...], outcome: Outcome, words: str) -> Iterator[Finding]:
    """The same words of several things that could not be looked at."""
    for name in names:
        yield Finding(name, outcome, words)
