"""Jobs of cooperation: requests nobody answered."""

from __future__ import annotations

from procrastinate.contrib.django import app

from clew.access.declared import Who, declares
from clew.cooperation.requests import escalate_overdue


@app.periodic(cron="7 * * * *", periodic_id="cooperation.escalate")
@app.task(name="cooperation.escalate", queue="intake", queueing_lock="cooperation.escalate", pass_context=False)
@declares(Who.SERVICE, "cooperation:request:escalate")
def escalate(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Put requests whose day went by unanswered before the owner's national administrator."""
    escalate_overdue()
