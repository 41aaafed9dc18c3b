"""The scope: a transaction in which PostgreSQL knows for whom it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from clew.access.models import Officer, OrganisationState, SharingGroup
from clew.access.permissions import ONBOARDING_PERMISSIONS, Permission, permissions_of
from clew.kernel.errors import NotPermitted

_SET = "SELECT set_config('clew.organisation', %s, true), set_config('clew.is_member', %s, true), set_config('clew.groups', %s, true)"


class CertificationMissing(NotPermitted):
    """You have no valid certification, and {permission} needs one. Nothing was read or changed. Ask your national administrator, who records certifications."""


class OrganisationNotActive(NotPermitted):
    """Your organisation is still being onboarded, and {permission} comes after that. Nothing was read or changed. The list under Onboarding says what is missing."""


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
    if officer is not None and officer.stands:
        organisation = str(officer.organisation_id)
        member = "yes" if officer.organisation.is_member else "no"
        if officer.organisation.state == OrganisationState.ACTIVE:
            found = SharingGroup.objects.using(using).filter(members=officer.organisation_id)
            groups = "{" + ",".join(str(group_id) for group_id in found.values_list("id", flat=True)) + "}"
    with connections[using].cursor() as cursor:
        cursor.execute(_SET, [organisation, member, groups])


def require(officer: Officer, permission: Permission) -> None:
    """Let the officer pass, or say what stands in the way: `CertificationMissing`, `OrganisationNotActive` or `NotPermitted`."""
    if permission in officer.permissions:
        return
    is_confined = officer.key_scope is not None and permission not in officer.key_scope
    if officer.stands and not is_confined and permission in permissions_of(officer.roles):
        if officer.organisation.state != OrganisationState.ACTIVE and permission not in ONBOARDING_PERMISSIONS:
            raise OrganisationNotActive(permission=permission.value)
        raise CertificationMissing(permission=permission.value)
    raise NotPermitted(permission=permission.value)
