"""Endings: access that is taken away ends everywhere at once. What is under way is refused, sessions are deleted, keys answer nobody."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from clew.access.models import Officer, OpenSession
from clew.access.standing import end_others
from clew.kernel.clock import now
from clew.ledger.actions import Actor, record


def end_access(officer: Officer, *, actor: Actor | None, reason: str) -> None:
    """End one officer's access, inside the service's transaction: after it commits nothing of theirs succeeds any more."""
    end_others([officer.id])
    Officer.objects.using("service").filter(id=officer.id).update(is_active=False)
    sessions = end_sessions([officer.id])
    record(
        "access:officer:disable",
        actor=actor,
        using="service",
        subject_kind="officer",
        subject_id=officer.id,
        facts={"reason": reason, "sessions": sessions},
    )


def end_sessions(officers: Collection[uuid.UUID]) -> int:
    """Delete every session of these officers; how many. Sessions are sealed, so each that is alive is opened to see whose it is."""
    wanted = {str(officer_id) for officer_id in officers}
    alive = Session.objects.using("service").filter(expire_date__gt=now())
    ended = [session.pk for session in alive.iterator() if session.get_decoded().get(SESSION_KEY) in wanted]
    Session.objects.using("service").filter(pk__in=ended).delete()
    OpenSession.objects.using("service").filter(officer_id__in=officers).delete()
    return len(ended)


def give_access_back(officer: Officer, *, actor: Actor | None) -> None:
    """Let a disabled officer in again; their sessions are gone, their keys work again, and the next campaign asks about them."""
    with transaction.atomic(using="service"):
        Officer.objects.using("service").filter(id=officer.id).update(is_active=True)
        record("access:officer:enable", actor=actor, using="service", subject_kind="officer", subject_id=officer.id)
