"""Verbs of purging by hand: ask that a record go before its time, and, once another person has granted exactly that, carry it out."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from clew.access.approval_models import ApprovalState
from clew.access.approvals import ask, grave_reason, present, use
from clew.access.grave_acts import GraveAct
from clew.access.models import Approval, Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.expiring import plan
from clew.catalogue.models import Case, Purge, Series
from clew.catalogue.retention import AlreadyAnswered, is_held, record_own
from clew.catalogue.retention_models import PurgeCause
from clew.intake.purge_scope import PurgeScope, held_series, numbers, scope_of
from clew.intake.purging import RecordHeld, carry_out


def purge_facts(officer: Officer, kind: str, record_id: uuid.UUID) -> tuple[Case | Series, dict[str, Any]]:
    """The record, and what would go with it, in numbers. Raises RecordHeld where a hold stands in the way."""
    require(officer, Permission.RECORD_PURGE)
    row = record_own(officer, kind, record_id)
    scope = _scope(kind, row)
    if is_held(row.id) or held_series(scope):
        raise RecordHeld
    return row, dict(numbers(scope))


def ask_purge(officer: Officer, kind: str, record_id: uuid.UUID, reason: str) -> Approval:
    """Ask that a record be purged before its time."""
    _row, facts = purge_facts(officer, kind, record_id)
    return ask(officer, GraveAct.RECORD_PURGE, subject_kind=kind, subject_id=record_id, facts=facts, reason=reason)


def purge_record(officer: Officer, kind: str, record_id: uuid.UUID) -> Purge:
    """Purge a record as another person has granted it. What was added since the request makes it another request."""
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.RECORD_PURGE)
        row = record_own(actor, kind, record_id, lock=True)
        if Purge.objects.using("service").filter(record_kind=kind, record_id=record_id).exists():
            # It has expired, and is going by itself.
            raise AlreadyAnswered
        _same, facts = purge_facts(actor, kind, record_id)
        approval = use(actor, GraveAct.RECORD_PURGE, subject_kind=kind, subject_id=record_id, facts=facts)
        reason = grave_reason(approval.reason)
        planned = plan(kind, row, cause=PurgeCause.BY_HAND, reason=reason, asked_by=actor, approval_id=approval.id)
    return carry_out(planned.id)


def _scope(kind: str, row: Case | Series) -> PurgeScope:
    return scope_of(
        kind,
        row.id,
        owner_organisation_id=row.owner_organisation_id,
        owner_unit_id=row.owner_unit_id,
        cause=PurgeCause.BY_HAND,
    )


def purge_granted(officer: Officer, kind: str, record_id: uuid.UUID) -> Approval | None:
    """The officer's own request for this, if a second person has granted it and its time is not over."""
    granted = Approval.objects.using("service").filter(
        act=GraveAct.RECORD_PURGE.value,
        subject_kind=kind,
        subject_id=record_id,
        requested_by=officer,
        state=ApprovalState.GRANTED,
    )
    return next((approval for approval in granted.order_by("-decided_at") if approval.is_open), None)
