"""The broken glass over a match: what its officer was told exists is opened to them for an hour, and its owner told at once."""

from __future__ import annotations

import uuid

from clew.access.approval_models import GlassBreak
from clew.access.break_glass import break_glass
from clew.access.models import Officer
from clew.access.ownership import Level, Owned, level_for
from clew.access.permissions import Permission
from clew.access.scope import acting_as, asker_for, require
from clew.catalogue.models import Series, Sighting
from clew.intake.models import Match
from clew.kernel.errors import NotFound

TOLD = (Level.CONTACT.value, Level.EXISTENCE.value)


def closed_match_for(officer: Officer, match_id: uuid.UUID) -> Match:
    """A match of the officer's organisation of which only the existence was told, or `NotFound`. Runs inside the officer's scope."""
    require(officer, Permission.GLASS_BREAK)
    own = Match.objects.filter(owner_organisation=officer.organisation_id, level__in=TOLD)
    found = own.filter(id=match_id).first()
    if found is None:
        raise NotFound
    return found


def break_glass_over(officer: Officer, match_id: uuid.UUID, reason: str) -> GlassBreak:
    """Open the series and the places where the content was seen, as far as the owner still tells this officer that they exist."""
    with acting_as(officer):
        match = closed_match_for(officer, match_id)
    rows = [row for row in _rows_of(match) if level_for(row, asker_for(officer)) != Level.SILENT]
    if not rows:
        raise NotFound
    has_series = any(isinstance(row, Series) for row in rows)
    return break_glass(
        officer,
        rows=[row.pk for row in rows],
        holder_unit=rows[0].owner_unit,
        media_id=match.media_id,
        series_id=match.series_id if has_series else None,
        reason=reason,
    )


def _rows_of(match: Match) -> list[Owned]:
    series = Series.objects.using("service").filter(owner_unit=match.holder_unit_id)
    sightings = Sighting.objects.using("service").filter(media=match.media_id, owner_unit=match.holder_unit_id)
    with_units = "owner_unit__organisation"
    met = series.select_related(with_units).filter(id=match.series_id) if match.series_id else []
    return [*met, *sightings.select_related(with_units)]
