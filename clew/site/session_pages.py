"""Pages of one's own sessions: which are open, ending them, how long this one stays open; and the banner before sign-in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.access.doors import officer_of
from clew.access.sessions import BANNER_KEY, end_session, end_sessions, seconds_left, sessions_of
from clew.kernel.errors import NotSignedIn
from clew.site.confirming import next_page
from clew.site.own_session import own_session


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the officer is signed in."""
    return render(request, "account/sessions.html", {"sessions": sessions_of(officer_of(request))})


@require_POST
def session_end(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """End one of them."""
    end_session(officer_of(request), session_id, why="ended by its officer")
    return HttpResponseRedirect(reverse("sessions"))


@require_POST
def session_end_all(request: HttpRequest) -> HttpResponse:
    """End all of them, this one too."""
    end_sessions(officer_of(request), why="all ended by their officer")
    logout(request)
    return HttpResponseRedirect(reverse("account_login"))


@require_safe
def session_state(request: HttpRequest) -> JsonResponse:
    """Seconds until the screen locks: 0 when it has. Asked by pages by themselves, and keeps nothing open."""
    session = own_session(request)
    if session is None:
        raise NotSignedIn
    return JsonResponse({"seconds": seconds_left(session)})


@require_http_methods(["GET", "HEAD", "POST"])
def banner(request: HttpRequest) -> HttpResponse:
    """What everybody acknowledges before they sign in (AC-8)."""
    if request.method == "POST":
        request.session[BANNER_KEY] = True
        return HttpResponseRedirect(next_page(request))
    return render(request, "account/banner.html", {"banner": settings.CLEW_BANNER, "next": next_page(request)})
