"""Freshness: before a grave act an officer proves again that it is they who sit there."""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from clew.access.doors import officer_of
from clew.kernel.errors import ClewError
from clew.kernel.limits import FRESH_SIGN_IN_SECONDS_MAX


class NotFresh(ClewError):
    """Before this you must confirm that it is you. Nothing was changed. Confirm it, then do it again."""

    status = 403


def is_fresh(request: HttpRequest) -> bool:
    """Whether the officer gave a factor of theirs within the last minutes, at sign-in or since."""
    given = get_authentication_records(request, officer_of(request))
    return any(time.time() - record["at"] < FRESH_SIGN_IN_SECONDS_MAX for record in given)


def require_fresh(request: HttpRequest) -> None:
    """Let the officer pass, or raise `NotFresh`."""
    if not is_fresh(request):
        raise NotFresh
