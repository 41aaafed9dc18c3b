"""Pages that belong to no room: the way in, health, the picture of a one-time code, and errors that tell nothing of the inside."""

from __future__ import annotations

import sys

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.utils import is_mfa_enabled
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from clew.access.doors import officer_of
from clew.kernel.errors import ClewError, NotFound
from clew.ledger.errors import LedgerUnwritable
from clew.site.context import PLACES


class RequestNotUnderstood(ClewError):
    """What was sent is malformed or too large. Nothing was kept. Go back, reload the page and try again."""

    status = 400


class RequestForbidden(ClewError):
    """This may not be done from here. Nothing was changed. Go back, reload the page and try again."""

    status = 403


class SomethingBroke(ClewError):
    """Something went wrong inside Clew. What was acknowledged before is kept. Try again, and tell your administrator if it happens twice."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first place the officer may go; those whose role opens none are told so. The desk hands out work, so nobody is led there unasked."""
    permissions = officer_of(request).permissions
    for name, _words, permission in PLACES:
        if permission in permissions and name != "review:desk":
            return HttpResponseRedirect(reverse(name))
    return render(request, "home.html")


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """Whether the site and its database answer, for whatever watches over them; nothing else is told."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def one_time_code_picture(request: HttpRequest) -> HttpResponse:
    """The secret that is being set up as a QR code; the content policy allows no picture inside the page itself.

    Only while it is set up: once codes are asked for, the secret is shown to nobody any more.
    """
    officer = officer_of(request)
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret or is_mfa_enabled(officer):
        raise NotFound
    adapter = get_adapter()
    drawing = adapter.build_totp_svg(adapter.build_totp_url(officer, secret))
    return HttpResponse(drawing, content_type="image/svg+xml")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Malformed or too large."""
    del exception
    return answer(request, RequestNotUnderstood())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refused by the framework; what Clew refuses says why."""
    del exception
    return answer(request, RequestForbidden())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such address: the same words as for a record that is absent or not shared."""
    del exception
    return answer(request, NotFound())


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or a database that is away, full or read-only: then the ledger cannot be written either."""
    is_database = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return answer(request, LedgerUnwritable() if is_database else SomethingBroke(), is_plain=True)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, or a page by itself."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def answer(
    request: HttpRequest, error: ClewError, *, is_plain: bool = False, is_json: bool | None = None
) -> HttpResponse:
    """The one shape of errors, for programs and for people; plain without the request, whose session may be what broke."""
    if wants_json(request) if is_json is None else is_json:
        return JsonResponse({"error": error.code, "message": error.message}, status=error.status)
    page = render_to_string("error.html", {"error": error}, request=None if is_plain else request)
    return HttpResponse(page, status=error.status)
