"""Outcomes: officers learn what the series they worked on came to. Whoever may not see the series any more learns that it was one of theirs, and no more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from clew.access.models import Officer
from clew.access.ownership import Level, level_for
from clew.access.permissions import Permission
from clew.access.scope import acting_as, asker_for, require
from clew.catalogue.looking import LookAsked
from clew.catalogue.models import Membership, Series
from clew.kernel.clock import now
from clew.kernel.events import SeriesOutcome
from clew.kernel.ids import new_id
from clew.media.steps import Step
from clew.review.models import OutcomeNotice, Statement, Worked

#: Of many outcomes the newest are shown.
OUTCOMES_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the feed. `series` is None where the officer may not see it any more, or it is gone."""

    notice: OutcomeNotice
    series: Series | None


def note_worked(asked: LookAsked) -> None:
    """Whoever looks closer than at an outline works on the series that the picture is in, as far as they can see them at that moment."""
    if asked.step is Step.OUTLINE:
        return
    with acting_as(asked.officer):
        placed = Membership.objects.filter(media_id__in=asked.media_ids, belongs=True, series__name__isnull=False)
        series_ids = set(placed.values_list("series_id", flat=True))
    rows = [Worked(officer_id=asked.officer.pk, series_id=id_, last_at=now()) for id_ in sorted(series_ids)]
    Worked.objects.using("service").bulk_create(
        rows, update_conflicts=True, unique_fields=["officer", "series"], update_fields=["last_at"]
    )


def tell_workers(announcement_id: uuid.UUID, event: SeriesOutcome) -> None:
    """Leave word to each who worked on the series; runs in the delivery's transaction, once however often it is told."""
    series = Series.objects.using("service").filter(id=event.series_id).first()
    if series is None:
        return
    worked = set(Worked.objects.using("service").filter(series=series).values_list("officer_id", flat=True))
    rows = [
        OutcomeNotice(
            id=new_id(), officer_id=officer_id, announcement_id=announcement_id, series=series, kind=event.outcome
        )
        for officer_id in sorted(worked | _stated(series))
    ]
    OutcomeNotice.objects.using("service").bulk_create(rows, ignore_conflicts=True)


def _stated(series: Series) -> set[uuid.UUID]:
    """Who placed a content in the series, or decided one that is in it and may see the series now: to others it must not be told to exist."""
    placed = Membership.objects.using("service").filter(series=series, belongs=True)
    inside = placed.filter(media_id=OuterRef("media_id"))
    decided = Statement.objects.using("service").filter(Exists(inside)).values("officer_id")
    found = Officer.objects.using("service").select_related("unit__organisation").filter(id__in=decided)
    sees = {officer.pk for officer in found if level_for(series, asker_for(officer)) is Level.FULL}
    return sees | set(placed.values_list("stated_by_id", flat=True))


def outcomes_told(officer: Officer) -> list[Told]:
    """The officer's feed, newest first. Runs in their scope, which says which series are named."""
    require(officer, Permission.OUTCOME_READ)
    own = OutcomeNotice.objects.using("service").filter(officer_id=officer.pk).order_by("-at")
    notices = list(own[:OUTCOMES_SHOWN_MAX])
    seen = Series.objects.in_bulk([notice.series_id for notice in notices if notice.series_id])
    return [Told(notice, seen.get(notice.series_id) if notice.series_id else None) for notice in notices]


def unseen_outcomes(officer: Officer) -> int:
    """How many the officer has not read yet; 0 for those who have no feed."""
    if Permission.OUTCOME_READ not in officer.permissions:
        return 0
    return OutcomeNotice.objects.using("service").filter(officer_id=officer.pk, seen_at__isnull=True).count()


def note_read(officer: Officer) -> None:
    """The officer has read what is there."""
    require(officer, Permission.OUTCOME_READ)
    with transaction.atomic(using="service"):
        own = OutcomeNotice.objects.using("service").filter(officer_id=officer.pk, seen_at__isnull=True)
        own.update(seen_at=now())
