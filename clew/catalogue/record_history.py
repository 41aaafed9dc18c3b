"""The history of one record: who read it or did something with it, for the auditors of the organisation that holds it."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from clew.access.audit_models import Canary
from clew.access.canaries import plant_canary
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Series, Sighting
from clew.kernel.errors import NotFound
from clew.ledger.models import Entry


def history_of(officer: Officer, subject_kind: str, subject_id: uuid.UUID) -> QuerySet[Entry]:
    """Every entry that names a record of the officer's organisation, newest first, but those of others who hold it too; `NotFound` for all others.

    Who holds it too looks at their own, and that they hold it is theirs to tell.
    """
    require(officer, Permission.ENTRY_READ)
    _require_own(officer, subject_kind, subject_id)
    named = Q(subject_kind=subject_kind, subject_id=subject_id)
    if subject_kind == "media":
        # Outlines are on record by the page, each entry with the ids of its media.
        named |= Q(verb="catalogue:media:outline", facts__media__contains=[str(subject_id)])
    entries = Entry.objects.using("service").filter(named)
    if subject_kind == "media":
        others = Sighting.objects.using("service").filter(media=subject_id)
        others = others.exclude(owner_organisation=officer.organisation_id)
        entries = entries.exclude(organisation_id__in=others.values("owner_organisation"))
    return entries.order_by("-sequence")


def watch(officer: Officer, subject_kind: str, subject_id: uuid.UUID, note: str) -> Canary:
    """Plant a canary on a record of the officer's organisation."""
    require(officer, Permission.CANARY_PLANT)
    _require_own(officer, subject_kind, subject_id)
    return plant_canary(officer, subject_kind=subject_kind, subject_id=subject_id, note=note)


def _require_own(officer: Officer, subject_kind: str, subject_id: uuid.UUID) -> None:
    own = officer.organisation_id
    if subject_kind == "series":
        is_own = Series.objects.filter(id=subject_id, owner_organisation=own).exists()
    elif subject_kind == "media":
        is_own = Sighting.objects.filter(media=subject_id, owner_organisation=own).exists()
    else:
        is_own = False
    if not is_own:
        raise NotFound
