"""The gate: nothing but sign-in is reached without a signed-in officer whose one-time code is set up; errors get one shape.

What the ledger must know of a request is said here: which door, which session, from where. Pages without a permission of their own
(sign-in's, the way in) are put on record here once an officer is signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from clew.access.models import Officer
from clew.access.scope import acting_as
from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.ledger.actions import record
from clew.ledger.circumstances import DoorKind, under
from clew.ledger.errors import LedgerUnwritable
from clew.site.pages import answer

#: What may be reached without being signed in.
OPEN_PATHS = ("/static/", "/accounts/login/", "/accounts/2fa/authenticate/", "/health", "/api/")
#: What an officer without a one-time code may reach: setting it up, and leaving.
SETUP_PATHS = ("/static/", "/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/")
#: What has records of its own, or nothing to tell.
UNRECORDED_PATHS = ("/static/", "/health", "/api/")
#: What an officer may reach whose password is still the secret they were enlisted with: choosing one, and leaving.
ENROLMENT_PATHS = ("/static/", "/accounts/password/change/", "/accounts/logout/")


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
        door = DoorKind.API if request.path.startswith("/api/") else DoorKind.PAGE
        with under(door=door, session=request.session.session_key, address=client_address(request)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Put on record what an officer opens that no door guards; where that cannot be, they get nothing."""
        if (
            hasattr(view, "permission")
            or request.path.startswith(UNRECORDED_PATHS)
            or not request.user.is_authenticated
        ):
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        try:
            with acting_as(request.user):
                record("site:page:open", actor=request.user, using="default", facts={"page": name})
        except LedgerUnwritable as refusal:
            return self.process_exception(request, refusal)
        return None

    def _enrolling(self, request: HttpRequest, officer: Officer) -> HttpResponse:
        """Nothing is reached with the enrolment secret but choosing a password, and that only in time."""
        if officer.enrolment_ends_at and officer.enrolment_ends_at <= now():
            logout(request)
            return answer(request, EnrolmentOver())
        if request.path.startswith(ENROLMENT_PATHS):
            return self.get_response(request)
        return HttpResponseRedirect(reverse("account_change_password"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """One error shape for people and one for programs; an error that is not ours is logged without its values."""
        if not isinstance(exception, ClewError):
            return None
        return answer(request, exception, is_plain=isinstance(exception, LedgerUnwritable))


def client_address(request: HttpRequest) -> str | None:
    """From where a request came: behind the trusted proxy (CLEW_HTTPS) what that proxy says last, else the connection's other end."""
    forwarded = str(request.headers.get("X-Forwarded-For", "")).rpartition(",")[2].strip()
    if settings.HTTPS and forwarded:
        return forwarded
    return str(request.META["REMOTE_ADDR"]) if request.META.get("REMOTE_ADDR") else None


def _shown_out(request: HttpRequest) -> HttpResponse:
    """To sign-in; a session whose officer has no access any more is deleted."""
    if SESSION_KEY in request.session:
        logout(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?next={request.path}")
