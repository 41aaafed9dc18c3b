"""Sessions: begun at sign-in, locked when nobody is at the screen, ended by hand, by age, or from another machine; each on record."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from clew.access.lockout import forget_tries
from clew.access.models import Officer
from clew.access.sign_in_models import OpenSession
from clew.access.strength import ways_of
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.limits import SESSION_HOURS_MAX, SESSION_SEEN_SECONDS
from clew.ledger.actions import record

#: Where the id of the session's row lies in the session.
KEY = "clew.session"
#: Where an acknowledged banner is noted before sign-in.
BANNER_KEY = "clew.banner"


class SessionLocked(ClewError):
    """Your session is locked, because nobody was at the screen. What you had sent is kept. Confirm that it is you to go on."""

    status = 401


class SessionState(StrEnum):
    """How a session stands."""

    OPEN = "open"
    LOCKED = "locked"
    ENDED = "ended"


def state_at(
    moment: dt.datetime, *, signed_in_at: dt.datetime, seen_at: dt.datetime, idle_minutes: int
) -> SessionState:
    """How a session stands at a moment: over after a day's work, locked after its idle minutes."""
    if moment - signed_in_at >= dt.timedelta(hours=SESSION_HOURS_MAX):
        return SessionState.ENDED
    if moment - seen_at >= dt.timedelta(minutes=idle_minutes):
        return SessionState.LOCKED
    return SessionState.OPEN


def begin_session(request: HttpRequest, officer: Officer, *, address: str) -> None:
    """The officer is in: a row for their session, and the sign-in on record."""
    opened = OpenSession(
        officer=officer,
        ways=", ".join(ways_of(request, officer))[:80],
        address=address[:45],
        program=request.META.get("HTTP_USER_AGENT", "")[:200],
        signed_in_at=now(),
        seen_at=now(),
    )
    aged = now() - dt.timedelta(hours=SESSION_HOURS_MAX)
    facts = {"ways": ways_of(request, officer), "banner": bool(request.session.get(BANNER_KEY))}
    with transaction.atomic(using="service"):
        OpenSession.objects.using("service").filter(officer=officer, signed_in_at__lte=aged).delete()
        OpenSession.objects.using("service").bulk_create([opened])
        forget_tries(officer)
        record(
            "access:session:begin",
            actor=officer,
            using="service",
            subject_kind="session",
            subject_id=opened.id,
            facts=facts,
        )
    request.session[KEY] = str(opened.id)


def session_of(request: HttpRequest, officer: Officer) -> OpenSession | None:
    """The row of the request's session; None when it was ended, here or elsewhere."""
    try:
        session_id = uuid.UUID(request.session.get(KEY, ""))
    except ValueError:
        return None
    return OpenSession.objects.using("service").filter(id=session_id, officer_id=officer.pk).first()


def state_of(session: OpenSession | None) -> SessionState:
    """How it stands now."""
    if session is None:
        return SessionState.ENDED
    idle: int = settings.CLEW_IDLE_MINUTES
    return state_at(now(), signed_in_at=session.signed_in_at, seen_at=session.seen_at, idle_minutes=idle)


def seconds_left(session: OpenSession) -> int:
    """Seconds until it locks or ends, whichever comes first, if nothing is done; 0 when it has."""
    locks_at = session.seen_at + dt.timedelta(minutes=settings.CLEW_IDLE_MINUTES)
    ends_at = session.signed_in_at + dt.timedelta(hours=SESSION_HOURS_MAX)
    return max(0, int((min(locks_at, ends_at) - now()).total_seconds()))


def note_activity(session: OpenSession | None) -> None:
    """Somebody did something. Written down every few seconds, not at every picture."""
    if session is not None and now() - session.seen_at >= dt.timedelta(seconds=SESSION_SEEN_SECONDS):
        session.seen_at = now()
        OpenSession.objects.using("service").filter(id=session.id).update(seen_at=session.seen_at)


def unlock_session(request: HttpRequest, officer: Officer) -> None:
    """A factor was given again: the session goes on where it stood, and that is on record."""
    session = session_of(request, officer)
    if state_of(session) == SessionState.ENDED or session is None:
        return
    was_locked = state_of(session) == SessionState.LOCKED
    with transaction.atomic(using="service"):
        OpenSession.objects.using("service").filter(id=session.id).update(seen_at=now())
        record(
            "access:session:confirm",
            actor=officer,
            using="service",
            subject_kind="session",
            subject_id=session.id,
            facts={"was_locked": was_locked, "way": ways_of(request, officer)[-1]},
        )


def sessions_of(officer: Officer) -> list[OpenSession]:
    """The officer's own sessions that are not over, the newest first."""
    found = OpenSession.objects.using("service").filter(officer=officer).order_by("-signed_in_at")
    return [session for session in found if state_of(session) != SessionState.ENDED]


def end_session(officer: Officer, session_id: uuid.UUID, *, why: str) -> None:
    """End one of the officer's own sessions: its cookie opens nothing from now on."""
    with transaction.atomic(using="service"):
        ended, _each = OpenSession.objects.using("service").filter(id=session_id, officer=officer).delete()
        if not ended:
            raise NotFound
        record(
            "access:session:end",
            actor=officer,
            using="service",
            subject_kind="session",
            subject_id=session_id,
            facts={"why": why},
        )


def end_sessions(officer: Officer, *, why: str) -> int:
    """End all of them, on every machine; returns how many there were."""
    with transaction.atomic(using="service"):
        ended, _each = OpenSession.objects.using("service").filter(officer=officer).delete()
        record(
            "access:session:end_all",
            actor=officer,
            using="service",
            subject_kind="officer",
            subject_id=officer.pk,
            facts={"why": why, "sessions": ended},
        )
    return ended
