"""Verbs on people and organisations by whoever runs the installation, at its own command line: bound to no organisation, and on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from clew.access.actions import refuse_unknown_roles
from clew.access.endings import give_access_back
from clew.access.models import Officer, Organisation, OrganisationState
from clew.access.officers import add_certification, set_roles
from clew.access.onboarding import set_state
from clew.kernel.clock import now


def officers_listed(organisation_key: str = "") -> QuerySet[Officer]:
    """Every officer, or those of one organisation, by organisation and name."""
    found = Officer.objects.using("service").select_related("unit__organisation")
    if organisation_key:
        found = found.filter(unit__organisation__key=organisation_key)
    return found.order_by("unit__organisation__key", "name")


def enable_officer(officer: Officer) -> None:
    """Let a disabled officer in again."""
    give_access_back(officer, actor=None)


def give_roles(officer: Officer, roles: Sequence[str]) -> None:
    """Give an officer these roles and no others; any role there is."""
    refuse_unknown_roles(roles)
    with transaction.atomic(using="service"):
        set_roles(officer, roles, actor=None)


def certify_officer(officer: Officer, *, what: str, until: dt.date) -> None:
    """Record a certification of today."""
    with transaction.atomic(using="service"):
        add_certification(officer, what=what, certified_on=now().date(), expires_on=until, actor=None)


def set_organisation_state(organisation: Organisation, state: OrganisationState, reason: str) -> None:
    """Write how far an organisation is, whatever its checklist says."""
    with transaction.atomic(using="service"):
        set_state(organisation, state, actor=None, reason=reason)
