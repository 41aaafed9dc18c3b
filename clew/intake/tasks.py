"""Jobs of intake: decide waiting files, sweep for submissions that were left behind, deliver announcements."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from contextlib import suppress

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

from clew.access.declared import Who, declares
from clew.catalogue.models import Submission, SubmissionState
from clew.intake.closer import look_closer, waiting_for_a_closer_look
from clew.intake.holdings import Holdings
from clew.intake.imprinting import imprint_next, waiting_for_imprints
from clew.intake.models import ReceivedFile
from clew.intake.pipeline import decide_waiting, process_jail
from clew.intake.retention_run import run_retention
from clew.kernel.clock import now
from clew.kernel.limits import MIB
from clew.ledger.delivery import deliver_waiting
from clew.vault.opened import vault
from clew.vault.scrubbing import Pace, newest_finished, scrub

#: Batches of one job: long enough to keep a worker busy, short enough that other submissions get their turn.
BATCHES_PER_JOB = 20
#: A worker that looks closer, or makes imprints of what was there before, goes back to what else there is after so long.
CLOSER_SECONDS_PER_JOB = 8
#: The whole vault once a week, in slices, and slowly enough that officers do not feel it.
SCRUB_EVERY = dt.timedelta(days=7)
SCRUB_SECONDS_PER_JOB, SCRUB_BYTES_PER_SECOND = 60, 64 * MIB


@app.task(name="intake.decide_submission", queue="intake")
@declares(Who.SERVICE, "intake:file:decide")
def decide_submission(submission_id: str) -> None:
    """Decide waiting files of one submission, and come back for the rest. Asks first for another worker to join in, if one is idle."""
    id_ = uuid.UUID(submission_id)
    for round_ in range(BATCHES_PER_JOB):
        if not decide_waiting(id_):
            deliver_waiting()
            return
        if round_ == 0:
            ask_for_decisions(id_)
    deliver_waiting()
    ask_for_decisions(id_)


@app.periodic(cron="* * * * * */5", periodic_id="intake.sweep")
@app.task(name="intake.sweep", queue="intake", queueing_lock="intake.sweep", pass_context=False)
@declares(Who.SERVICE, "intake:file:sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Take up every submission that still waits: the way back after a crash. Asking for what is asked for already changes nothing."""
    waiting = (
        Submission.objects.using("service")
        .exclude(state=SubmissionState.FINISHED)
        .filter(held_at=None)
        .values_list("id", flat=True)
    )
    for submission_id in waiting:
        if ReceivedFile.objects.using("service").filter(submission=submission_id, decided=False).exists():
            ask_for_decisions(submission_id)
        else:
            decide_waiting(submission_id)
    deliver_waiting()


@app.periodic(cron="* * * * * */10", periodic_id="intake.look_closer")
@app.task(name="intake.look_closer", queue="intake", queueing_lock="intake.look_closer", pass_context=False)
@declares(Who.SERVICE, "intake:file:look_closer")
def look_closer_while_idle(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Search new pictures for small parts for some seconds, as long as no file waits for its verdict."""
    if not waiting_for_a_closer_look().exists():
        return
    until = time.monotonic() + CLOSER_SECONDS_PER_JOB
    while time.monotonic() < until and look_closer(process_jail()):
        pass
    deliver_waiting()


@app.periodic(cron="* * * * * */10", periodic_id="intake.imprint_earlier")
@app.task(name="intake.imprint_earlier", queue="intake", queueing_lock="intake.imprint_earlier", pass_context=False)
@declares(Who.SERVICE, "intake:media:imprint")
def imprint_earlier_while_idle(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Make imprints of what was catalogued before there were any for some seconds, as long as no file waits for its verdict."""
    if not waiting_for_imprints().exists():
        return
    until = time.monotonic() + CLOSER_SECONDS_PER_JOB
    while time.monotonic() < until and imprint_next(process_jail()):
        pass


@app.periodic(cron="*/5 * * * *", periodic_id="intake.scrub")
@app.task(name="intake.scrub", queue="intake", queueing_lock="intake.scrub", pass_context=False)
@declares(Who.SERVICE, "vault:object:scrub")
def scrub_when_due(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Open everything in the vault once a week, some seconds at a time, as long as no file waits for its verdict."""
    newest = newest_finished()
    if newest is not None and newest.finished_at is not None and now() - newest.finished_at < SCRUB_EVERY:
        return
    if not ReceivedFile.objects.using("service").filter(decided=False).exists():
        scrub(vault(), Holdings(), pace=Pace(SCRUB_BYTES_PER_SECOND), seconds_max=SCRUB_SECONDS_PER_JOB)


@app.periodic(cron="* * * * *", periodic_id="intake.forget_stalled")
@app.task(name="intake.forget_stalled", queue="intake", queueing_lock="intake.forget_stalled", pass_context=True)
@declares(Who.SERVICE, "intake:job:forget")
async def forget_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Take the jobs of killed workers off the list; the sweep has asked for their files anew."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        await jobs.finish_job(job, status=Status.FAILED, delete_job=True)


def ask_for_decisions(submission_id: uuid.UUID) -> None:
    """Have a worker decide the submission's waiting files soon; asking again while one is asked for changes nothing."""
    with suppress(AlreadyEnqueued):
        decide_submission.configure(queueing_lock=str(submission_id)).defer(submission_id=str(submission_id))


@app.periodic(cron="17 * * * *", periodic_id="intake.retention")
@app.task(name="intake.retention", queue="intake", queueing_lock="intake.retention", pass_context=False)
@declares(Who.SERVICE, "catalogue:record:retain")
def keep_retention(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Ask owners, purge what has expired, and finish purges that were cut short."""
    run_retention()
