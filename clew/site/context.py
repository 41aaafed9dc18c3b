"""What every page knows: who is signed in and which places they may go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clew.access.break_glass import unreviewed_of
from clew.access.canaries import unseen_notices
from clew.access.permissions import Permission
from clew.intake.jail_reports import reduced_jails

#: Places in the navigation: the url's name, its words, what opens it.
PLACES = (
    ("intake:submissions", "Submissions", Permission.SUBMISSION_READ),
    ("catalogue:series_list", "Series", Permission.SERIES_READ),
    ("cooperation:alerts", "Alerts", Permission.ALERT_READ),
    ("catalogue:retention", "Retention", Permission.RETENTION_READ),
    ("catalogue:cautions", "Under examination", Permission.CAUTION_SET),
    ("access:approvals", "Two-person acts", Permission.APPROVAL_READ),
    ("access:glass", "Broken glass", Permission.GLASS_READ),
    ("access:entries", "Audit", Permission.ENTRY_READ),
    ("access:subject_requests", "Requests of data subjects", Permission.SUBJECT_REQUEST_READ),
    ("cooperation:requests", "Requests", Permission.REQUEST_READ),
    ("access:groups", "Groups", Permission.GROUP_READ),
    ("intake:status", "Status", Permission.INDEX_READ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The officer, their places, and machines whose jail is not whole; nothing for strangers."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"officer": None, "places": [], "reduced_jails": []}
    return {
        "officer": user,
        "unseen_notices": unseen_notices(user),
        "unreviewed_glass": unreviewed_of(user),
        "reduced_jails": reduced_jails(),
        "places": [(name, words) for name, words, permission in PLACES if permission in user.permissions],
    }
