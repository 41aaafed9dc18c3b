"""Canaries: records nobody has a reason to read. The database itself leaves word at the first entry of the ledger that names one."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from clew.access.audit_models import Canary, GuardNotice
from clew.access.models import Officer, OrganisationKind
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record

NOTE_CHARACTERS_MAX = 200


class CanaryThereAlready(ClewError):
    """This record is watched already. Nothing was changed."""

    status = 409


def plant_canary(officer: Officer, *, subject_kind: str, subject_id: uuid.UUID, note: str = "") -> Canary:
    """Watch a record: from now on every reading of it, whoever's, leaves word. The caller has seen to it that the officer's organisation owns it."""
    require(officer, Permission.CANARY_PLANT)
    canary = Canary(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        planted_by=officer,
        subject_kind=subject_kind,
        subject_id=subject_id,
        note=note.strip()[:NOTE_CHARACTERS_MAX],
    )
    with transaction.atomic(using="service"):
        try:
            with transaction.atomic(using="service"):
                Canary.objects.using("service").bulk_create([canary])
        except IntegrityError:
            raise CanaryThereAlready from None
        # The entry names the canary, not the record: whoever reads the ledger does not learn which one it is.
        record("access:canary:plant", actor=officer, using="service", subject_kind="canary", subject_id=canary.id)
    return canary


def remove_canary(officer: Officer, canary_id: uuid.UUID) -> None:
    """Watch it no more."""
    require(officer, Permission.CANARY_PLANT)
    with transaction.atomic(using="service"):
        own = Canary.objects.using("service").filter(owner_organisation=officer.organisation_id, removed_at=None)
        if not own.filter(id=canary_id).update(removed_at=now()):
            raise NotFound
        record("access:canary:remove", actor=officer, using="service", subject_kind="canary", subject_id=canary_id)


def canaries_of(officer: Officer) -> QuerySet[Canary]:
    """Those of the officer's organisation that are watched now, newest first."""
    require(officer, Permission.CANARY_PLANT)
    own = Canary.objects.select_related("planted_by").filter(removed_at=None)
    return own.filter(owner_organisation=officer.organisation_id).order_by("-planted_at")


def notices_seen(officer: Officer) -> QuerySet[GuardNotice]:
    """What the guard noticed of officers of one's organisation, and of whoever read what it planted; the coordinator's auditors read all."""
    require(officer, Permission.GUARD_READ)
    # Read by the service: an officer of another organisation, whom only their own may know, is named by none of these.
    seen = GuardNotice.objects.using("service")
    if officer.organisation.kind != OrganisationKind.COORDINATOR:
        own = Q(owner_organisation=officer.organisation_id) | Q(planter_organisation=officer.organisation_id)
        seen = seen.filter(own)
    return seen.select_related("officer__unit__organisation", "seen_by", "canary").order_by("-at")


def note_seen(officer: Officer, notice_id: uuid.UUID) -> None:
    """Say that one has taken note."""
    found = notices_seen(officer).filter(id=notice_id, seen_at=None).first()
    if found is None:
        raise NotFound
    with transaction.atomic(using="service"):
        GuardNotice.objects.using("service").filter(id=found.id).update(seen_at=now(), seen_by=officer)
        record("access:guard:seen", actor=officer, using="service", subject_kind="notice", subject_id=notice_id)


def unseen_notices(officer: Officer) -> int:
    """How many notices nobody has taken note of; 0 for those who read none."""
    if Permission.GUARD_READ not in officer.permissions:
        return 0
    return notices_seen(officer).filter(seen_at=None).count()
