"""Sign-in and confirmation by what is no secret of ours: a card, or an organisation's own identity provider."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from clew.access.models import Officer
from clew.kernel.errors import ClewError
from clew.ledger.actions import record


def sign_in(request: HttpRequest, officer: Officer, *, way: str, next_path: str) -> HttpResponse:
    """Open a session for an officer who has shown both factors in this way."""
    record_authentication(request, officer, method=way)
    response: HttpResponse = perform_login(request, Login(user=officer, redirect_url=next_path))
    return response


def confirm(request: HttpRequest, officer: Officer, *, way: str) -> None:
    """The signed-in officer has shown it again."""
    record_authentication(request, officer, method=way, reauthenticated=True)


def note_refusal(refusal: ClewError, *, way: str, officer: Officer | None = None) -> None:
    """A try that opened nothing, on record."""
    with transaction.atomic(using="service"):
        record(
            "access:sign_in:fail",
            actor=officer,
            using="service",
            outcome=refusal.code,
            facts={"way": way},
            subject_kind="officer" if officer else "",
            subject_id=officer.pk if officer else None,
        )
