"""What a categorisation scheme is: versioned data, in whose words officers decide. Pure; nothing of any scheme is code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from clew.kernel.errors import ClewError

#: Clew's neutral weight of a code: from none to the gravest.
SEVERITY_MAX = 4


class SchemeUnknown(ClewError):
    """There is no scheme {scheme}. Nothing was changed. Choose one of those that are listed under Schemes."""

    status = 422


class CodeUnknown(ClewError):
    """The scheme {scheme} has no code {code}. Nothing was changed. Choose one of its codes."""

    status = 422


class SchemeBroken(ClewError):
    """The scheme file {file} cannot be used: {fault}. Nothing was read from it. Correct the file, and give it a new version where officers have decided in the old one."""

    status = 500


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a scheme. `severity` is Clew's own weight, 0 (none) to 4 (gravest), by which exposure is counted and the desk ordered."""

    code: str
    label: str
    #: In our own words, so far as the source lets it be known.
    definition: str
    severity: int
    #: The key that decides it at the desk; empty where none does.
    digit: str = ""
    #: How the source itself calls it, where our label differs: shown in quotation marks, beside the source.
    literal: str = ""
    #: Whether a public source bears it out; otherwise an administrator confirms it before anybody decides in it.
    is_verified: bool = True
    #: Whether it says anything of the content. "Uncategorised" and "no known match" do not, and nobody decides in them.
    is_assessment: bool = True


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a scheme, and where it is from."""

    key: str
    version: str
    title: str
    jurisdiction: str
    source: str
    #: Whether a public source bears out every one of its codes.
    is_verified: bool
    codes: tuple[Code, ...]
    language: str = "en"
    #: The first day for which the source says that it is valid; None where no public source says it.
    valid_from: dt.date | None = None
    #: SHA-256 of the file, in hexadecimal: a changed file with the same version is refused.
    digest: str = field(default="", compare=False)

    def code(self, code: str) -> Code:
        """One of its codes. Raises `CodeUnknown`."""
        for one in self.codes:
            if one.code == code:
                return one
        raise CodeUnknown(scheme=self.title, code=code)

    @property
    def to_decide(self) -> tuple[Code, ...]:
        """The codes in which an officer can decide: those that say something."""
        return tuple(code for code in self.codes if code.is_assessment)


def refuse_scheme(scheme: Scheme, file: str) -> None:
    """Refuse what cannot be meant: codes or digits twice, weights out of bounds, words missing, a verified scheme with unverified codes."""
    for name, told in (("code", [one.code for one in scheme.codes]), ("digit", _digits(scheme))):
        twice = sorted({one for one in told if told.count(one) > 1})
        if twice:
            raise SchemeBroken(file=file, fault=f"the {name} {twice[0]} stands there twice")
    for one in scheme.codes:
        if not (one.code and one.label and one.definition):
            raise SchemeBroken(file=file, fault=f"code {one.code or '(empty)'} lacks its code, label or definition")
        if not 0 <= one.severity <= SEVERITY_MAX:
            raise SchemeBroken(file=file, fault=f"the severity of {one.code} is not between 0 and {SEVERITY_MAX}")
        if one.digit and not (len(one.digit) == 1 and one.digit.isdigit()):
            raise SchemeBroken(file=file, fault=f"the digit of {one.code} is not one digit")
        if not one.is_assessment and (one.severity or one.digit):
            raise SchemeBroken(file=file, fault=f"{one.code} says nothing, and so has neither weight nor digit")
    if scheme.is_verified and not all(one.is_verified for one in scheme.codes if one.is_assessment):
        raise SchemeBroken(file=file, fault="it calls itself verified, and one of its codes unverified")


def _digits(scheme: Scheme) -> list[str]:
    return [one.digit for one in scheme.codes if one.digit]
