"""Results: the one shape in which a verdict is told to programs, from a check or from a submission, as far as the asker may know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from clew.access.models import Officer, Unit
from clew.access.ownership import Level
from clew.access.scope import acting_as
from clew.catalogue.models import Series
from clew.intake.models import Verdict
from clew.intake.queries import shown_matches
from clew.intake.rules import Answer, Hit

Result = dict[str, Any]


def results_of_check(officer: Officer, paths: Sequence[str], answers: Sequence[Answer]) -> list[Result]:
    """What `check` answered for each path."""
    hits = [hit for answer in answers for hit in answer.hits]
    with acting_as(officer):
        units = Unit.objects.select_related("organisation").in_bulk({hit.holder_unit_id for hit in hits})
        series = Series.objects.in_bulk({hit.series_id for hit in hits if hit.series_id})
        return [
            {
                "path": path,
                "verdict": answer.kind.value,
                "reason": answer.reason,
                "matches": [_match_of_hit(hit, units, series) for hit in answer.hits],
            }
            for path, answer in zip(paths, answers, strict=True)
        ]


def _match_of_hit(hit: Hit, units: dict[uuid.UUID, Unit], series: dict[uuid.UUID, Series]) -> Result:
    is_full = hit.level == Level.FULL
    return _match(
        basis=str(hit.candidate.basis),
        distance=hit.candidate.distance,
        orientation=hit.candidate.orientation,
        media_id=hit.candidate.media_id if is_full else None,
        series=series.get(hit.series_id) if is_full and hit.series_id else None,
        unit=units[hit.holder_unit_id],
    )


def results_of_verdicts(verdicts: Iterable[Verdict]) -> list[Result]:
    """The stored verdicts with what their matches may say now; runs inside the officer's scope."""
    listed = list(verdicts)
    shown = shown_matches(listed)
    return [
        {
            "path": verdict.file.path,
            "verdict": verdict.kind,
            "reason": verdict.reason,
            "matches": [
                _match(
                    basis=found.match.basis,
                    distance=found.match.distance,
                    orientation=found.match.orientation,
                    media_id=found.media.id if found.media else None,
                    series=found.series,
                    unit=found.match.holder_unit,
                )
                for found in shown[verdict.file_id]
            ],
        }
        for verdict in listed
    ]


def _match(
    *, basis: str, distance: int, orientation: str, media_id: uuid.UUID | None, series: Series | None, unit: Unit
) -> Result:
    return {
        "basis": basis,
        "distance": distance,
        "orientation": orientation,
        "media": str(media_id) if media_id else None,
        "series": {"id": str(series.id), "name": series.name} if series else None,
        "state": state_of(series) if series else None,
        "owner": {
            "organisation": unit.organisation.name,
            "unit": unit.name,
            "email": unit.contact_email,
            "phone": unit.contact_phone,
        },
    }


def state_of(series: Series) -> Result:
    """How far a series has come, and who of it is identified."""
    return {
        "series": series.state,
        "victim_identified": series.victim_identified,
        "offender_identified": series.offender_identified,
    }
