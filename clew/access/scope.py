"""The scope: a transaction in which PostgreSQL knows for whom it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from clew.access.models import Officer, SharingGroup
from clew.access.permissions import Permission
from clew.kernel.errors import NotPermitted

_SET = "SELECT set_config('clew.organisation', %s, true), set_config('clew.is_member', %s, true), set_config('clew.groups', %s, true)"


@contextmanager
def acting_as(officer: Officer | None, *, using: str = "default") -> Iterator[None]:
    """Open a transaction in which row-level security answers for this officer; None is nobody, who sees nothing.

    Settings are local to the transaction, so a pooled connection never carries one officer's scope to the next.
    """
    with transaction.atomic(using=using):
        set_scope(officer, using=using)
        yield


def set_scope(officer: Officer | None, *, using: str = "default") -> None:
    """Tell PostgreSQL, for the rest of this transaction, for whom it answers."""
    organisation = member = groups = ""
    if officer is not None and officer.is_active:
        organisation = str(officer.organisation_id)
        member = "yes" if officer.organisation.is_member else "no"
        found = SharingGroup.objects.using(using).filter(members=officer.organisation_id).values_list("id", flat=True)
        groups = "{" + ",".join(str(group_id) for group_id in found) + "}"
    with connections[using].cursor() as cursor:
        cursor.execute(_SET, [organisation, member, groups])


def require(officer: Officer, permission: Permission) -> None:
    """Let the officer pass, or raise `NotPermitted`."""
    if permission not in officer.permissions:
        raise NotPermitted(permission=permission.value)
