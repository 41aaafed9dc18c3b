"""The gate: nothing but sign-in is reached without a signed-in officer whose factors are set up and whose session is open; errors get one shape.

What the ledger must know of a request is said here: which door, which session, from where. Pages without a permission of their own
(sign-in's, the way in) are put on record here once an officer is signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from clew.access.freshness import NotFresh
from clew.access.models import Officer
from clew.access.scope import acting_as
from clew.access.sessions import BANNER_KEY, SessionLocked, SessionState, note_activity
from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.ledger.circumstances import DoorKind, under
from clew.ledger.errors import LedgerUnwritable
from clew.site.confirming import to_confirmation
from clew.site.enrolment import missing_factor
from clew.site.own_session import own_session, session_state_of
from clew.site.pages import answer, wants_json
from clew.site.peers import client_address

#: Where nobody's session matters: the API has keys of its own.
OPEN_PATHS = ("/static/", "/health", "/api/")
#: The ways in.
SIGN_IN_PATHS = (
    "/accounts/login/",
    "/accounts/2fa/authenticate/",
    "/accounts/2fa/webauthn/login/",
    "/accounts/card/",
    "/accounts/identity/",
)
#: What everybody may reach before they sign in.
BANNER_PATH = "/accounts/banner/"
#: What opens a locked session, tells how long it stays open, and ends it.
UNLOCK_PATHS = (
    "/accounts/reauthenticate/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/webauthn/reauthenticate/",
    "/accounts/card/confirm/",
    "/accounts/identity/",
    "/accounts/session/",
    "/accounts/logout/",
)
#: What an officer may reach whose password is still the secret they were enlisted with: choosing one, and leaving.
ENROLMENT_PATHS = ("/accounts/password/change/", "/accounts/logout/", "/accounts/session/")
#: What pages ask by themselves: it keeps no session open.
BACKGROUND_VIEWS = frozenset({"intake:progress", "review:more", "session_state"})
#: What goes on behind a locked screen: files on their way come in, and nothing is shown.
RECEIVING_VIEWS = frozenset({"intake:files", "intake:close"})
#: Asked by every open page again and again, and telling nothing but how long it stays open.
UNRECORDED_VIEWS = frozenset({"session_state"})


class EnrolmentOver(ClewError):
    """The secret you were enlisted with is no longer valid. Nothing was opened. Ask your national administrator for a new one."""

    status = 403


class Gate:
    """Sends strangers to sign-in, locked sessions to be unlocked, and officers without a second factor to set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, or the way to sign-in."""
        door = DoorKind.API if request.path.startswith("/api/") else DoorKind.PAGE
        with under(door=door, session=request.session.session_key, address=client_address(request)):
            return self._shown_in(request)

    def _shown_in(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PATHS):
            return self.get_response(request)
        if settings.CLEW_BANNER and not request.session.get(BANNER_KEY) and request.path != BANNER_PATH:
            return HttpResponseRedirect(f"{BANNER_PATH}?next={request.path}")
        if request.user.is_authenticated and session_state_of(request) == SessionState.ENDED:
            logout(request)
        is_in = request.user.is_authenticated and request.user.stands
        if not is_in and not request.path.startswith((*SIGN_IN_PATHS, BANNER_PATH)):
            return _shown_out(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """What stands in the way of a signed-in officer: an enrolment, a locked screen, a factor still to be set up, a ledger that takes nothing."""
        officer, match = request.user, request.resolver_match
        if not officer.is_authenticated or match is None or request.path.startswith(OPEN_PATHS):
            return None
        in_the_way = _enrolling(request, officer) if officer.enrolment_ends_at else _in_the_way(request, officer)
        return in_the_way or self._noted(request, officer, view)

    def _noted(self, request: HttpRequest, officer: Officer, view: Callable[..., HttpResponse]) -> HttpResponse | None:
        """Put on record what an officer opens that no door guards; where that cannot be, they get nothing."""
        match = request.resolver_match
        if hasattr(view, "permission") or match is None or match.view_name in UNRECORDED_VIEWS:
            return None
        try:
            with acting_as(officer):
                record("site:page:open", actor=officer, using="default", facts={"page": match.url_name})
        except LedgerUnwritable as refusal:
            return self.process_exception(request, refusal)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """One error shape for people and one for programs; an error that is not ours is logged without its values."""
        if not isinstance(exception, ClewError):
            return None
        if isinstance(exception, NotFresh) and not wants_json(request):
            return to_confirmation(request)
        return answer(request, exception, is_plain=isinstance(exception, LedgerUnwritable))


def _in_the_way(request: HttpRequest, officer: Officer) -> HttpResponse | None:
    match = request.resolver_match
    name = match.view_name if match else ""
    is_receiving = name in RECEIVING_VIEWS and request.method in {"POST", "PUT"}
    if session_state_of(request) == SessionState.LOCKED:
        return None if request.path.startswith(UNLOCK_PATHS) or is_receiving else _locked(request)
    missing = missing_factor(request, officer)
    if missing is not None:
        return HttpResponseRedirect(missing)
    if name not in BACKGROUND_VIEWS and not is_receiving:
        note_activity(own_session(request))
    return None


def _enrolling(request: HttpRequest, officer: Officer) -> HttpResponse | None:
    """Nothing is reached with the enrolment secret but choosing a password, and that only in time."""
    if officer.enrolment_ends_at and officer.enrolment_ends_at <= now():
        logout(request)
        return answer(request, EnrolmentOver())
    return (
        None if request.path.startswith(ENROLMENT_PATHS) else HttpResponseRedirect(reverse("account_change_password"))
    )


def _shown_out(request: HttpRequest) -> HttpResponse:
    """To sign-in; a session whose officer has no access any more is deleted."""
    if SESSION_KEY in request.session:
        logout(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?next={request.path}")


def _locked(request: HttpRequest) -> HttpResponse:
    if wants_json(request) or request.headers.get("Sec-Fetch-Dest") == "empty":
        return answer(request, SessionLocked(), is_json=True)
    return to_confirmation(request)
