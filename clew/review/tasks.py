"""Jobs of review: gather what came into stacks, rate anew what waits, make words to search by, and forget what is over."""

from __future__ import annotations

import datetime as dt
import time

from django.db import transaction
from procrastinate.contrib.django import app

from clew.access.declared import Who, declares
from clew.kernel.clock import now
from clew.kernel.limits import LIKENESS_DAYS
from clew.review.models import Likeness
from clew.review.rating import rate_stacks, stacks_to_rate
from clew.review.results import forget_results
from clew.review.search_history import forget_old_steps
from clew.review.search_indexing import make_words
from clew.review.stacking import stack_submission, submissions_to_stack

#: A day changes what a stack is worth by a point or two; a series that is identified, or a hit that comes later, by hundreds.
RATED_AGAIN_AFTER = dt.timedelta(minutes=10)
#: Some seconds of work at a time.
RATED_AT_ONCE = 4000
#: A worker goes back to what else there is after so long.
SECONDS_PER_JOB = 8


@app.periodic(cron="* * * * * */5", periodic_id="review.stack")
@app.task(name="review.stack", queue="intake", queueing_lock="review.stack", pass_context=False)
@declares(Who.SERVICE, "review:stack:build")
def stack_finished(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Stack every submission that is finished and was not stacked: a new one within seconds, those from before there were stacks in their turn.

    What counts is that the mark is missing, so nothing is lost with an announcement, and killing this at any moment only has it done again.
    """
    for submission_id in submissions_to_stack():
        stack_submission(submission_id)


@app.periodic(cron="* * * * *", periodic_id="review.rate")
@app.task(name="review.rate", queue="intake", queueing_lock="review.rate", pass_context=False)
@declares(Who.SERVICE, "review:stack:rate")
def rate_again(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Rate anew the stacks that wait, those first that were rated longest ago."""
    with transaction.atomic(using="service"):
        rate_stacks(stacks_to_rate(now() - RATED_AGAIN_AFTER, RATED_AT_ONCE))


@app.periodic(cron="23 * * * *", periodic_id="review.forget_results")
@app.task(name="review.forget_results", queue="intake", queueing_lock="review.forget_results", pass_context=False)
@declares(Who.SERVICE, "review:result:forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Delete the results of searches that are over."""
    forget_results()


@app.periodic(cron="* * * * * */5", periodic_id="review.make_words")
@app.task(name="review.make_words", queue="intake", queueing_lock="review.make_words", pass_context=False)
@declares(Who.SERVICE, "review:words:make")
def make_words_due(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Make the words of what was written since, for some seconds."""
    until = time.monotonic() + SECONDS_PER_JOB
    while make_words() and time.monotonic() < until:
        pass


@app.periodic(cron="23 4 * * *", periodic_id="review.forget_searches")
@app.task(name="review.forget_searches", queue="intake", queueing_lock="review.forget_searches", pass_context=False)
@declares(Who.SERVICE, "review:search:forget")
def forget_searches(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Forget questions of likeness whose answers are old, and steps beyond what is kept of an officer's way."""
    Likeness.objects.using("service").filter(asked_at__lt=now() - dt.timedelta(days=LIKENESS_DAYS)).delete()
    forget_old_steps()
