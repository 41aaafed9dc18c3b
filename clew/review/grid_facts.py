"""Facts of tiles: what stands under each picture of a grid, asked for a bucket at a time with a few questions however many tiles there are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Media, Sighting
from clew.intake.models import Verdict
from clew.kernel.limits import TILE_PLACES_COUNTED_MAX
from clew.review.models import StackMember, Statement
from clew.review.statements import standing_statements

#: There is room for no more under a picture.
OTHERS_TOLD_MAX = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """What a tile says of its media, as far as the officer may know."""

    media: str
    kind: str
    #: Pixels, and seconds of a film or a sound; None where nobody knows.
    width: int | None
    height: int | None
    seconds: float | None
    has_picture: bool
    has_scenes: bool
    #: Places where it was seen, as far as `TILE_PLACES_COUNTED_MAX`, and one more where there are more.
    places: int
    #: The verdict of one's own organisation when it came; empty where it never did.
    verdict: str
    #: Contents in the stack of one's organisation that has it; 0 where none has.
    stack: int
    #: One's own standing codes, and those of others with the key of their organisation, the newest `OTHERS_TOLD_MAX`.
    own: list[str]
    others: list[str]
    #: Whether somebody says something else in a scheme in which one has said something.
    is_disputed: bool


class _NumberOf(Subquery):
    """How many rows a query gives, counted for each media alone and only as far as the query goes."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def tiles_of(officer: Officer, media_ids: Sequence[uuid.UUID]) -> list[dict[str, Any] | None]:
    """The facts of each media, in order; None where there is nothing for this officer, whether it is gone, closed to them or never was.

    Runs inside the officer's scope.
    """
    require(officer, Permission.MEDIA_READ)
    rows = {row["id"]: row for row in _rows(officer, media_ids)}
    stated = standing_statements(officer, list(rows))
    return [
        asdict(_tile(officer, rows[media_id], stated.get(media_id, []))) if media_id in rows else None
        for media_id in media_ids
    ]


def _rows(officer: Officer, media_ids: Iterable[uuid.UUID]) -> Iterable[Any]:
    seen = Sighting.objects.filter(media=OuterRef("pk")).order_by().values("id")
    verdicts = Verdict.objects.filter(sighting__media=OuterRef("pk")).order_by("-file").values("kind")
    stacked = StackMember.objects.filter(owner_organisation=officer.organisation_id, media=OuterRef("pk"))
    seconds = KeyTextTransform("duration_seconds", "metadata")
    found = Media.objects.filter(id__in=list(media_ids)).annotate(
        places=_NumberOf(seen[: TILE_PLACES_COUNTED_MAX + 1]),
        verdict=Subquery(verdicts[:1]),
        stack=Subquery(stacked.values("stack__size")[:1]),
        seconds=seconds,
    )
    return found.values(
        "id", "kind", "width", "height", "thumbnail_address", "strip_address", "places", "verdict", "stack", "seconds"
    )


def _tile(officer: Officer, row: dict[str, Any], stated: Iterable[Statement]) -> Tile:
    own = [statement for statement in stated if statement.officer_id == officer.pk]
    others = [statement for statement in stated if statement.officer_id != officer.pk]
    said = {statement.scheme: statement.code for statement in own}
    return Tile(
        media=str(row["id"]),
        kind=row["kind"],
        width=row["width"],
        height=row["height"],
        seconds=_number(row["seconds"]),
        has_picture=bool(row["thumbnail_address"]),
        has_scenes=bool(row["strip_address"]),
        places=row["places"],
        verdict=row["verdict"] or "",
        stack=row["stack"] or 0,
        own=[statement.code for statement in own],
        others=[f"{statement.owner_unit.organisation.key} {statement.code}" for statement in others[:OTHERS_TOLD_MAX]],
        # Who speaks of it in another scheme neither agrees nor disputes.
        is_disputed=any(said.get(statement.scheme, statement.code) != statement.code for statement in others),
    )


def _number(told: str | None) -> float | None:
    """What a file tells of itself may be anything."""
    try:
        seconds = float(told) if told else None
    except ValueError:
        return None
    return round(seconds, 1) if seconds is not None and 0 <= seconds < 10**9 else None
