"""Results: the one shape in which a verdict is told to programs, from a check or from a submission, as far as the asker may know."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clew.access.models import Officer, Unit
from clew.access.ownership import Level
from clew.access.scope import acting_as
from clew.catalogue.models import Series
from clew.intake.models import Match, Verdict
from clew.intake.queries import shown_matches
from clew.intake.questions import FRAMES
from clew.intake.rules import Answer, Candidate, Hit

Result = dict[str, Any]


def results_of_check(officer: Officer, paths: Sequence[str], answers: Sequence[Answer]) -> list[Result]:
    """What `check` answered for each path."""
    told = _told(officer, answers)
    return [{"path": path, **result} for path, result in zip(paths, told, strict=True)]


def results_of_match(officer: Officer, answers: Mapping[int, Answer]) -> list[Result]:
    """What `match` answered, each with its place in the list that was asked."""
    told = _told(officer, list(answers.values()))
    return [
        {"index": place, **result, "parked": list(answers[place].parked)}
        for place, result in zip(answers, told, strict=True)
    ]


def _told(officer: Officer, answers: Sequence[Answer]) -> list[Result]:
    hits = [hit for answer in answers for hit in answer.hits]
    with acting_as(officer):
        named = {hit.holder_unit_id for hit in hits if hit.level != Level.EXISTENCE}
        units = Unit.objects.select_related("organisation").in_bulk(named)
        series = Series.objects.in_bulk({hit.series_id for hit in hits if hit.series_id})
    return [
        {
            "verdict": answer.kind.value,
            "reason": answer.reason,
            "matches": [_match_of_hit(hit, units, series) for hit in answer.hits],
        }
        for answer in answers
    ]


def _match_of_hit(hit: Hit, units: dict[uuid.UUID, Unit], series: dict[uuid.UUID, Series]) -> Result:
    is_full = hit.level == Level.FULL
    return _match(
        how=_how(hit.candidate, hit.threshold),
        media_id=hit.candidate.media_id if is_full else None,
        series=series.get(hit.series_id) if is_full and hit.series_id else None,
        level=hit.level,
        unit=units.get(hit.holder_unit_id),
    )


def results_of_verdicts(officer: Officer, verdicts: Iterable[Verdict]) -> list[Result]:
    """The stored verdicts with what their matches may say now; runs inside the officer's scope."""
    listed = list(verdicts)
    shown = shown_matches(officer, listed)
    return [
        {
            "path": verdict.file.path,
            "parent": verdict.file.parent.path if verdict.file.parent else None,
            "verdict": verdict.kind,
            "reason": verdict.reason,
            "matches": [
                _match(
                    how=_how(found.match, found.match.threshold),
                    met_later_at=found.match.met_later_at,
                    media_id=found.media.id if found.media else None,
                    series=found.series,
                    level=Level.FULL if found.is_open else found.level,
                    unit=found.match.holder_unit if found.names_holder else None,
                    match_id=found.match.id,
                )
                for found in shown[verdict.file_id]
            ],
        }
        for verdict in listed
    ]


def _how(found: Candidate | Match, threshold: int) -> Result:
    """The way a match was found: all that explains it."""
    told: Result = {
        "basis": str(found.basis),
        "distance": found.distance,
        "threshold": threshold,
        "orientation": found.orientation,
        "variant": found.variant,
    }
    if found.variant in FRAMES:
        told["seconds"], told["seconds_held"] = found.time_ms / 1000, found.time_held_ms / 1000
        told["film"] = found.film if isinstance(found, Match) else found.film and found.film.as_json()
    if found.fit:
        told["fit"] = found.fit if isinstance(found, Match) else found.fit.as_json()
    return told


def _match(
    *,
    how: Result,
    media_id: uuid.UUID | None,
    series: Series | None,
    level: Level,
    unit: Unit | None,
    match_id: uuid.UUID | None = None,
    met_later_at: dt.datetime | None = None,
) -> Result:
    return {
        **how,
        "id": str(match_id) if match_id else None,
        "level": level.value,
        "met_later_at": met_later_at.isoformat() if met_later_at else None,
        "media": str(media_id) if media_id else None,
        "series": {"id": str(series.id), "name": series.name} if series else None,
        "state": state_of(series) if series else None,
        "owner": {
            "organisation": unit.organisation.name,
            "unit": unit.name,
            "email": unit.contact_email,
            "phone": unit.contact_phone,
        }
        if unit
        else None,
    }


def state_of(series: Series) -> Result:
    """How far a series has come, and who of it is identified."""
    return {
        "series": series.state,
        "victim_identified": series.victim_identified,
        "offender_identified": series.offender_identified,
    }
