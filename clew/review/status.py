"""The status shown of a content: derived from what is said of it by a declared, versioned rule, and never stored. Pure.

Rule `status` version 1. First what is said in the viewer's own scheme, their organisation's word before others'. Else what is said in other
schemes, converted, with its loss. Else the source's own label. Where several words stand on the same step the gravest is shown; where words of
one scheme differ, that is shown too. A code for a part of a film counts for the whole as its gravest part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clew.review.inference import WITH_CODE, Inference, infer
from clew.review.scheme_nouns import Code, CodeUnknown, Scheme, SchemeUnknown
from clew.review.schemes import scheme_of

STATUS_RULE = "status 1"


class How(StrEnum):
    """On which step of the rule a status was found."""

    OWN = "said in your scheme by your organisation"
    OTHERS = "said in your scheme by others"
    CONVERTED = "converted"
    SOURCE = "the label of its source"
    NOTHING = "nothing is said of it"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing said, as far as the rule needs it."""

    scheme: str
    version: str
    code: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What is shown, and how it came about."""

    how: How
    #: The scheme's title and the code's label; empty where nothing is said.
    scheme: str = ""
    label: str = ""
    #: What was lost on the way, where it was converted.
    loss: str = ""
    #: The rule of inference and its version, where it was converted.
    rule: str = ""
    #: Words of one scheme differ, whosever they are.
    is_disputed: bool = False


def status_of(desk: Scheme, said: Sequence[Spoken], labels: Iterable[str] = ()) -> Status:
    """The status for a viewer whose scheme is `desk`, from what they may see: codes, and labels as `taxonomy:label`."""
    here = [one for one in said if (one.scheme, one.version) == (desk.key, desk.version)]
    words = [(one.is_own, found) for one in here if (found := _code(desk, one.code)) is not None]
    is_disputed = len({code.code for _, code in words}) > 1
    for how, is_own in ((How.OWN, True), (How.OTHERS, False)):
        codes = [code for of_own, code in words if of_own == is_own]
        if codes:
            return Status(how, desk.title, _gravest(codes).label, is_disputed=is_disputed)
    elsewhere = [one for one in said if (one.scheme, one.version) != (desk.key, desk.version)]
    return _converted(desk, elsewhere, frozenset(labels)) or _of_source(elsewhere) or Status(How.NOTHING)


def conversion(desk: Scheme, one: Spoken, labels: Iterable[str]) -> Inference | None:
    """What one thing said means in the viewer's scheme; None where it is no code that is known here."""
    try:
        return infer(one.scheme, one.version, one.code, labels, to=desk.key, to_version=desk.version)
    except (SchemeUnknown, CodeUnknown):
        return None


def _converted(desk: Scheme, said: Sequence[Spoken], labels: frozenset[str]) -> Status | None:
    told = [conversion(desk, one, labels) for one in said]
    found = [(desk.code(one.code), one) for one in told if one is not None and one.answer in WITH_CODE]
    if not found:
        return None
    code, inference = max(found, key=lambda pair: (pair[0].severity, pair[0].code))
    is_disputed = len({one.code for one, _ in found}) > 1
    rule = f"{inference.rule} version {inference.rule_version}"
    return Status(How.CONVERTED, desk.title, code.label, inference.loss, rule, is_disputed)


def _of_source(said: Sequence[Spoken]) -> Status | None:
    known = [(scheme, code) for one in said if (scheme := _scheme(one)) and (code := _code(scheme, one.code))]
    if not known:
        return None
    scheme, code = max(known, key=lambda pair: (pair[1].severity, pair[0].key, pair[1].code))
    is_disputed = any(len({two.code for of, two in known if of is one}) > 1 for one, _ in known)
    return Status(How.SOURCE, scheme.title, code.label, is_disputed=is_disputed)


def _scheme(one: Spoken) -> Scheme | None:
    try:
        return scheme_of(one.scheme, one.version)
    except SchemeUnknown:
        return None


def _code(scheme: Scheme, code: str) -> Code | None:
    return next((one for one in scheme.codes if one.code == code), None)


def _gravest(codes: Sequence[Code]) -> Code:
    return max(codes, key=lambda code: (code.severity, code.code))
