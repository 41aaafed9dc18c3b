"""What every page knows: who is signed in and which places they may go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from clew.access.break_glass import unreviewed_of
from clew.access.canaries import unseen_notices
from clew.access.models import Organisation
from clew.access.permissions import Permission
from clew.access.sessions import SessionState, seconds_left
from clew.catalogue.look_minimum import choice_of
from clew.intake.jail_reports import reduced_jails
from clew.review.hotkeys import as_they_came, for_the_page, keys_of
from clew.review.outcomes import unseen_outcomes
from clew.site.certificate_header import certificate_of
from clew.site.own_session import own_session, session_state_of

#: Places in the navigation, those of every day first: the url's name, its words, what opens it.
PLACES = (
    ("review:desk", "Desk", Permission.STACK_DECIDE),
    ("intake:submissions", "Submissions", Permission.SUBMISSION_READ),
    ("catalogue:series_list", "Series", Permission.SERIES_READ),
    ("cooperation:alerts", "Alerts", Permission.ALERT_READ),
    ("cooperation:requests", "Requests", Permission.REQUEST_READ),
    ("access:people", "People", Permission.OFFICER_READ),
    ("access:organisations", "Organisations", Permission.ORGANISATION_OVERSEE),
    ("access:entries", "Audit", Permission.ENTRY_READ),
    ("access:subject_requests", "Requests of data subjects", Permission.SUBJECT_REQUEST_READ),
    ("catalogue:retention", "Retention", Permission.RETENTION_READ),
    ("catalogue:cautions", "Under examination", Permission.CAUTION_SET),
    ("catalogue:looks", "How pictures are shown", Permission.LOOK_CHOOSE),
    ("access:approvals", "Two-person acts", Permission.APPROVAL_READ),
    ("access:glass", "Broken glass", Permission.GLASS_READ),
    ("sharing:groups", "Groups", Permission.GROUP_READ),
    ("review:votes", "Votes", Permission.STACK_READ),
    ("review:schemes", "Schemes", Permission.SCHEME_READ),
    ("review:grid", "Grid", Permission.SEARCH_RUN),
    ("review:desk_progress", "How far the desk is", Permission.STACK_READ),
    ("review:hotkeys", "Keys", Permission.HOTKEY_CHOOSE),
    ("review:second_reviews", "To be judged again", Permission.STACK_DECIDE),
    ("review:agreement", "Agreement", Permission.AGREEMENT_READ),
    ("review:outcomes", "Outcomes", Permission.OUTCOME_READ),
    ("review:wellbeing", "Your exposure", Permission.EXPOSURE_READ),
    ("review:oversight", "Exposure of officers", Permission.EXPOSURE_OVERSEE),
    ("intake:status", "Status", Permission.INDEX_READ),
)
#: So many stand beside one another at 1280 pixels; the rest open under "More".
PLACES_BESIDE = 5


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The officer, their places, and machines whose jail is not whole; nothing for strangers, nor on a locked screen."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"officer": None, "places": [], "further_places": [], "reduced_jails": []}
    if session_state_of(request) != SessionState.OPEN:
        return {"officer": None, "places": [], "reduced_jails": [], "is_locked": True}
    session = own_session(request)
    places = [(name, words) for name, words, permission in PLACES if permission in user.permissions]
    may_choose_keys = Permission.HOTKEY_CHOOSE in user.permissions
    return {
        "officer": user,
        "unseen_notices": unseen_notices(user),
        "unseen_outcomes": unseen_outcomes(user),
        "unreviewed_glass": unreviewed_of(user),
        "own_session": session,
        "locks_in": seconds_left(session) if session else 0,
        "reduced_jails": reduced_jails(),
        "hotkeys": for_the_page(keys_of(user) if may_choose_keys else as_they_came()),
        "hotkeys_are_own": may_choose_keys,
        "looking": choice_of(user) if Permission.MEDIA_REVEAL in user.permissions else None,
        "places": places[:PLACES_BESIDE],
        "further_places": places[PLACES_BESIDE:],
    }


def ways_in(request: HttpRequest) -> dict[str, Any]:
    """Beside passkey and password: the card that came with the request, and the identity providers of organisations."""
    user = getattr(request, "user", None)
    if user is None or user.is_authenticated:
        return {}
    keys = list(settings.CLEW_IDENTITY_PROVIDERS)
    found = Organisation.objects.using("service").filter(key__in=keys).order_by("name") if keys else []
    return {"has_card": certificate_of(request) is not None, "providers": list(found)}
