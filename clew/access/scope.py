"""The scope: a transaction in which PostgreSQL knows for whom it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from clew.access.models import Confidentiality, Denial, Officer, Organisation, SharingGroup
from clew.access.ownership import Asker, clearances_up_to
from clew.access.permissions import Permission
from clew.kernel.errors import NotPermitted


@contextmanager
def acting_as(officer: Officer | None, *, using: str = "default") -> Iterator[None]:
    """Open a transaction in which row-level security answers for this officer; None is nobody, who sees nothing.

    Settings are local to the transaction, so a pooled connection never carries one officer's scope to the next.
    """
    with transaction.atomic(using=using):
        set_scope(officer, using=using)
        yield


def set_scope(officer: Officer | None, *, using: str = "default") -> None:
    """Tell PostgreSQL, for the rest of this transaction, for whom it answers.

    It looks up for itself what that officer's organisation, groups, deniers and clearance are at this moment (`policies.SCOPE`).
    """
    officer_id = officer.id if officer is not None and officer.is_active else None
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT clew_enter(%s)", [officer_id])


def asker_for(officer: Officer) -> Asker:
    """For whom matching cuts its answers where this officer asks: the same scope, for the rule in `ownership.level_for`."""
    return asker_in(officer.organisation, clearance=officer.clearance)


def asker_in(organisation: Organisation, *, clearance: str = Confidentiality.CONFIDENTIAL) -> Asker:
    """Anyone of an organisation who is so cleared."""
    groups = SharingGroup.objects.using("service").filter(members=organisation.id).values_list("id", flat=True)
    deniers = Denial.objects.using("service").filter(denied=organisation.id)
    return Asker(
        organisation.id,
        organisation.is_member,
        frozenset(groups),
        frozenset(deniers.values_list("owner_organisation_id", flat=True)),
        clearances_up_to(clearance),
    )


def require(officer: Officer, permission: Permission) -> None:
    """Let the officer pass, or raise `NotPermitted`."""
    if permission not in officer.permissions:
        raise NotPermitted(permission=permission.value)
