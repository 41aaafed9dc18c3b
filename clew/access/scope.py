"""The scope: a transaction in which PostgreSQL knows for whom it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from clew.access.models import Confidentiality, Denial, Officer, Organisation, OrganisationState, SharingGroup
from clew.access.ownership import Asker, clearances_up_to
from clew.access.permissions import ONBOARDING_PERMISSIONS, Permission, permissions_of
from clew.kernel.errors import NotPermitted


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
    """Tell PostgreSQL, for the rest of this transaction, for whom it answers.

    It looks up for itself what that officer's organisation, groups, deniers and clearance are at this moment (`policies.SCOPE`).
    """
    officer_id = officer.id if officer is not None and officer.stands else None
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT clew_enter(%s)", [officer_id])


def asker_for(officer: Officer) -> Asker:
    """For whom matching cuts its answers where this officer asks: the same scope, for the rule in `ownership.level_for`."""
    return asker_in(officer.organisation, clearance=officer.clearance)


def asker_in(organisation: Organisation, *, clearance: str = Confidentiality.CONFIDENTIAL) -> Asker:
    """Anyone of an organisation who is so cleared. To a provider, and to one that does not take part yet, everyone else is closed."""
    groups = SharingGroup.objects.using("service").filter(members=organisation.id).values_list("id", flat=True)
    deniers = Denial.objects.using("service").filter(denied=organisation.id)
    closed = frozenset(deniers.values_list("owner_organisation_id", flat=True))
    if organisation.state != OrganisationState.ACTIVE:
        groups = groups.none()
    if not organisation.is_member:
        others = Organisation.objects.using("service").exclude(id=organisation.id)
        closed = frozenset(others.values_list("id", flat=True))
    return Asker(organisation.id, organisation.is_member, frozenset(groups), closed, clearances_up_to(clearance))


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
