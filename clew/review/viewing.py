"""Viewing: what the page of one media tells beside its picture, and where it stands in a result."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Media
from clew.kernel.errors import InputRefused
from clew.kernel.limits import COMPARED_MEDIA_MAX, STRIP_STILLS_MAX
from clew.review.models import Basis, Result, Statement
from clew.review.results import ids_at, still_seen
from clew.review.schemes import CodeUnknown, SchemeUnknown, scheme_of
from clew.review.statements import standing_statements

#: So far is looked for a neighbour that the officer may still see.
NEIGHBOURS_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A media beside another in a result, and its place there, 1 for the first."""

    media_id: uuid.UUID
    at: int


@dataclass(frozen=True, slots=True)
class Said:
    """What stands of a media by one officer, in words."""

    unit: Any
    scheme: str
    label: str
    basis: str
    made_at: Any
    is_own: bool
    is_disputed: bool


def neighbours(result: Result, at: int) -> tuple[Neighbour | None, Neighbour | None]:
    """Before and after a place of a result, 1 for the first: the nearest that the officer may still see. Runs inside their scope."""
    first = max(0, at - 1 - NEIGHBOURS_LOOKED_AT)
    before, after = ids_at(result, first, at - 1 - first), ids_at(result, at, NEIGHBOURS_LOOKED_AT)
    seen = set(still_seen([before, after]))
    back = next((Neighbour(id_, at - 1 - step) for step, id_ in enumerate(reversed(before)) if id_ in seen), None)
    return back, next((Neighbour(id_, at + 1 + step) for step, id_ in enumerate(after) if id_ in seen), None)


def said_of(officer: Officer, media_id: uuid.UUID) -> list[Said]:
    """What stands of a media, of all countries, newest first; a dispute is shown with each who takes part in it."""
    stated = standing_statements(officer, [media_id]).get(media_id, [])
    codes = {(statement.scheme, statement.slot): set[str]() for statement in stated}
    for statement in stated:
        codes[statement.scheme, statement.slot].add(statement.code)
    return [
        Said(
            unit=statement.owner_unit,
            scheme=statement.scheme,
            label=_label(statement),
            basis=Basis(statement.basis).label,
            made_at=statement.made_at,
            is_own=statement.officer_id == officer.pk,
            is_disputed=len(codes[statement.scheme, statement.slot]) > 1,
        )
        for statement in stated
    ]


def _label(statement: Statement) -> str:
    try:
        return scheme_of(statement.scheme, statement.scheme_version).code(statement.code).label
    except (SchemeUnknown, CodeUnknown):
        return statement.code


def media_abreast(officer: Officer, told: Iterable[str]) -> list[Media]:
    """Two to `COMPARED_MEDIA_MAX` media, by their ids as an address names them, in that order; those that are absent or foreign are left out."""
    require(officer, Permission.MEDIA_READ)
    ids = list(dict.fromkeys(_ids(told)))
    if not 2 <= len(ids) <= COMPARED_MEDIA_MAX:
        raise InputRefused(
            reason=f"Two to {COMPARED_MEDIA_MAX} media are put side by side. Nothing was read. Choose so many in the grid."
        )
    found = Media.objects.in_bulk(ids)
    return [found[id_] for id_ in ids if id_ in found]


def _ids(told: Iterable[str]) -> Iterable[uuid.UUID]:
    for text in told:
        try:
            yield uuid.UUID(text)
        except ValueError:
            continue


def scene_times_ms(media: Media) -> list[int]:
    """When each scene of a film's strip begins, in milliseconds; nothing where that was not kept."""
    told = str(media.derivation.get("strip_ms", "")).split()
    return [int(time) for time in told[:STRIP_STILLS_MAX] if time.isascii() and time.isdigit()]
