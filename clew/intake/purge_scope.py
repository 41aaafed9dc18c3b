"""What a purge takes: the rows of one record, the contents they touch, and which of those nobody holds any more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from clew.catalogue.models import LegalHold, Membership, Purge, RecordKind, Sighting, Submission
from clew.catalogue.retention_models import PurgeCause
from clew.intake.models import ReceivedFile


@dataclass(frozen=True, slots=True)
class PurgeScope:
    """One record as it is to go: its submissions (of a case), and every content its rows name."""

    record_kind: str
    record_id: uuid.UUID
    owner_organisation_id: uuid.UUID
    owner_unit_id: uuid.UUID
    #: By hand a case takes its contents out of its owner's series too; when it merely expires they stay there for the series' own time.
    takes_from_series: bool
    submission_ids: list[uuid.UUID] = field(default_factory=list)
    media_ids: list[uuid.UUID] = field(default_factory=list)

    @property
    def series_id(self) -> uuid.UUID | None:
        """The series, where it is one."""
        return self.record_id if self.record_kind == RecordKind.SERIES else None


def scope_of(
    kind: str,
    record_id: uuid.UUID,
    *,
    owner_organisation_id: uuid.UUID,
    owner_unit_id: uuid.UUID,
    cause: str,
) -> PurgeScope:
    """What a purge of this record would take at this moment."""
    submissions: list[uuid.UUID] = []
    named: QuerySet[Sighting] | QuerySet[Membership]
    if kind == RecordKind.CASE:
        submissions = list(Submission.objects.using("service").filter(case_id=record_id).values_list("id", flat=True))
        named = Sighting.objects.using("service").filter(submission_id__in=submissions)
    else:
        named = Membership.objects.using("service").filter(series_id=record_id)
    return PurgeScope(
        record_kind=kind,
        record_id=record_id,
        owner_organisation_id=owner_organisation_id,
        owner_unit_id=owner_unit_id,
        takes_from_series=kind == RecordKind.CASE and cause == PurgeCause.BY_HAND,
        submission_ids=submissions,
        media_ids=list(named.order_by("media_id").values_list("media_id", flat=True).distinct()),
    )


def scope_of_purge(purge: Purge) -> PurgeScope:
    """What a planned purge takes at this moment."""
    return scope_of(
        purge.record_kind,
        purge.record_id,
        owner_organisation_id=purge.owner_organisation_id,
        owner_unit_id=purge.owner_unit_id,
        cause=purge.cause,
    )


def sightings_left(scope: PurgeScope) -> QuerySet[Sighting]:
    """Where its contents are seen beside it, over all countries."""
    seen = Sighting.objects.using("service").filter(media_id__in=scope.media_ids)
    return seen.exclude(submission_id__in=scope.submission_ids)


def own_statements(scope: PurgeScope) -> QuerySet[Membership]:
    """The owner's statements, in its own series other than this one, on contents that it has seen nowhere else: what will hold them, or
    goes with them.
    """
    elsewhere = sightings_left(scope).filter(
        owner_organisation=scope.owner_organisation_id, media_id=OuterRef("media_id")
    )
    stated = Membership.objects.using("service").filter(
        media_id__in=scope.media_ids,
        belongs=True,
        series__owner_organisation=scope.owner_organisation_id,
        stated_by_unit__organisation=scope.owner_organisation_id,
    )
    if scope.series_id:
        stated = stated.exclude(series_id=scope.series_id)
    return stated.exclude(Exists(elsewhere))


def held_series(scope: PurgeScope) -> bool:
    """Whether contents would be taken out of a series on which a legal hold stands."""
    if not scope.takes_from_series:
        return False
    held = LegalHold.objects.using("service").filter(lifted_at__isnull=True, record_kind=RecordKind.SERIES)
    return own_statements(scope).filter(series_id__in=held.values("record_id")).exists()


def orphans(scope: PurgeScope) -> list[uuid.UUID]:
    """Those of its contents that nobody holds without it: no other file brought them, and no statement holds what a file brought before.

    Others' statements on a content they never brought do not hold it: the owner decides, and it goes with them.
    """
    seen = set(sightings_left(scope).values_list("media_id", flat=True).distinct())
    keeping = Membership.objects.using("service").filter(media_id__in=scope.media_ids, keeps_content=True)
    if scope.series_id:
        keeping = keeping.exclude(series_id=scope.series_id)
    if scope.takes_from_series:
        keeping = keeping.exclude(series__owner_organisation=scope.owner_organisation_id)
    elif scope.record_kind == RecordKind.CASE:
        seen |= set(own_statements(scope).values_list("media_id", flat=True))
    kept = seen | set(keeping.values_list("media_id", flat=True))
    return [media_id for media_id in scope.media_ids if media_id not in kept]


def numbers(scope: PurgeScope) -> dict[str, int]:
    """What its owner gives up, in numbers: what two people decide on, and what the tombstone keeps.

    Whether others hold the same contents is not among them, and does not show in them.
    """
    return {
        "submissions": len(scope.submission_ids),
        "files": ReceivedFile.objects.using("service").filter(submission_id__in=scope.submission_ids).count(),
        "statements": Membership.objects.using("service").filter(series_id=scope.series_id).count()
        if scope.series_id
        else (own_statements(scope).count() if scope.takes_from_series else 0),
        "contents": len(scope.media_ids),
    }
