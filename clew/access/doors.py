"""Doors: what every page and call passes before it reaches an action or a query. Shut until opened, and on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.kernel.errors import ClewError, NotSignedIn
from clew.ledger.actions import entries_written, record
from clew.ledger.errors import LedgerUnwritable

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

#: Every door built with `door`, by its verb: the tidy tests hold the routes against it.
OPENED: dict[str, Permission] = {}


def officer_of(request: HttpRequest) -> Officer:
    """The signed-in, active officer of a request."""
    user = request.user
    if not user.is_authenticated or not user.is_active:
        raise NotSignedIn
    return user


def door(permission: Permission, verb: str) -> Callable[[View[P]], View[P]]:
    """Open a page to officers with the permission, inside their scope; the visit is on record before the answer leaves.

    The answer is rendered inside the transaction, so nothing is read after the scope is gone; the ledger entry commits with it.
    """
    OPENED[verb] = permission

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            officer = officer_of(request)
            try:
                with acting_as(officer):
                    require(officer, permission)
                    response = view(request, *args, **kwargs)
                    if isinstance(response, SimpleTemplateResponse):
                        response.render()
                    record(verb, actor=officer, using="default", outcome=str(response.status_code), **_subject(kwargs))
            except LedgerUnwritable:
                # Nothing leaves, and there is nowhere to note it.
                raise
            except ClewError as refusal:
                # What was tried is rolled back; that it was tried stays on record.
                record_refusal(officer, verb, refusal, **kwargs)
                raise
            return response

        vars(guarded).update(permission=permission, verb=verb)
        return guarded  # type: ignore[return-value]  # functools.wraps names the first parameter, Concatenate does not

    return decorate


@contextmanager
def visit(request: HttpRequest, permission: Permission, verb: str, **subject: Any) -> Iterator[Officer]:
    """The same for a call of the API: a transaction in the officer's scope, and the visit on record when it ends, or its refusal."""
    officer = officer_of(request)
    with attempt(request, verb, **subject), acting_as(officer):
        require(officer, permission)
        yield officer
        record(verb, actor=officer, using="default", **_subject(subject))


@contextmanager
def attempt(request: HttpRequest, verb: str, **subject: Any) -> Iterator[Officer]:
    """For doors whose action keeps transaction and record itself: what it refuses is put on record here, and what it does without an entry."""
    officer, before = officer_of(request), entries_written()
    try:
        yield officer
        note_unrecorded(officer, verb, before, **subject)
    except LedgerUnwritable:
        raise
    except ClewError as refusal:
        record_refusal(officer, verb, refusal, **subject)
        raise


def record_refusal(officer: Officer, verb: str, refusal: ClewError, **subject: Any) -> None:
    """Put on record what was refused. By the service, since the officer may be nobody by now, and as nobody one leaves no entry."""
    with transaction.atomic(using="service"):
        record(verb, actor=officer, using="service", outcome=refusal.code, **_subject(subject))


def note_unrecorded(officer: Officer, verb: str, before: int, **subject: Any) -> None:
    """Put a visit on record whose action wrote no entry since there were `before`: nothing leaves without one."""
    if entries_written() == before:
        with acting_as(officer):
            record(verb, actor=officer, using="default", **_subject(subject))


def _subject(kwargs: Any) -> dict[str, Any]:
    for name, value in kwargs.items():
        if name.endswith("_id"):
            return {"subject_kind": name.removesuffix("_id"), "subject_id": value}
    return {}
