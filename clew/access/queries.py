"""Reads of access: with whom an officer may share; who is there, for whoever runs the installation."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from clew.access.models import Officer, Organisation, OrganisationKind, SharingGroup, Unit
from clew.access.permissions import Permission
from clew.access.scope import require


def organisations_to_share_with(officer: Officer) -> QuerySet[Organisation]:
    """Every other organisation that may be named in a sharing rule, by name; providers receive lists, never records."""
    require(officer, Permission.RULE_CHANGE)
    others = Organisation.objects.exclude(id=officer.organisation_id).exclude(kind=OrganisationKind.PROVIDER)
    return others.order_by("name")


def groups_to_share_with(officer: Officer) -> QuerySet[SharingGroup]:
    """The sharing groups the officer's organisation owns or is in, by name; others are not known to it."""
    require(officer, Permission.RULE_CHANGE)
    own = Q(owner=officer.organisation_id) | Q(members=officer.organisation_id)
    return SharingGroup.objects.filter(own).distinct().order_by("name")


def units_listed() -> list[tuple[Unit, int]]:
    """Every unit with its organisation and its number of active officers, for whoever runs the installation."""
    active = Count("officers", filter=Q(officers__is_active=True))
    found = Unit.objects.using("service").select_related("organisation").annotate(active=active)
    return [(unit, unit.active) for unit in found.order_by("organisation__key", "name")]
