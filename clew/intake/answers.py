"""Answers: hits cut to what the asker may know, and word of each hit left for its holder."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from clew.access.models import Officer, SharingGroup
from clew.access.ownership import Level, level_for
from clew.catalogue.queries import holdings
from clew.intake.fingerprints import Fingerprint
from clew.intake.recognition import Recogniser
from clew.intake.rules import Answer, Candidate, Hit, decide
from clew.kernel.events import MediaMatched
from clew.kernel.limits import PDQ_QUALITY_MIN
from clew.ledger.actions import announce


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom answers are cut."""

    unit_id: uuid.UUID
    organisation_id: uuid.UUID
    is_member: bool
    group_ids: frozenset[uuid.UUID]


def asker_for(officer: Officer) -> Asker:
    """The asker an officer is: their organisation and the groups it is in."""
    groups = SharingGroup.objects.using("service").filter(members=officer.organisation_id).values_list("id", flat=True)
    return Asker(officer.unit_id, officer.organisation_id, officer.organisation.is_member, frozenset(groups))


def hits_for(asker: Asker, candidates: Sequence[Candidate], *, other_than: uuid.UUID | None = None) -> list[Hit]:
    """Each candidate with each of its holders and the level at which the asker may know of it, silent ones included.

    A file that is no medium (a text, a program) counts only where somebody placed it in a series: otherwise every system file would be a hit.
    """
    held = holdings([candidate.media_id for candidate in candidates], other_than=other_than)
    hits = []
    for candidate in candidates:
        for holding in held.by_media.get(candidate.media_id, ()):
            if holding.series is None and held.kinds.get(candidate.media_id) == "other":
                continue
            level = level_for(
                holding.row, organisation_id=asker.organisation_id, is_member=asker.is_member, group_ids=asker.group_ids
            )
            series_id = holding.series.id if holding.series else None
            hits.append(Hit(candidate, series_id, holding.row.owner_unit_id, holding.row.owner_organisation_id, level))
    return hits


def answer_for(fingerprint: Fingerprint, hits: Sequence[Hit]) -> Answer:
    """The verdict on a fingerprint with these hits."""
    sentence = fingerprint.unreadable.sentence if fingerprint.unreadable else ""
    return decide(hits, unreadable=sentence, quality=fingerprint.quality, quality_min=PDQ_QUALITY_MIN)


def find_hits(
    recogniser: Recogniser, fingerprint: Fingerprint, asker: Asker, *, other_than: uuid.UUID | None = None
) -> list[Hit]:
    """Ask the recogniser and cut the answer for the asker."""
    return hits_for(asker, recogniser.candidates(fingerprint), other_than=other_than)


def announce_hits(asker: Asker, hits: Sequence[Hit], submission_id: uuid.UUID) -> None:
    """Leave word for the holder of each hit, also where the asker was told nothing; one's own organisation is not told."""
    for hit in hits:
        if hit.holder_organisation_id == asker.organisation_id:
            continue
        event = MediaMatched(
            media_id=hit.candidate.media_id,
            series_id=hit.series_id,
            holder_unit_id=hit.holder_unit_id,
            asker_unit_id=asker.unit_id,
            submission_id=submission_id,
            basis=hit.candidate.basis,
            distance=hit.candidate.distance,
            told=Level(hit.level).value,
        )
        announce(event, using="service")
