"""Founding by the coordinator: an organisation that is to join, with its first unit, begins with its onboarding."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from clew.access.actions import found_organisation, set_up_unit
from clew.access.models import Officer, Organisation, Unit
from clew.access.permissions import Permission
from clew.access.standing import require_standing
from clew.kernel.errors import InputRefused


def found_and_set_up(coordinator: Officer, organisation: dict[str, Any], unit: dict[str, Any]) -> Organisation:
    """Make an organisation known, with its first unit."""
    with transaction.atomic(using="service"):
        actor = require_standing(coordinator, Permission.ORGANISATION_OVERSEE)
        if Organisation.objects.using("service").filter(key=organisation["key"]).exists():
            raise InputRefused(reason="There is an organisation of that short word. Nothing was made. Choose another.")
        country = organisation["country"].upper()
        made = found_organisation(**{**organisation, "country": country}, actor=actor)
        set_up_unit(made, **unit, actor=actor)
    return made


def units_in(organisation: Organisation) -> QuerySet[Unit]:
    """The units of an organisation with their contacts, which all may know, by name."""
    return Unit.objects.filter(organisation=organisation.id).order_by("name")
