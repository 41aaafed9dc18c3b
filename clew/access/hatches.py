"""Hatches: doors for actions that bring their own scope and ledger entry, such as streams, which no transaction may be held open around."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from clew.access.doors import OPENED, P, View, note_unrecorded, officer_of, record_refusal
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.errors import ClewError
from clew.ledger.actions import entries_written
from clew.ledger.errors import LedgerUnwritable


def hatch(permission: Permission, verb: str) -> Callable[[View[P]], View[P]]:
    """Open a route to officers with the permission. What succeeds is put on record by the action itself, in its own transaction.

    What is refused is put on record here: that it was tried stays known; and so is what an action did without an entry of its own.
    A page, which is rendered, takes a `door` instead.
    """
    OPENED[verb] = permission

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            officer, before = officer_of(request), entries_written()
            try:
                require(officer, permission)
                response = view(request, *args, **kwargs)
                note_unrecorded(officer, verb, before, **kwargs)
            except LedgerUnwritable:
                raise
            except ClewError as refusal:
                record_refusal(officer, verb, refusal, **kwargs)
                raise
            return response

        vars(guarded).update(permission=permission, verb=verb)
        return guarded  # type: ignore[return-value]  # functools.wraps names the first parameter, Concatenate does not

    return decorate
