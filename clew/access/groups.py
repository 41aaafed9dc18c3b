"""Sharing groups and denials: what an organisation's national administrator arranges with others. Removal and denial count at once."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet

from clew.access.models import Denial, Officer, Organisation, OrganisationKind, SharingGroup
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.errors import InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record


def groups_known_to(officer: Officer) -> QuerySet[SharingGroup]:
    """The groups the officer's organisation owns or is in; there are no others to it. Runs inside the officer's scope."""
    require(officer, Permission.GROUP_READ)
    return SharingGroup.objects.select_related("owner").prefetch_related("members").order_by("name")


def group_for(officer: Officer, group_id: uuid.UUID) -> SharingGroup:
    """The group, or `NotFound`: the same answer when it is absent and when the organisation is not in it."""
    found = groups_known_to(officer).filter(id=group_id).first()
    if found is None:
        raise NotFound
    return found


def create_group(officer: Officer, name: str) -> SharingGroup:
    """Found a group of the officer's organisation, which is its first member."""
    require(officer, Permission.GROUP_MANAGE)
    if not name.strip():
        raise InputRefused(reason="A group needs a name. Nothing was made. Give it one.")
    group = SharingGroup(id=new_id(), name=name.strip()[:120], owner=officer.organisation)
    with transaction.atomic(using="service"):
        group.save(using="service", force_insert=True)
        group.members.add(officer.organisation)
        _record("access:group:create", officer, group)
    return group


def add_member(officer: Officer, group_id: uuid.UUID, organisation_id: uuid.UUID) -> None:
    """Take an organisation into a group of one's own: from now on it knows the group, and sees what is shared with it."""
    group = _own_group(officer, group_id)
    joining = Organisation.objects.using("service").filter(id=organisation_id).exclude(kind=OrganisationKind.PROVIDER)
    organisation = joining.first()
    if organisation is None:
        raise NotFound
    with transaction.atomic(using="service"):
        group.members.add(organisation)
        _record("access:group:add", officer, group, organisation_id)


def remove_member(officer: Officer, group_id: uuid.UUID, organisation_id: uuid.UUID) -> None:
    """Take an organisation out of a group of one's own; at once it sees nothing more that is shared with the group."""
    group = _own_group(officer, group_id)
    with transaction.atomic(using="service"):
        group.members.remove(*Organisation.objects.using("service").filter(id=organisation_id))
        _record("access:group:remove", officer, group, organisation_id)


def leave_group(officer: Officer, group_id: uuid.UUID) -> None:
    """Leave a group; what the organisation shared with it stays shared until it changes that itself."""
    require(officer, Permission.GROUP_MANAGE)
    found = SharingGroup.objects.using("service").filter(id=group_id, members=officer.organisation_id).first()
    if found is None:
        raise NotFound
    with transaction.atomic(using="service"):
        found.members.remove(officer.organisation)
        _record("access:group:leave", officer, found, officer.organisation_id)


def _own_group(officer: Officer, group_id: uuid.UUID) -> SharingGroup:
    require(officer, Permission.GROUP_MANAGE)
    found = SharingGroup.objects.using("service").filter(id=group_id, owner=officer.organisation_id).first()
    if found is None:
        raise NotFound
    return found


def _record(verb: str, officer: Officer, group: SharingGroup, organisation_id: uuid.UUID | None = None) -> None:
    facts = {"organisation": str(organisation_id)} if organisation_id else {}
    record(verb, actor=officer, using="service", subject_kind="group", subject_id=group.id, facts=facts)


def denials_of(officer: Officer) -> QuerySet[Denial]:
    """Whom the officer's organisation denies everything it owns. Runs inside the officer's scope."""
    require(officer, Permission.DENIAL_SET)
    return Denial.objects.select_related("denied", "denied_by").order_by("denied__name")


def deny(officer: Officer, organisation_id: uuid.UUID, reason: str) -> None:
    """Deny an organisation everything one's own organisation owns, from this moment on; it is told nothing, not even that it is denied."""
    require(officer, Permission.DENIAL_SET)
    others = ~Q(id=officer.organisation_id)
    if not Organisation.objects.using("service").filter(others, id=organisation_id).exists():
        raise NotFound
    if not reason.strip():
        raise InputRefused(reason="A denial needs a reason. Nothing was changed. Say why.")
    with transaction.atomic(using="service"):
        Denial.objects.using("service").bulk_create(
            [
                Denial(
                    owner_organisation=officer.organisation,
                    denied_id=organisation_id,
                    reason=reason.strip()[:300],
                    denied_by=officer,
                )
            ],
            ignore_conflicts=True,
        )
        record(
            "access:denial:set", actor=officer, using="service", subject_kind="organisation", subject_id=organisation_id
        )


def lift_denial(officer: Officer, denial_id: uuid.UUID) -> None:
    """Lift a denial: the rules of each record count again."""
    require(officer, Permission.DENIAL_SET)
    found = Denial.objects.using("service").filter(id=denial_id, owner_organisation=officer.organisation_id).first()
    if found is None:
        raise NotFound
    with transaction.atomic(using="service"):
        found.delete(using="service")
        record(
            "access:denial:lift",
            actor=officer,
            using="service",
            subject_kind="organisation",
            subject_id=found.denied_id,
        )
