"""The gate: nothing but sign-in is reached without a signed-in officer whose factors are set up and whose session is open; errors get one shape."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from clew.access.freshness import NotFresh
from clew.access.sessions import BANNER_KEY, SessionLocked, SessionState, note_activity
from clew.kernel.errors import ClewError
from clew.site.confirming import to_confirmation
from clew.site.enrolment import missing_factor
from clew.site.own_session import own_session, session_state_of

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
#: What pages ask by themselves: it keeps no session open.
BACKGROUND_VIEWS = frozenset({"intake:progress", "session_state"})
#: What goes on behind a locked screen: files on their way come in, and nothing is shown.
RECEIVING_VIEWS = frozenset({"intake:files", "intake:close"})

log = logging.getLogger("clew.site")


class Gate:
    """Sends strangers to sign-in, locked sessions to be unlocked, and officers without a second factor to set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, or the way to sign-in."""
        if request.path.startswith(OPEN_PATHS):
            return self.get_response(request)
        if settings.CLEW_BANNER and not request.session.get(BANNER_KEY) and request.path != BANNER_PATH:
            return HttpResponseRedirect(f"{BANNER_PATH}?next={request.path}")
        if request.user.is_authenticated and session_state_of(request) == SessionState.ENDED:
            logout(request)
        if not request.user.is_authenticated and not request.path.startswith((*SIGN_IN_PATHS, BANNER_PATH)):
            return HttpResponseRedirect(f"{reverse('account_login')}?next={request.path}")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """What stands in the way of a signed-in officer: a locked screen, or a factor still to be set up."""
        officer, match = request.user, request.resolver_match
        if not officer.is_authenticated or match is None or request.path.startswith(OPEN_PATHS):
            return None
        is_receiving = match.view_name in RECEIVING_VIEWS and request.method in {"POST", "PUT"}
        if session_state_of(request) == SessionState.LOCKED:
            if request.path.startswith(UNLOCK_PATHS) or is_receiving:
                return None
            return _locked(request)
        missing = missing_factor(request, officer)
        if missing is not None:
            return HttpResponseRedirect(missing)
        if match.view_name not in BACKGROUND_VIEWS and not is_receiving:
            note_activity(own_session(request))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """One error shape for people and one for programs; an error that is not ours is logged without its values."""
        if not isinstance(exception, ClewError):
            return None
        if wants_json(request):
            return JsonResponse({"error": exception.code, "message": exception.message}, status=exception.status)
        if isinstance(exception, NotFresh):
            return to_confirmation(request)
        return render(request, "error.html", {"error": exception}, status=exception.status)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, or a page by itself."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def _locked(request: HttpRequest) -> HttpResponse:
    if wants_json(request) or request.headers.get("Sec-Fetch-Dest") == "empty":
        refusal = SessionLocked()
        return JsonResponse({"error": refusal.code, "message": refusal.message}, status=refusal.status)
    return to_confirmation(request)
