"""Jobs of searching: words of what is new are made, old questions and old steps are forgotten."""

from __future__ import annotations

import datetime as dt
import time

from procrastinate.contrib.django import app

from clew.access.declared import Who, declares
from clew.kernel.clock import now
from clew.kernel.limits import LIKENESS_DAYS
from clew.review.models import Likeness
from clew.review.search_history import forget_old_steps
from clew.review.search_indexing import make_words

#: A worker goes back to what else there is after so long.
SECONDS_PER_JOB = 8


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
