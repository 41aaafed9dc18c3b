"""The row of a request's own session, asked for once in each request."""

from __future__ import annotations

from django.http import HttpRequest

from clew.access.sessions import SessionState, session_of, state_of
from clew.access.sign_in_models import OpenSession

_PLACE = "clew.session"


def own_session(request: HttpRequest) -> OpenSession | None:
    """The row, or None for strangers and for sessions that were ended."""
    if not request.user.is_authenticated:
        return None
    if _PLACE not in request.META:
        request.META[_PLACE] = session_of(request, request.user)
    found: OpenSession | None = request.META[_PLACE]
    return found


def session_state_of(request: HttpRequest) -> SessionState:
    """How it stands now; of strangers, ended."""
    return state_of(own_session(request))


def forget_own_session(request: HttpRequest) -> None:
    """It was changed in this request: ask anew."""
    request.META.pop(_PLACE, None)
