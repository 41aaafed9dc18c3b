"""Later: what comes now is also an answer to those who asked before. Their verdict stands as it was; the meeting is added to it.

Written in the transaction that decides the newcomer. Only one batch of an installation is matched and catalogued at a time, so of two
that meet the later one always sees the earlier.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from clew.access.models import Officer
from clew.access.ownership import Level, level_for
from clew.access.scope import asker_in
from clew.catalogue.models import Submission
from clew.intake.models import Match, Verdict
from clew.intake.rules import Candidate
from clew.kernel.clock import now
from clew.kernel.events import MediaMatched
from clew.kernel.ids import new_id
from clew.ledger.actions import announce, record

#: A picture in wide circulation has thousands of earlier verdicts; those of one batch that are told at once.
VERDICTS_TOLD_MAX = 1000


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A content that was just catalogued, what it meets, and its quality."""

    media_id: uuid.UUID
    candidates: Sequence[Candidate]
    quality: int | None


def tell_earlier(
    submission: Submission, newcomers: Sequence[Newcomer], *, alerted: Iterable[uuid.UUID], variant: str = ""
) -> int:
    """Add the newcomers to the verdicts of earlier submissions whose files they meet, as far as each may know of this submission,
    and alert their units unless they were `alerted` as holders already. How many verdicts were added to. `variant` says how they were
    met, where not as their candidates say.
    """
    met = _met_by(newcomers)
    if not met:
        return 0
    told, units = [], set(alerted)
    level_of = cache(lambda earlier: _level(submission, earlier))
    for verdict in _earlier(submission, met.keys()):
        assert verdict.sighting is not None
        newcomer, candidate = met[verdict.sighting.media_id]
        threshold = min(submission.match_distance_max, verdict.submission.match_distance_max)
        level = level_of(verdict.submission.submitted_by)
        if not candidate.is_within(threshold) or level == Level.SILENT:
            continue
        met_as = replace(candidate, variant=variant or candidate.variant)
        told.append(_match(submission, verdict, newcomer, met_as, threshold, level))
        unit_id = verdict.submission.owner_unit_id
        if unit_id not in units and verdict.owner_organisation_id != submission.owner_organisation_id:
            units.add(unit_id)
            _alert(submission, verdict, candidate)
    Match.objects.using("service").bulk_create(told, ignore_conflicts=True)
    if told:
        facts = {"verdicts": len(told)}
        record(
            "intake:verdict:add",
            actor=None,
            using="service",
            subject_kind="submission",
            subject_id=submission.id,
            facts=facts,
        )
    return len(told)


def _met_by(newcomers: Sequence[Newcomer]) -> dict[uuid.UUID, tuple[Newcomer, Candidate]]:
    """For each content that is met the newcomer that lies nearest."""
    met: dict[uuid.UUID, tuple[Newcomer, Candidate]] = {}
    for newcomer in newcomers:
        for candidate in newcomer.candidates:
            known = met.get(candidate.media_id)
            if candidate.counts and (known is None or candidate.nearness < known[1].nearness):
                met[candidate.media_id] = (newcomer, candidate)
    return met


def _earlier(submission: Submission, media_ids: Iterable[uuid.UUID]) -> list[Verdict]:
    """Verdicts of other submissions on these contents, to which this unit has not been added before; text and programs left out."""
    return list(
        Verdict.objects.using("service")
        .select_related("sighting", "submission__submitted_by__unit__organisation")
        .filter(sighting__media_id__in=list(media_ids))
        .exclude(submission_id=submission.id)
        .exclude(sighting__media__kind="other")
        .exclude(
            pk__in=Match.objects.using("service")
            .filter(holder_unit_id=submission.owner_unit_id, met_later_at__isnull=False)
            .values("verdict_id")
        )
        .order_by("pk")[:VERDICTS_TOLD_MAX]
    )


def _level(submission: Submission, earlier: Officer) -> Level:
    """How much whoever sent the earlier file may know of the submission."""
    return level_for(submission, asker_in(earlier.organisation, clearance=earlier.clearance))


def _match(
    submission: Submission, verdict: Verdict, newcomer: Newcomer, candidate: Candidate, threshold: int, level: Level
) -> Match:
    return Match(
        id=new_id(),
        verdict=verdict,
        owner_organisation_id=verdict.owner_organisation_id,
        media_id=newcomer.media_id,
        series_id=None,
        holder_unit_id=submission.owner_unit_id,
        basis=candidate.basis,
        distance=candidate.distance,
        orientation=candidate.orientation,
        quality=candidate.quality_held,
        quality_held=newcomer.quality,
        threshold=threshold,
        variant=candidate.variant,
        time_ms=candidate.time_held_ms,
        time_held_ms=candidate.time_ms,
        film=candidate.film.turned().as_json() if candidate.film else None,
        fit=candidate.fit.turned().as_json() if candidate.fit else None,
        level=level.value,
        met_later_at=now(),
    )


def _alert(submission: Submission, verdict: Verdict, candidate: Candidate) -> None:
    """The earlier unit is told who met its file; the newcomer was told of the series, not of this unit."""
    event = MediaMatched(
        media_id=candidate.media_id,
        series_id=None,
        holder_unit_id=verdict.submission.owner_unit_id,
        asker_unit_id=submission.owner_unit_id,
        submission_id=submission.id,
        basis=candidate.basis,
        distance=candidate.distance,
        told=Level.SILENT.value,
    )
    announce(event, using="service")
