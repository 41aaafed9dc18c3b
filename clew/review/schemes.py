"""Categorisation schemes as this process has them: read once, refused where they cannot be meant."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from functools import cache
from typing import Any

from clew.access.models import Officer
from clew.review.scheme_files import File, files_of
from clew.review.scheme_models import DeskSchemes
from clew.review.scheme_nouns import Code, CodeUnknown, Scheme, SchemeBroken, SchemeUnknown, refuse_scheme
from clew.review.wording import refused_terms

__all__ = [
    "SCHEME_DEFAULT",
    "Code",
    "CodeUnknown",
    "Scheme",
    "SchemeBroken",
    "SchemeUnknown",
    "all_schemes",
    "desk_scheme",
    "desk_schemes",
    "scheme_of",
]

#: In whose words an organisation decides that has chosen none.
SCHEME_DEFAULT = "uk"


@cache
def all_schemes() -> tuple[Scheme, ...]:
    """Every version of every scheme, older versions first. Raises `SchemeBroken`."""
    schemes = [_scheme(file) for file in files_of("", ".toml")]
    named = [(scheme.key, scheme.version) for scheme in schemes]
    twice = sorted({f"{key} {version}" for key, version in named if named.count((key, version)) > 1})
    if twice:
        raise SchemeBroken(file=twice[0], fault="two files hold the same version of it")
    return tuple(sorted(schemes, key=lambda scheme: (scheme.key, scheme.version)))


def _scheme(file: File) -> Scheme:
    try:
        table = tomllib.loads(file.content.decode())
        # What an installation adds rests on nothing that we could check: its administrators confirm it.
        is_verified = bool(table["is_verified"]) and file.is_shipped
        codes = tuple(_code(row, file, is_verified=is_verified) for row in table.pop("codes", []))
        digest = hashlib.sha256(file.content).hexdigest()
        scheme = replace(Scheme(**table, codes=codes, digest=digest), is_verified=is_verified)
    except (KeyError, TypeError, ValueError) as wrong:
        raise SchemeBroken(file=file.name, fault=f"it is not in the form of a scheme ({wrong})") from None
    refuse_scheme(scheme, file.name)
    for one in scheme.codes:
        if refused := refused_terms(f"{one.label} {one.definition}"):
            raise SchemeBroken(file=file.name, fault=f"{one.code} is worded as the guidelines refuse: {refused[0].say}")
    return scheme


def _code(row: dict[str, Any], file: File, *, is_verified: bool) -> Code:
    stated = row.pop("is_verified", is_verified)
    return Code(**row, is_verified=bool(stated) and file.is_shipped)


def scheme_of(key: str, version: str = "") -> Scheme:
    """One version of a scheme; the newest where none is named. Raises `SchemeUnknown`."""
    for scheme in reversed(all_schemes()):
        if scheme.key == key and version in {"", scheme.version}:
            return scheme
    raise SchemeUnknown(scheme=f"{key} {version}".strip())


def desk_scheme(officer: Officer) -> Scheme:
    """In whose words the officer decides at the desk: the first that their organisation has chosen."""
    return desk_schemes(officer)[0]


def desk_schemes(officer: Officer) -> list[Scheme]:
    """All that the officer's organisation has chosen, in its order; `SCHEME_DEFAULT` where it has chosen none.

    Runs inside the officer's scope or outside of any.
    """
    chosen = DeskSchemes.objects.using("service").filter(owner_organisation=officer.organisation_id).first()
    return [scheme_of(*one.split("/")) for one in chosen.schemes] if chosen else [scheme_of(SCHEME_DEFAULT)]
