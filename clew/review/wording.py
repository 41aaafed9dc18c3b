"""Wording: terms that the terminology guidelines refuse, as data with their source, so that no label of a scheme or taxonomy uses them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Term:
    """A term that is not written, what is written instead, and on which word that rests."""

    #: As a pattern over words, without regard to case.
    pattern: re.Pattern[str]
    say: str
    source: str
    is_verified: bool


@cache
def terms() -> tuple[Term, ...]:
    """Every row of the list."""
    table = tomllib.loads((files("clew.review") / "wording.toml").read_text(encoding="utf-8"))
    return tuple(Term(_pattern(row["words"]), row["say"], row["source"], row["is_verified"]) for row in table["terms"])


def refused_terms(text: str) -> list[Term]:
    """The rows that a text goes against; of words in quotation marks, which are another's, none."""
    own = re.sub(r'"[^"]*"|“[^”]*”', " ", text)
    return [term for term in terms() if term.pattern.search(own)]


def _pattern(words: list[str]) -> re.Pattern[str]:
    """The words one after the other; `*` ends one that may go on."""
    parts = [re.escape(word).replace(r"\*", r"\w*") for word in words]
    return re.compile(r"\b" + r"[\s-]+".join(parts) + r"\b", re.IGNORECASE)
