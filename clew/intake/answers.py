"""Answers: hits cut to what the asker may know, and word of each hit left for its holder."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from clew.access.ownership import Asker, Level, level_for
from clew.catalogue.models import Submission
from clew.catalogue.queries import Holding, Holdings, holdings
from clew.intake.fingerprints import Fingerprint
from clew.intake.parts import NO_PARTS, Parts, with_parts
from clew.intake.questions import Questions
from clew.intake.recognition import Recogniser
from clew.intake.rules import Answer, Candidate, Hit, Recognised, decide
from clew.kernel.events import MediaMatched
from clew.kernel.limits import PDQ_DISTANCE_MAX, PDQ_QUALITY_MIN
from clew.ledger.actions import announce_all


@dataclass(frozen=True, slots=True)
class Met:
    """What one fingerprint meets, with holders and levels, and why some signatures are set aside."""

    hits: Sequence[Hit] = ()
    parked: Sequence[str] = ()
    #: All of it, before anybody asked who holds it and who may know.
    candidates: Sequence[Candidate] = ()


NOTHING = Met()


def meet(
    recogniser: Recogniser,
    asked: Questions,
    asker: Asker,
    *,
    other_than: uuid.UUID | None = None,
    distance_max: int = PDQ_DISTANCE_MAX,
    parts: Parts = NO_PARTS,
) -> dict[int, Met]:
    """Ask the recogniser, and find who holds what was found and how much of it the asker may know; for each place that meets anything.

    `parts` are what places meet by a part of them, found before.
    """
    recognised = with_parts(recogniser.recognise(asked, distance_max=distance_max), parts)
    media_ids = {candidate.media_id for found in recognised.values() for candidate in found.candidates}
    media_ids |= {candidate.media_id for found in recognised.values() for candidate, _why in found.parked}
    # Asked for also where nothing is met: how much is asked tells nobody whether something is hidden.
    held = holdings(media_ids, other_than=other_than)
    return {
        place: Met(
            hits_for(asker, found.candidates, held, distance_max),
            _told_of_parked(asker, found, held, distance_max),
            found.candidates,
        )
        for place, found in recognised.items()
    }


def _told_of_parked(asker: Asker, found: Recognised, held: Holdings, distance_max: int) -> list[str]:
    """Why looks are set aside, of those whose holders the asker may know of: what is hidden is hidden when it is parked too."""
    reasons = {
        why
        for candidate, why in found.parked
        if any(hit.level != Level.SILENT for hit in hits_for(asker, [candidate], held, distance_max))
    }
    return [*sorted(reasons), *([found.refused] if found.refused else [])]


def hits_for(
    asker: Asker, candidates: Sequence[Candidate], held: Holdings, distance_max: int = PDQ_DISTANCE_MAX
) -> list[Hit]:
    """Each candidate with each of its holders and the level at which the asker may know of it, silent ones included.

    A content counts through the series it is in; where the asker may know of none of them, through the units that saw it: one country's
    silence does not hide what another shares. A file that is no medium (a text, a program) counts only where somebody placed it in a series:
    otherwise every system file would be a hit.
    """
    hits = []
    for candidate in candidates:
        through_series: list[Hit] = []
        through_sightings: list[Hit] = []
        for holding in held.by_media.get(candidate.media_id, ()):
            hit = _hit(asker, candidate, holding, distance_max)
            if hit is not None:
                (through_sightings if holding.series is None else through_series).append(hit)
        hits += through_series
        is_told = any(hit.level != Level.SILENT for hit in through_series)
        if not is_told and held.kinds.get(candidate.media_id) != "other":
            hits += through_sightings
    return hits


def _hit(asker: Asker, candidate: Candidate, holding: Holding, distance_max: int) -> Hit | None:
    """The hit, unless looks lie further apart than the asker or the list allows."""
    threshold = min(distance_max, holding.match_distance_max)
    if not candidate.is_within(threshold):
        return None
    row = holding.row
    level = level_for(row, asker)
    series_id = holding.series.id if holding.series else None
    return Hit(candidate, series_id, row.owner_unit_id, row.owner_organisation_id, level, threshold)


def answer_for(fingerprint: Fingerprint, met: Met) -> Answer:
    """The verdict on a fingerprint that met this."""
    sentence = fingerprint.unreadable.sentence if fingerprint.unreadable else ""
    return decide(
        met.hits,
        unreadable=sentence,
        quality=fingerprint.quality,
        quality_min=PDQ_QUALITY_MIN,
        parked=met.parked,
    )


def announce_hits(submission: Submission, hits: Sequence[Hit]) -> None:
    """Leave word for the holder of each hit, also where the asker was told nothing; one's own organisation is not told."""
    events = [
        MediaMatched(
            media_id=hit.candidate.media_id,
            series_id=hit.series_id,
            holder_unit_id=hit.holder_unit_id,
            asker_unit_id=submission.owner_unit_id,
            submission_id=submission.id,
            basis=hit.candidate.basis,
            distance=hit.candidate.distance,
            told=Level(hit.level).value,
        )
        for hit in hits
        if hit.holder_organisation_id != submission.owner_organisation_id and hit.candidate.counts
    ]
    announce_all(events, using="service")
