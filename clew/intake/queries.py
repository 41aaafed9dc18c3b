"""Reads of intake: submissions, their counts, verdicts and matches, as far as the officer may know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, OuterRef, Prefetch, QuerySet, Subquery, Value, When

from clew.access.models import Officer
from clew.access.ownership import Level, level_for, most_telling
from clew.access.permissions import Permission
from clew.access.scope import asker_for, require
from clew.catalogue.models import Media, Series, Submission, SubmissionState
from clew.catalogue.queries import rules_of_series, rules_of_sightings
from clew.intake.models import NEAREST_FIRST, Match, ReceivedFile, Verdict, VerdictKind
from clew.kernel.errors import NotFound


def submissions_of(officer: Officer) -> QuerySet[Submission]:
    """The submissions of the officer's organisation, newest first."""
    require(officer, Permission.SUBMISSION_READ)
    return (
        Submission.objects.select_related("case", "submitted_by", "handed_to", "owner_unit")
        # Told with its case: the join leaves it out, of the count too, for who is not cleared for that.
        .filter(owner_organisation=officer.organisation_id, case__reference__isnull=False)
        .order_by("-id")
    )


def submission_own(officer: Officer, submission_id: uuid.UUID) -> Submission:
    """A submission of the officer's own organisation, or `NotFound`: the same answer when it is absent and when it is foreign."""
    found = (
        Submission.objects.select_related("case", "submitted_by", "handed_to", "owner_unit__organisation")
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
    """What a match may say now: its level as the owner's rule stands, and series and media where row-level security lets the officer see them."""

    match: Match
    level: Level
    series: Series | None
    media: Media | None

    @property
    def is_open(self) -> bool:
        """Whether more may be told than that something is held."""
        unseen = self.match.series_id is not None and self.series is None
        return self.level == Level.FULL and self.media is not None and not unseen

    @property
    def names_holder(self) -> bool:
        """Whether the unit that holds it may be named."""
        return self.level in {Level.FULL, Level.CONTACT}


def shown_matches(officer: Officer, verdicts: Iterable[Verdict]) -> dict[uuid.UUID, list[Shown]]:
    """The matches of each verdict (by file id), cut by what the officer may know at this moment: what the owner closed since is gone at once,
    what it opened is open. Runs inside the officer's scope.
    """
    listed = list(verdicts)
    matches = [match for verdict in listed for match in verdict.matches.all()]
    levels = _levels_now(officer, matches)
    full = [match for match in matches if levels[match.id] == Level.FULL]
    series = Series.objects.select_related("owner_unit__organisation").in_bulk(
        {match.series_id for match in full if match.series_id}
    )
    media = Media.objects.in_bulk({match.media_id for match in full if match.media_id})
    return {
        verdict.file_id: [
            Shown(
                match,
                levels[match.id],
                series.get(match.series_id) if match.series_id else None,
                media.get(match.media_id) if match.media_id else None,
            )
            for match in verdict.matches.all()
            if levels[match.id] != Level.SILENT
        ]
        for verdict in listed
    }


def _levels_now(officer: Officer, matches: Sequence[Match]) -> dict[uuid.UUID, Level]:
    """How much the officer may know of each match as the rules of its holder stand: of the series it was met through, or of the unit's sightings."""
    if not matches:
        return {}
    asker = asker_for(officer)
    through_series = {
        series_id: level_for(row, asker)
        for series_id, row in rules_of_series(match.series_id for match in matches if match.series_id).items()
    }
    through_unit: dict[tuple[uuid.UUID, uuid.UUID], Level] = {}
    # Of what its holder has purged nothing is left that anyone could be told.
    apart = {match.media_id: match for match in matches if match.media_id and not match.series_id}
    for row in rules_of_sightings(apart, (match.holder_unit_id for match in matches)):
        key = (row.media_id, row.owner_unit_id)
        through_unit[key] = most_telling([level_for(row, asker), through_unit.get(key, Level.SILENT)])
    return {
        match.id: through_series.get(match.series_id, Level.SILENT)
        if match.series_id
        else through_unit.get((match.media_id or match.id, match.holder_unit_id), Level.SILENT)
        for match in matches
    }


def match_for(officer: Officer, match_id: uuid.UUID) -> Shown:
    """A match of the officer's organisation as it may be told now, or `NotFound`: the same where it is absent, foreign or silent by now."""
    require(officer, Permission.SUBMISSION_READ)
    match = Match.objects.select_related("verdict", "holder_unit").filter(id=match_id).first()
    if match is None:
        raise NotFound
    verdict = verdict_for(officer, match.verdict_id)
    for shown in shown_matches(officer, [verdict])[verdict.file_id]:
        if shown.match.id == match_id:
            return shown
    raise NotFound


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
