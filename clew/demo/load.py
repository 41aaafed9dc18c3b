"""Loading the demo world: through the product's own actions, as its officers, and again from where it stopped if it was interrupted."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connections, transaction

from clew.access.models import Officer, Organisation
from clew.access.scope import acting_as
from clew.catalogue.actions import Grounds, create_series, state_membership
from clew.catalogue.models import Series, Submission, SubmissionState
from clew.demo.changes import CHANGES
from clew.demo.developing import Darkroom
from clew.demo.enlisting import enlist_everyone, sign_ins
from clew.demo.models import Truth
from clew.demo.plan import FULL, Plan, PlannedFile, PlannedSeries, PlannedSubmission, PlanSize, plan
from clew.intake.actions import close_submission, open_submission, receive_files
from clew.intake.client_keys import client_key
from clew.intake.closer import pass_over
from clew.intake.models import ReceivedFile, Verdict
from clew.intake.pipeline import decide_waiting
from clew.ledger.actions import record
from clew.ledger.delivery import deliver_waiting
from clew.ledger.models import Entry
from clew.review.deciding import decide
from clew.review.models import Decision

__all__ = ["is_loaded", "load_demo", "sign_ins"]

DOOR = "demo"
LOADED = "demo:world:load"
PURPOSE = "victim identification"
LEGAL_BASIS = "Demonstration Act, section 1"
#: Files rendered and received together.
BATCH_FILES = 32
#: What owners say of their series, by its number.
CODES = ("none", "C", "B")
Progress = Callable[[str, int, int], None]


def _silent(_words: str, _done: int, _total: int) -> None:
    pass


def is_loaded() -> bool:
    """Whether the whole of it is there: its last act leaves an entry in the ledger."""
    return Entry.objects.using("service").filter(verb=LOADED).exists()


def load_demo(*, password: str, code_secret: str, size: PlanSize = FULL, progress: Progress = _silent) -> None:
    """Found the organisations, open the series, bring the archives and then the casework. What is there already is left as it is.

    `progress` is called with what is being done, how many files are through, and of how many.
    """
    if is_loaded():
        return
    planned = plan(size)
    with Darkroom(os.cpu_count() or 1) as darkroom, ThreadPoolExecutor(1) as deciding:
        try:
            loading = _Loading(
                planned, enlist_everyone(password=password, code_secret=code_secret), darkroom, deciding, progress
            )
            loading.bring([found for found in planned.submissions if found.is_archive])
            loading.state_memberships()
            loading.bring([found for found in planned.submissions if not found.is_archive])
        finally:
            # The deciding thread has connections of its own.
            deciding.submit(connections.close_all).result()
    deliver_waiting()
    # What the demo world holds is known: a closer look at its strangers would find nothing and keep a small machine busy for many minutes.
    pass_over(DOOR)
    with transaction.atomic(using="service"):
        record(LOADED, actor=None, using="service", facts={"files": planned.file_count, "series": len(planned.series)})


class _Loading:
    """One run of the load."""

    def __init__(
        self,
        planned: Plan,
        officers: dict[str, Officer],
        darkroom: Darkroom,
        deciding: ThreadPoolExecutor,
        progress: Progress,
    ) -> None:
        self._planned, self._officers, self._darkroom = planned, officers, darkroom
        self._deciding, self._progress = deciding, progress
        self._organisations = dict(Organisation.objects.using("service").values_list("key", "id"))
        self._series = {found.number: self._opened_series(found) for found in planned.series}
        self._rendered = 0

    def _grounds(self, found: PlannedSeries | PlannedSubmission) -> Grounds:
        return Grounds(
            purpose=PURPOSE,
            confidentiality="restricted",
            sharing=found.sharing,
            outside=found.outside,
            audience_organisations=[self._organisations[key] for key in found.audience],
        )

    def _opened_series(self, found: PlannedSeries) -> Series:
        officer = self._officers[found.owner]
        with acting_as(officer):
            held = Series.objects.filter(name=found.name, owner_unit=officer.unit_id).first()
            return held or create_series(
                officer,
                found.name,
                self._grounds(found),
                state=found.state,
                victim_identified=found.victim_identified,
                offender_identified=found.offender_identified,
                summary="Rendered for the demonstration.",
            )

    def bring(self, submissions: Sequence[PlannedSubmission]) -> None:
        """Render and send each submission while those before it are decided; returns when all have their verdicts."""
        waiting: list[Future[None]] = []
        for found in submissions:
            submission = self._opened(found)
            if submission.state == SubmissionState.OPEN:
                self._send(found, submission)
            else:
                self._tell(len(found.files))
            waiting.append(self._deciding.submit(_decide, submission.id))
        for one in waiting:
            one.result()

    def _opened(self, found: PlannedSubmission) -> Submission:
        officer = self._officers[found.bringer]
        with acting_as(officer):
            held = Submission.objects.filter(case__reference=found.reference, submitted_by=officer, door=DOOR).first()
        return held or open_submission(
            officer, case_reference=found.reference, legal_basis=LEGAL_BASIS, grounds=self._grounds(found), door=DOOR
        )

    def _send(self, found: PlannedSubmission, submission: Submission) -> None:
        officer = self._officers[found.bringer]
        for start in range(0, len(found.files), BATCH_FILES):
            files = list(found.files[start : start + BATCH_FILES])
            contents = self._darkroom.files(files)
            named = [(client_key(file.path), file.path, content) for file, content in zip(files, contents, strict=True)]
            receive_files(officer, submission.id, named)
            self._note_truth(submission, files)
            self._tell(len(files))
        close_submission(officer, submission.id)

    def _note_truth(self, submission: Submission, files: Sequence[PlannedFile]) -> None:
        received = dict(
            ReceivedFile.objects.using("service").filter(submission=submission).values_list("client_key", "id")
        )
        Truth.objects.using("service").bulk_create(
            [_truth(received[client_key(file.path)], file, self._series) for file in files], ignore_conflicts=True
        )

    def _tell(self, files: int) -> None:
        self._rendered += files
        self._progress("rendering and taking in", self._rendered, self._planned.file_count)

    def state_memberships(self) -> None:
        """Each owner states which media are in their series, and what they are: so that others are offered that instead of the pictures."""
        media: dict[uuid.UUID, list[uuid.UUID]] = {}
        for series_id, media_id in (
            Truth.objects.using("service")
            .filter(change="", file__submission__case__reference__contains="-ARCHIVE-")
            .values_list("series_id", "file__verdict__sighting__media_id")
        ):
            media.setdefault(series_id, []).append(media_id)
        for found in self._planned.series:
            series, officer = self._series[found.number], self._officers[found.owner]
            with acting_as(officer):
                state_membership(officer, series, media[series.id], basis="same room")
            self._state_code(officer, found.number, media[series.id])

    def _state_code(self, officer: Officer, number: int, media_ids: Sequence[uuid.UUID]) -> None:
        """A code of the scheme at the desk, by the number of the series alone: the pictures are of rendered rooms."""
        if Decision.objects.using("service").filter(officer=officer.pk, statements__media__in=media_ids).exists():
            return
        decide(officer, media_ids, code=CODES[number % len(CODES)], note="Rendered for the demonstration.")


def _truth(file_id: uuid.UUID, file: PlannedFile, series: dict[int, Series]) -> Truth:
    return Truth(
        file_id=file_id,
        shot=file.shot.key,
        place=file.shot.place,
        view=file.shot.view,
        thing=file.shot.thing,
        change=file.change or "",
        is_near=file.change is None or CHANGES[file.change].is_near,
        is_part=file.change is not None and CHANGES[file.change].is_part,
        series=series[file.series] if file.series is not None else None,
    )


def _decide(submission_id: uuid.UUID) -> None:
    """Every verdict of a submission, and the word that it is finished."""
    while decide_waiting(submission_id):
        pass
    undecided = ReceivedFile.objects.using("service").filter(submission=submission_id).count()
    undecided -= Verdict.objects.using("service").filter(submission=submission_id).count()
    assert not undecided, "the demo is loaded while no worker runs"
