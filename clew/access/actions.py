"""Verbs of access: found an organisation, set up a unit, enlist an officer. Done by whoever runs the installation, at its own command line."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from clew.access.models import Officer, Organisation, Unit
from clew.access.permissions import ROLE_NAMES
from clew.kernel.errors import InputRefused
from clew.kernel.ids import new_id
from clew.ledger.actions import record


def found_organisation(*, key: str, name: str, kind: str, country: str = "") -> Organisation:
    """Make an organisation known to this installation."""
    organisation = Organisation(id=new_id(), key=key, name=name, kind=kind, country=country)
    with transaction.atomic(using="service"):
        organisation.save(using="service", force_insert=True)
        record(
            "access:organisation:found",
            actor=None,
            using="service",
            subject_kind="organisation",
            subject_id=organisation.id,
        )
    return organisation


def set_up_unit(
    organisation: Organisation,
    *,
    name: str,
    contact_email: str,
    contact_phone: str,
    purpose_default: str = "",
    legal_basis_default: str = "",
) -> Unit:
    """Add a unit, with the contact other units are given, and what its officers search for and on which law where they state nothing else."""
    unit = Unit(
        id=new_id(),
        organisation=organisation,
        name=name,
        contact_email=contact_email,
        contact_phone=contact_phone,
        purpose_default=purpose_default,
        legal_basis_default=legal_basis_default,
    )
    with transaction.atomic(using="service"):
        unit.save(using="service", force_insert=True)
        record("access:unit:set_up", actor=None, using="service", subject_kind="unit", subject_id=unit.id)
    return unit


def enlist_officer(unit: Unit, *, username: str, name: str, roles: Sequence[str], password: str) -> Officer:
    """Give a person an account in a unit, with the roles named. They set up their one-time code at first sign-in."""
    unknown = [role for role in roles if role not in ROLE_NAMES]
    if unknown or not roles:
        known = ", ".join(sorted(ROLE_NAMES))
        raise InputRefused(
            reason=f"An officer needs at least one role of: {known}. No account was made. Name the roles and try again."
        )
    officer = Officer(id=new_id(), username=username, name=name, unit=unit, roles=list(roles))
    officer.set_password(password)
    with transaction.atomic(using="service"):
        officer.save(using="service", force_insert=True)
        record(
            "access:officer:enlist",
            actor=None,
            using="service",
            subject_kind="officer",
            subject_id=officer.id,
            facts={"roles": list(roles)},
        )
    return officer


def disable_officer(officer: Officer) -> None:
    """End an officer's access at once: sessions, keys and jobs ask for the active officer each time."""
    with transaction.atomic(using="service"):
        Officer.objects.using("service").filter(id=officer.id).update(is_active=False)
        record("access:officer:disable", actor=None, using="service", subject_kind="officer", subject_id=officer.id)
