"""Jobs of access: the yearly campaigns are opened, warned of and closed; old counts are forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app

from clew.access.campaigns import campaigns_due, close_due_campaigns, open_campaign
from clew.access.declared import Who, declares
from clew.access.key_quota import forget_old_counts


@app.periodic(cron="*/10 * * * *", periodic_id="access.review_rights")
@app.task(name="access.review_rights", queue="intake", queueing_lock="access.review_rights", pass_context=False)
@declares(Who.SERVICE, "access:recertification:run")
def review_rights(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands every periodic job its time
    """Open the campaigns that are due, and close those whose time is over."""
    for organisation in campaigns_due():
        open_campaign(organisation)
    close_due_campaigns()
    forget_old_counts()
