"""Verbs of access for whoever runs the installation, at its own command line: found an organisation, set up a unit, enlist, end, certify."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from clew.access.endings import end_access
from clew.access.models import Certification, Confidentiality, Officer, Organisation, OrganisationState, Unit
from clew.access.permissions import ROLE_NAMES
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused
from clew.kernel.ids import new_id
from clew.ledger.actions import Actor, record


def found_organisation(
    *,
    key: str,
    name: str,
    kind: str,
    country: str = "",
    state: str = OrganisationState.ONBOARDING,
    actor: Actor | None = None,
) -> Organisation:
    """Make an organisation known to this installation. It takes part once it is active."""
    organisation = Organisation(id=new_id(), key=key, name=name, kind=kind, country=country, state=state)
    with transaction.atomic(using="service"):
        organisation.save(using="service", force_insert=True)
        record(
            "access:organisation:found",
            actor=actor,
            using="service",
            subject_kind="organisation",
            subject_id=organisation.id,
            facts={"state": state},
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
    actor: Actor | None = None,
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
        record("access:unit:set_up", actor=actor, using="service", subject_kind="unit", subject_id=unit.id)
    return unit


def enlist_officer(
    unit: Unit,
    *,
    username: str,
    name: str,
    roles: Sequence[str],
    password: str,
    clearance: str = Confidentiality.CONFIDENTIAL,
    certified_until: dt.date | None = None,
) -> Officer:
    """Give a person an account in a unit, with the roles named. They set up their one-time code at first sign-in."""
    refuse_unknown_roles(roles)
    officer = Officer(id=new_id(), username=username, name=name, unit=unit, roles=list(roles), clearance=clearance)
    officer.certified_until = certified_until
    officer.set_password(password)
    with transaction.atomic(using="service"):
        officer.save(using="service", force_insert=True)
        if certified_until:
            _certify_from_the_start(officer, certified_until)
        record(
            "access:officer:enlist",
            actor=None,
            using="service",
            subject_kind="officer",
            subject_id=officer.id,
            facts={"roles": list(roles)},
        )
    return officer


def _certify_from_the_start(officer: Officer, until: dt.date) -> None:
    certification = Certification(
        owner_organisation_id=officer.organisation_id,
        officer=officer,
        what="recorded at enlistment",
        certified_on=now().date(),
        expires_on=until,
    )
    Certification.objects.using("service").bulk_create([certification])


def refuse_unknown_roles(roles: Sequence[str]) -> None:
    """Refuse roles that do not exist, and none at all."""
    unknown = [role for role in roles if role not in ROLE_NAMES]
    if unknown or not roles:
        known = ", ".join(sorted(ROLE_NAMES))
        raise InputRefused(
            reason=f"An officer needs at least one role of: {known}. No account was made. Name the roles and try again."
        )


def disable_officer(officer: Officer) -> None:
    """End an officer's access at once: sessions, keys, uploads and jobs."""
    with transaction.atomic(using="service"):
        end_access(officer, actor=None, reason="by whoever runs the installation")
