"""The gate: nothing but sign-in is reached without a signed-in officer whose one-time code is set up; errors get one shape."""

from __future__ import annotations

import logging
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from clew.access.models import Officer
from clew.kernel.clock import now
from clew.kernel.errors import ClewError

#: What may be reached without being signed in.
OPEN_PATHS = ("/static/", "/accounts/login/", "/accounts/2fa/authenticate/", "/health", "/api/")
#: What an officer without a one-time code may reach: setting it up, and leaving.
SETUP_PATHS = ("/static/", "/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/")
#: What an officer may reach whose password is still the secret they were enlisted with: choosing one, and leaving.
ENROLMENT_PATHS = ("/static/", "/accounts/password/change/", "/accounts/logout/")

log = logging.getLogger("clew.site")


class EnrolmentOver(ClewError):
    """The secret you were enlisted with is no longer valid. Nothing was opened. Ask your national administrator for a new one."""

    status = 403


class Gate:
    """Sends strangers to sign-in and officers without a second factor to set one up; the API has keys of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, or the way to sign-in."""
        if not request.path.startswith(OPEN_PATHS):
            if not (request.user.is_authenticated and request.user.stands):
                return _shown_out(request)
            if request.user.enrolment_ends_at:
                return self._enrolling(request, request.user)
            if not request.path.startswith(SETUP_PATHS) and not is_mfa_enabled(request.user):
                return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    def _enrolling(self, request: HttpRequest, officer: Officer) -> HttpResponse:
        """Nothing is reached with the enrolment secret but choosing a password, and that only in time."""
        if officer.enrolment_ends_at and officer.enrolment_ends_at <= now():
            logout(request)
            return render(request, "error.html", {"error": EnrolmentOver()}, status=EnrolmentOver.status)
        if request.path.startswith(ENROLMENT_PATHS):
            return self.get_response(request)
        return HttpResponseRedirect(reverse("account_change_password"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """One error shape for people and one for programs; an error that is not ours is logged without its values."""
        if not isinstance(exception, ClewError):
            return None
        wants_json = request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")
        if wants_json:
            return JsonResponse({"error": exception.code, "message": exception.message}, status=exception.status)
        return render(request, "error.html", {"error": exception}, status=exception.status)


def _shown_out(request: HttpRequest) -> HttpResponse:
    """To sign-in; a session whose officer has no access any more is deleted."""
    if SESSION_KEY in request.session:
        logout(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?next={request.path}")
