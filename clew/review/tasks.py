"""Jobs of review: what is kept for a day is forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app

from clew.access.declared import Who, declares
from clew.review.results import forget_results


@app.periodic(cron="23 * * * *", periodic_id="review.forget_results")
@app.task(name="review.forget_results", queue="intake", queueing_lock="review.forget_results", pass_context=False)
@declares(Who.SERVICE, "review:result:forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Delete the results of searches that are over."""
    forget_results()
