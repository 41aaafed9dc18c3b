"""Reads of people: the officers of one's own organisation with their rights, and the register of them all."""

from __future__ import annotations

import csv
import io
import uuid

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from clew.access.models import Certification, Officer, Unit
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import NotFound

REGISTER_COLUMNS = (
    "username", "name", "e-mail", "unit", "roles", "clearance", "state", "certified until", "last sign-in",
    "enlisted", "second factor", "keys", "person",
)  # fmt: skip


def officers_of(officer: Officer) -> QuerySet[Officer]:
    """The officers of one's own organisation: those with access first, by name."""
    require(officer, Permission.OFFICER_READ)
    own = Officer.objects.using("default").select_related("unit__organisation")
    return own.filter(unit__organisation=officer.organisation_id).order_by("-is_active", "name", "id")


def officer_for(officer: Officer, officer_id: uuid.UUID) -> Officer:
    """One of them, or `NotFound`: the same answer when they are absent and when they are foreign."""
    found = officers_of(officer).filter(id=officer_id).first()
    if found is None:
        raise NotFound
    return found


def certifications_of(officer: Officer, whose: Officer) -> QuerySet[Certification]:
    """What somebody of one's own organisation was certified in, the newest first."""
    require(officer, Permission.OFFICER_READ)
    held = Certification.objects.select_related("certified_by").filter(owner_organisation=officer.organisation_id)
    return held.filter(officer=whose.pk).order_by("-certified_on", "-id")


def units_of(officer: Officer) -> QuerySet[Unit]:
    """The units of one's own organisation, by name."""
    return Unit.objects.filter(organisation=officer.organisation_id).order_by("name")


def register_of(officer: Officer) -> str:
    """The register of access rights of one's organisation as CSV (RFC 4180), safe for spreadsheets.

    `person` is the same for accounts of one person, and a number of this register alone.
    """
    require(officer, Permission.REGISTER_EXPORT)
    people = list(_registered(officer))
    persons = {person: number for number, person in enumerate(dict.fromkeys(one.person_id for one in people), 1)}
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(REGISTER_COLUMNS)
    for one in people:
        rows.writerow([_cell(cell) for cell in (*_cells(one), persons[one.person_id])])
    return written.getvalue()


def _registered(officer: Officer) -> QuerySet[Officer]:
    # Which keys live and who has a second factor the service alone may count.
    own = Officer.objects.using("service").select_related("unit__organisation")
    alive = Q(keys__revoked_at=None, keys__expires_at__gt=now())
    factors = Officer.objects.filter(pk=OuterRef("pk"), authenticator__isnull=False)
    found = own.filter(unit__organisation=officer.organisation_id)
    return found.annotate(key_count=Count("keys", filter=alive), has_factor=Exists(factors)).order_by("name", "id")


def _cells(one: Officer) -> tuple[object, ...]:
    return (
        one.username,
        one.name,
        one.email,
        one.unit.name,
        " ".join(one.roles),
        one.clearance,
        "active" if one.is_active else "disabled",
        one.certified_until or "",
        one.last_login.isoformat(timespec="minutes") if one.last_login else "",
        one.created_at.date(),
        "yes" if getattr(one, "has_factor", False) else "no",
        getattr(one, "key_count", 0),
    )


def _cell(value: object) -> str:
    """A cell no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
