"""Reads of intake: submissions, their counts, verdicts and matches, as far as the officer may know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, OuterRef, Prefetch, QuerySet, Subquery, Value, When

from clew.access.models import Officer
from clew.access.ownership import Level
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Media, Series, Submission, SubmissionState
from clew.intake.models import NEAREST_FIRST, Match, ReceivedFile, Verdict, VerdictKind
from clew.kernel.errors import NotFound


def submissions_of(officer: Officer) -> QuerySet[Submission]:
    """The submissions of the officer's organisation, newest first."""
    require(officer, Permission.SUBMISSION_READ)
    return (
        Submission.objects.select_related("case", "submitted_by", "owner_unit")
        .filter(owner_organisation=officer.organisation_id)
        .order_by("-id")
    )


def submission_own(officer: Officer, submission_id: uuid.UUID) -> Submission:
    """A submission of the officer's own organisation, or `NotFound`: the same answer when it is absent and when it is foreign."""
    found = (
        Submission.objects.select_related("case", "submitted_by", "owner_unit__organisation")
        .filter(id=submission_id, owner_organisation=officer.organisation_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def submission_to_resume(officer: Officer, case_reference: str, door: str) -> Submission | None:
    """The officer's own newest submission for this case that still takes files and came through this door, if there is one."""
    require(officer, Permission.SUBMISSION_CREATE)
    return (
        Submission.objects.select_related("case")
        .filter(submitted_by=officer, case__reference=case_reference.strip(), door=door, state=SubmissionState.OPEN)
        .order_by("-id")
        .first()
    )


def submission_for(officer: Officer, submission_id: uuid.UUID) -> Submission:
    """The same, for reading it."""
    require(officer, Permission.SUBMISSION_READ)
    return submission_own(officer, submission_id)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the files of a submission are: received, decided, and decided how."""

    received: int
    decided: int
    counts: dict[str, int]

    @property
    def waiting(self) -> int:
        """Files acknowledged that have no verdict yet."""
        return self.received - self.decided


def progress_of(submissions: Iterable[Submission]) -> dict[uuid.UUID, Progress]:
    """The progress of each submission, in two queries however many there are."""
    ids = [submission.id for submission in submissions]
    received = dict(
        ReceivedFile.objects.filter(submission_id__in=ids).values_list("submission_id").annotate(n=Count("id"))
    )
    counts: dict[uuid.UUID, dict[str, int]] = {id_: dict.fromkeys(VerdictKind.values, 0) for id_ in ids}
    for submission_id, kind, number in (
        Verdict.objects.filter(submission_id__in=ids).values_list("submission_id", "kind").annotate(n=Count("file"))
    ):
        counts[submission_id][kind] = number
    return {id_: Progress(received.get(id_, 0), sum(counts[id_].values()), counts[id_]) for id_ in ids}


def verdicts_of(officer: Officer, submission: Submission, *, kind: str | None = None) -> QuerySet[Verdict]:
    """The verdicts of a submission with their matches: by verdict, of one verdict by series, and then in the order the files came."""
    require(officer, Permission.SUBMISSION_READ)
    matches = Match.objects.select_related("holder_unit__organisation")
    found = (
        Verdict.objects.select_related("file__parent", "sighting__media")
        .filter(submission=submission)
        .prefetch_related(Prefetch("matches", queryset=matches))
    )
    if kind in {VerdictKind.KNOWN, VerdictKind.RESEMBLES}:
        nearest = Match.objects.filter(verdict=OuterRef("pk")).order_by(*NEAREST_FIRST).values("series_id")[:1]
        return found.filter(kind=kind).annotate(nearest_series=Subquery(nearest)).order_by("nearest_series", "file_id")
    if kind:
        return found.filter(kind=kind).order_by("file_id")
    rank = Case(*(When(kind=known, then=Value(place)) for place, known in enumerate(VerdictKind.values)))
    return found.order_by(rank, "file_id")


def waiting_of(officer: Officer, submission: Submission) -> QuerySet[ReceivedFile]:
    """The files of a submission that have no verdict yet, in the order they came."""
    require(officer, Permission.SUBMISSION_READ)
    return ReceivedFile.objects.filter(submission=submission, decided=False).order_by("id")


def verdict_for(officer: Officer, file_id: uuid.UUID) -> Verdict:
    """The verdict on one file, or `NotFound`: the same answer when it is absent and when it is foreign."""
    require(officer, Permission.SUBMISSION_READ)
    found = (
        Verdict.objects.select_related("file__parent", "sighting__media", "submission__case")
        .filter(file_id=file_id)
        .prefetch_related(Prefetch("matches", queryset=Match.objects.select_related("holder_unit__organisation")))
        .first()
    )
    if found is None:
        raise NotFound
    return found


def embedded_in(officer: Officer, file: ReceivedFile) -> QuerySet[ReceivedFile]:
    """The files that lay inside a file, with their verdicts, in the order in which they lay."""
    require(officer, Permission.SUBMISSION_READ)
    return ReceivedFile.objects.select_related("verdict").filter(parent=file).order_by("id")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a match may say now: series and media only where row-level security still lets the officer see them."""

    match: Match
    series: Series | None
    media: Media | None

    @property
    def is_open(self) -> bool:
        """Whether more may be told than that something is held, and whom to call."""
        unseen = self.match.series_id is not None and self.series is None
        return self.match.level == Level.FULL and self.media is not None and not unseen


def shown_matches(verdicts: Iterable[Verdict]) -> dict[uuid.UUID, list[Shown]]:
    """The matches of each verdict (by file id), cut by what may be seen at this moment: sharing ended since is gone at once."""
    listed = list(verdicts)
    matches = [match for verdict in listed for match in verdict.matches.all()]
    series = Series.objects.select_related("owner_unit__organisation").in_bulk(
        {match.series_id for match in matches if match.series_id}
    )
    media = Media.objects.in_bulk({match.media_id for match in matches if match.media_id})
    return {
        verdict.file_id: [
            Shown(
                match,
                series.get(match.series_id) if match.series_id else None,
                media.get(match.media_id) if match.media_id else None,
            )
            for match in verdict.matches.all()
        ]
        for verdict in listed
    }


def received_keys(officer: Officer, submission: Submission) -> list[str]:
    """The client keys already acknowledged, so that a sender resumes where it stopped."""
    require(officer, Permission.SUBMISSION_CREATE)
    sent = ReceivedFile.objects.filter(submission=submission, parent__isnull=True)
    return list(sent.values_list("client_key", flat=True))


@dataclass(frozen=True, slots=True)
class Totals:
    """What an installation holds and what waits in it, over all countries and without a word of whose it is."""

    media: int
    series: int
    waiting: int
    unfinished: int


def totals() -> Totals:
    """The numbers for whoever runs the installation."""
    waiting = ReceivedFile.objects.using("service").filter(decided=False)
    return Totals(
        media=Media.objects.using("service").count(),
        series=Series.objects.using("service").count(),
        waiting=waiting.count(),
        unfinished=waiting.values("submission").distinct().count(),
    )
