"""Categorisation schemes: versioned data, in whose words officers decide. Nothing of them is code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from clew.access.models import Officer
from clew.kernel.errors import ClewError

#: In whose words an organisation decides that has chosen none.
SCHEME_DEFAULT = "uk"


class SchemeUnknown(ClewError):
    """There is no scheme {scheme}. Nothing was changed. Choose one of those that are listed under Schemes."""

    status = 422


class CodeUnknown(ClewError):
    """The scheme {scheme} has no code {code}. Nothing was changed. Choose one of its codes."""

    status = 422


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a scheme. `severity` is Clew's own weight, 0 (none) to 4 (gravest), by which exposure is counted and the desk ordered."""

    code: str
    label: str
    definition: str
    severity: int
    digit: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a scheme, and where it is from."""

    key: str
    version: str
    title: str
    jurisdiction: str
    source: str
    is_verified: bool
    codes: tuple[Code, ...]

    def code(self, code: str) -> Code:
        """One of its codes. Raises `CodeUnknown`."""
        for one in self.codes:
            if one.code == code:
                return one
        raise CodeUnknown(scheme=self.title, code=code)


@cache
def all_schemes() -> tuple[Scheme, ...]:
    """Every version of every scheme that comes with Clew, older versions first."""
    folder = files("clew.review") / "schemes"
    tables = (
        tomllib.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")
    )
    return tuple(sorted(map(_scheme, tables), key=lambda scheme: (scheme.key, scheme.version)))


def _scheme(table: dict[str, object]) -> Scheme:
    codes = table.pop("codes")
    assert isinstance(codes, list)
    return Scheme(**table, codes=tuple(Code(**row) for row in codes))  # type: ignore[arg-type]  # the data are tested


def scheme_of(key: str, version: str = "") -> Scheme:
    """One version of a scheme; the newest where none is named. Raises `SchemeUnknown`."""
    for scheme in reversed(all_schemes()):
        if scheme.key == key and version in {"", scheme.version}:
            return scheme
    raise SchemeUnknown(scheme=key)


def desk_scheme(_officer: Officer) -> Scheme:
    """In whose words the officer decides at the desk."""
    return scheme_of(SCHEME_DEFAULT)
