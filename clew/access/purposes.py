"""Purposes: for what, and on which law, something is searched, brought or taken out. Stated each time, kept with it and on record."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from clew.access.models import Officer
from clew.kernel.errors import ClewError

PURPOSE_CHARACTERS_MAX = 200
LEGAL_BASIS_CHARACTERS_MAX = 300


class GroundsMissing(ClewError):
    """A purpose and a legal basis must be stated, and your unit has set none to be taken where you state nothing; missing: {missing}. Nothing was asked or stored. State them and try again."""

    status = 422


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose of the policy data, with the rule it comes from."""

    code: str
    words: str
    rule: str
    article: str
    is_verified: bool


@cache
def purposes() -> dict[str, Purpose]:
    """Every purpose of the policy data by its code, those that are not verified too."""
    table = tomllib.loads((files("clew.access") / "purposes.toml").read_text(encoding="utf-8"))
    names = ("code", "words", "rule", "article", "is_verified")
    return {row["code"]: Purpose(**{name: row[name] for name in names}) for row in table["purpose"]}


def purposes_offered() -> list[Purpose]:
    """Those that are offered to officers."""
    return [purpose for purpose in purposes().values() if purpose.is_verified]


def purpose_words(purpose: str) -> str:
    """A purpose as people read it: the words of its code, or what was written instead of one."""
    known = purposes().get(purpose)
    return known.words if known else purpose


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody asks: for what, a code or words of one's own, and on which law."""

    purpose: str
    legal_basis: str

    def facts(self) -> dict[str, str]:
        """As the ledger keeps it."""
        return {"purpose": self.purpose, "legal_basis": self.legal_basis}


def reason_of(officer: Officer, purpose: str | None = None, legal_basis: str | None = None) -> Reason:
    """The reason an officer states, or what their unit has set for those who state none; `GroundsMissing` where there is neither."""
    chosen = {
        "purpose": (purpose or "").strip() or officer.unit.purpose_default,
        "legal basis": (legal_basis or "").strip() or officer.unit.legal_basis_default,
    }
    missing = [name for name, words in chosen.items() if not words]
    if missing:
        raise GroundsMissing(missing=" and ".join(missing))
    return Reason(chosen["purpose"][:PURPOSE_CHARACTERS_MAX], chosen["legal basis"][:LEGAL_BASIS_CHARACTERS_MAX])
