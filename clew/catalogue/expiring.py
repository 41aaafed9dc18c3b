"""Expiring: which records are to be purged because their time is over and their owner was asked, and the plan of each purge."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clew.access.data_protection import policy
from clew.access.models import Officer
from clew.catalogue.models import Case, LegalHold, Purge, RetentionTask, Series
from clew.catalogue.retention import RECORDS
from clew.catalogue.retention_models import PurgeCause, PurgeState, RetentionAnswer, today
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.ledger.actions import record

EXPIRED_REASON = "Its time was over and its owner did not ask to keep it."


def plan_expired() -> int:
    """Plan the purge of every record whose time is over, whose owner was asked and which no hold keeps; how many. Safe to repeat."""
    planned = 0
    for kind, model in RECORDS.items():
        with transaction.atomic(using="service"):
            tasks = RetentionTask.objects.using("service").filter(record_id=OuterRef("id"))
            long_enough = now() - dt.timedelta(days=policy().answer_days_min)
            unanswered = Q(asked_at__lte=long_enough, expires_on=OuterRef("expires_on")) & Q(
                answer__in=[RetentionAnswer.NONE, RetentionAnswer.HOLD]
            )
            held = LegalHold.objects.using("service").filter(record_kind=kind, lifted_at__isnull=True)
            due = (
                model.objects.using("service")
                .filter(expires_on__lte=today())
                .filter(Exists(tasks.filter(unanswered | Q(answer=RetentionAnswer.LET_GO))))
                .exclude(id__in=held.values("record_id"))
                .exclude(id__in=Purge.objects.using("service").filter(record_kind=kind).values("record_id"))
            )
            for row in due.select_for_update(skip_locked=True, of=("self",)):
                plan(kind, row, cause=_cause(row), reason=EXPIRED_REASON)
                planned += 1
    return planned


def _cause(row: Case | Series) -> PurgeCause:
    let_go = RetentionTask.objects.using("service").filter(record_id=row.id, answer=RetentionAnswer.LET_GO)
    return PurgeCause.LET_GO if let_go.exists() else PurgeCause.EXPIRY


def plan(
    kind: str,
    row: Case | Series,
    *,
    cause: PurgeCause,
    reason: str,
    asked_by: Officer | None = None,
    approval_id: uuid.UUID | None = None,
) -> Purge:
    """Write down that a record is to be purged; runs in the caller's transaction on the service's connection."""
    planned = Purge(
        id=new_id(),
        record_kind=kind,
        record_id=row.id,
        owner_organisation_id=row.owner_organisation_id,
        owner_unit_id=row.owner_unit_id,
        cause=cause,
        reason=reason,
        asked_by=asked_by,
        approval_id=approval_id,
        planned_at=now(),
    )
    planned.save(using="service", force_insert=True)
    facts = {"cause": cause.value, kind: str(row.id)}
    record(
        "catalogue:record:doom",
        actor=asked_by,
        using="service",
        subject_kind="purge",
        subject_id=planned.id,
        facts=facts,
    )
    return planned


def purges_waiting() -> list[uuid.UUID]:
    """Purges that are planned or half done, the oldest first."""
    waiting = Purge.objects.using("service").exclude(state=PurgeState.FINISHED)
    return list(waiting.order_by("planned_at").values_list("id", flat=True))
