"""What sign-in puts on record: sessions begun and ended, factors added and removed, passwords changed, screens unlocked (AU-2)."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from clew.access.models import Officer
from clew.access.sessions import SessionState, begin_session, end_session, session_of, state_of, unlock_session
from clew.ledger.actions import record
from clew.site.peers import client_address


@receiver(user_logged_in)
def _begun(request: HttpRequest, user: Officer, **_more: Any) -> None:
    begin_session(request, user, address=client_address(request))


@receiver(user_logged_out)
def _ended(request: HttpRequest, user: Officer | None, **_more: Any) -> None:
    session = session_of(request, user) if isinstance(user, Officer) else None
    if isinstance(user, Officer) and session is not None:
        is_over = state_of(session) == SessionState.ENDED
        end_session(user, session.id, why="a day's work is over" if is_over else "signed out")


@receiver(authentication_step_completed)
def _confirmed(request: HttpRequest, user: Officer, **more: Any) -> None:
    if more.get("reauthenticated"):
        unlock_session(request, user)


@receiver(authenticator_added, sender=Authenticator)
def _added(user: Officer, authenticator: Authenticator, **_more: Any) -> None:
    _factor("access:factor:add", user, authenticator)


@receiver(authenticator_removed, sender=Authenticator)
def _removed(user: Officer, authenticator: Authenticator, **_more: Any) -> None:
    _factor("access:factor:remove", user, authenticator)


@receiver(authenticator_reset, sender=Authenticator)
def _reset(user: Officer, authenticator: Authenticator, **_more: Any) -> None:
    _factor("access:factor:reset", user, authenticator)


@receiver(password_changed)
def _password(user: Officer, **_more: Any) -> None:
    with transaction.atomic(using="service"):
        record("access:password:change", actor=user, using="service", subject_kind="officer", subject_id=user.pk)


def _factor(verb: str, officer: Officer, authenticator: Authenticator) -> None:
    facts = {"factor": str(authenticator.type)}
    with transaction.atomic(using="service"):
        record(verb, actor=officer, using="service", subject_kind="officer", subject_id=officer.pk, facts=facts)
