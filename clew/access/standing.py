"""Standing: whether an officer still may act at this very moment, for everything that takes longer than a page: streams, uploads and jobs.

Ending an officer's access and whatever they have under way take turns (PostgreSQL's advisory locks, shared and exclusive): what had
committed before the end stays, and nothing commits after it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from django.db import connections, transaction

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.errors import ClewError
from clew.kernel.limits import STANDING_SECONDS_MAX

#: A number of our own among the database's advisory locks; the officer is the second half.
_STANDING = int.from_bytes(b"clst", "big")

T = TypeVar("T")


class AccessEnded(ClewError):
    """Your access has ended. Nothing more was kept of what you were doing; what was acknowledged before stays. Ask your national administrator."""

    status = 403


def as_of_now(officer: Officer) -> Officer:
    """The officer as the database has them at this moment, confined by the same key. Raises `AccessEnded`."""
    found = Officer.objects.using("service").select_related("unit__organisation").filter(id=officer.pk).first()
    if found is None or not found.stands:
        raise AccessEnded
    found.key_id, found.key_scope = officer.key_id, officer.key_scope
    return found


def require_standing(officer: Officer, permission: Permission) -> Officer:
    """The same, if they still have the permission; else `AccessEnded`, or why they have it no more."""
    found = as_of_now(officer)
    require(found, permission)
    return found


def commit_in_standing(officer: Officer, permission: Permission | None, *, using: str) -> Officer:
    """The last question before a transaction on the connection `using` commits: from here to its end nobody can end the officer's access.

    With None for a permission only the access itself is asked for.
    """
    _lock(officer.pk, using=using, how="pg_advisory_xact_lock_shared")
    return as_of_now(officer) if permission is None else require_standing(officer, permission)


def end_others(officers: Collection[uuid.UUID]) -> None:
    """Wait until nothing these officers do is about to commit, and let nothing begin to, until the service's transaction ends."""
    for officer_id in sorted(officers):
        _lock(officer_id, using="service", how="pg_advisory_xact_lock")


def while_standing(officer: Officer, things: Iterable[T], permission: Permission) -> Iterator[T]:
    """The things as they come, for as long as the officer may go on; asked every half second at most, and before the first."""
    asked_at = 0.0
    for thing in things:
        if time.monotonic() - asked_at >= STANDING_SECONDS_MAX:
            require_standing(officer, permission)
            asked_at = time.monotonic()
        yield thing


def _lock(officer_id: uuid.UUID, *, using: str, how: str) -> None:
    if not transaction.get_connection(using).in_atomic_block:
        message = "standing is asked for inside the action's transaction"
        raise transaction.TransactionManagementError(message)
    # Two officers with the same number wait for one another once in two billion: no harm.
    number = int.from_bytes(officer_id.bytes[-4:], "big", signed=True)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s, %s)", [_STANDING, number])
