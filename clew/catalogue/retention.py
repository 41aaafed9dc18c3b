"""Verbs of retention: how long a record is kept, the question to its owner and the answer, the legal hold."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clew.access.approvals import grave_reason, present, use
from clew.access.data_protection import months_later, policy
from clew.access.grave_acts import GraveAct
from clew.access.models import Officer, Organisation
from clew.access.ownership import clearances_up_to
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Case, LegalHold, RecordKind, RetentionTask, Series
from clew.catalogue.retention_models import RetentionAnswer, today
from clew.catalogue.retention_rules import expiry, extension_latest, reminders_due, review_day
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record

RECORDS: dict[str, type[Case | Series]] = {RecordKind.CASE.value: Case, RecordKind.SERIES.value: Series}


class AlreadyAnswered(ClewError):
    """This question is answered already, or the record is gone. Nothing was changed. Reload the page to see how it stands."""

    status = 409


@dataclass(frozen=True, slots=True)
class Term:
    """How long its owner wants a record kept: the collection (empty: the policy's), and a day earlier than the collection's limit."""

    collection: str = ""
    keep_until: dt.date | None = None


def retention_columns(
    kind: RecordKind, organisation: Organisation, term: Term, review_on: dt.date | None
) -> dict[str, Any]:
    """The columns of `Retained`, and `review_on`, of a record that begins today (R13)."""
    found, start = policy(), today()
    collection = term.collection or found.defaults[kind.value]
    if collection not in found.collections:
        known = ", ".join(sorted(found.collections))
        raise InputRefused(
            reason=f"There is no such collection; there are {known}. Nothing was stored. Name one of them."
        )
    if term.keep_until is not None and term.keep_until <= start:
        raise InputRefused(
            reason="What is kept must be kept until a day to come. Nothing was stored. Give a later day."
        )
    expires_on = expiry(found, collection, organisation.country, start, term.keep_until)
    return {
        "collection": collection,
        "kept_since": start,
        "expires_on": expires_on,
        "review_on": review_day(found, expires_on, review_on),
    }


def record_own(officer: Officer, kind: str, record_id: uuid.UUID, *, lock: bool = False) -> Case | Series:
    """The case or series of the officer's own organisation, on the service's connection, or `NotFound`: as for one they are not cleared for."""
    if kind not in RECORDS:
        raise NotFound
    rows = RECORDS[kind].objects.using("service").select_related("owner_unit")
    # The service sees every row: what row-level security asks of an officer of the owner is asked here.
    rows = rows.filter(confidentiality__in=clearances_up_to(officer.clearance))
    if lock:
        rows = rows.select_for_update(of=("self",))
    found: Case | Series | None = rows.filter(id=record_id, owner_organisation=officer.organisation_id).first()
    if found is None:
        raise NotFound
    return found


def shorten(officer: Officer, kind: str, record_id: uuid.UUID, until: dt.date) -> None:
    """Have a record expire earlier than it would; the owner alone may, and only shorten."""
    with transaction.atomic(using="service"):
        actor = _permitted(officer, Permission.RETENTION_ANSWER)
        row = record_own(actor, kind, record_id, lock=True)
        if not today() < until < row.expires_on:
            raise InputRefused(
                reason=f"It expires on {row.expires_on}. Nothing was changed. Give a day before that, and after today."
            )
        _keep_until(row, until)
        for task in _open_tasks(kind, record_id):
            task.expires_on = until
            task.save(using="service", update_fields=["expires_on"])
        _record("catalogue:retention:shorten", actor, kind, record_id, {"expires_on": until.isoformat()})


def answer_keep(officer: Officer, task_id: uuid.UUID, until: dt.date, reason: str) -> None:
    """Answer that a record is still needed, until a day that the collection's rule allows (R14)."""
    reason = grave_reason(reason)
    with transaction.atomic(using="service"):
        actor, task, row = _asked(officer, task_id)
        country = actor.organisation.country
        latest = extension_latest(policy(), row.collection, country, row.kept_since, today())
        if not today() < until <= latest:
            raise InputRefused(
                reason=f"In this collection it may be kept until {latest} at the latest. Nothing was changed. Give such a day, after today."
            )
        _keep_until(row, until)
        _answer(task, actor, RetentionAnswer.KEEP, reason, kept_until=until)


def answer_let_go(officer: Officer, task_id: uuid.UUID, reason: str) -> None:
    """Answer that a record is not needed any more: it expires today, and the next run purges it."""
    reason = grave_reason(reason)
    with transaction.atomic(using="service"):
        actor, task, row = _asked(officer, task_id)
        _keep_until(row, today())
        _answer(task, actor, RetentionAnswer.LET_GO, reason)


def place_hold(officer: Officer, kind: str, record_id: uuid.UUID, *, reason: str, review_on: dt.date) -> LegalHold:
    """Stop a record from being deleted. An open question about it is answered by this."""
    reason = grave_reason(reason)
    latest = months_later(today(), policy().hold_review_months_max)
    if not today() < review_on <= latest:
        raise InputRefused(
            reason=f"A hold is looked at again by {latest} at the latest. Nothing was changed. Give such a day, after today."
        )
    with transaction.atomic(using="service"):
        actor = _permitted(officer, Permission.HOLD_PLACE)
        row = record_own(actor, kind, record_id, lock=True)
        hold = LegalHold(
            id=new_id(),
            record_kind=kind,
            record_id=record_id,
            owner_organisation_id=row.owner_organisation_id,
            owner_unit_id=row.owner_unit_id,
            reason=reason,
            placed_by=actor,
            placed_at=now(),
            review_on=review_on,
        )
        hold.save(using="service", force_insert=True)
        for task in _open_tasks(kind, record_id):
            _answer(task, actor, RetentionAnswer.HOLD, reason)
        _record("catalogue:hold:place", actor, kind, record_id, {"review_on": review_on.isoformat()})
    return hold


def hold_facts(hold: LegalHold) -> dict[str, Any]:
    """What a second person is asked to grant when a hold is to be lifted."""
    return {
        "hold": str(hold.id),
        "record": hold.record_kind,
        "placed": hold.placed_at.date().isoformat(),
        "because": hold.reason,
    }


def lift_hold(officer: Officer, hold_id: uuid.UUID, reason: str) -> None:
    """Lift a hold that another person has agreed to lift. What expired meanwhile goes at the next run."""
    reason = grave_reason(reason)
    with transaction.atomic(using="service"):
        actor = _permitted(officer, Permission.HOLD_LIFT)
        holds = LegalHold.objects.using("service").select_for_update()
        hold = holds.filter(id=hold_id, owner_organisation=actor.organisation_id).first()
        if hold is None:
            raise NotFound
        if hold.lifted_at is not None:
            raise AlreadyAnswered
        use(actor, GraveAct.HOLD_LIFT, subject_kind=hold.record_kind, subject_id=hold.record_id, facts=hold_facts(hold))
        hold.lifted_at, hold.lifted_by, hold.lift_reason = now(), actor, reason
        hold.save(using="service")
        _record("catalogue:hold:lift", actor, hold.record_kind, hold.record_id, {"hold": str(hold.id)})


def is_held(record_id: uuid.UUID) -> bool:
    """Whether a legal hold stands on the record."""
    return LegalHold.objects.using("service").filter(record_id=record_id, lifted_at__isnull=True).exists()


def ask_owners() -> int:
    """Ask every owner whose record is about to expire, or has expired unasked, and remind those who have not answered; how many were asked.

    Safe to repeat.
    """
    asked = 0
    for kind, model in RECORDS.items():
        with transaction.atomic(using="service"):
            held = LegalHold.objects.using("service").filter(record_kind=kind, lifted_at__isnull=True)
            asked_of = RetentionTask.objects.using("service").filter(record_id=OuterRef("id"))
            due = (
                model.objects.using("service")
                .filter(review_on__lte=today())
                .exclude(id__in=held.values("record_id"))
                .exclude(Exists(asked_of.filter(Q(answer=RetentionAnswer.NONE) | Q(answer=RetentionAnswer.LET_GO))))
                # Held when it was asked, and its day has come since: it was answered.
                .exclude(
                    Exists(asked_of.filter(answer=RetentionAnswer.HOLD, expires_on=OuterRef("expires_on"))),
                    expires_on__lte=today(),
                )
            )
            for row in due.select_for_update(skip_locked=True, of=("self",)):
                _ask(kind, row)
                asked += 1
    _remind()
    return asked


def _ask(kind: str, row: Case | Series) -> None:
    task = RetentionTask(
        id=new_id(),
        record_kind=kind,
        record_id=row.id,
        owner_organisation_id=row.owner_organisation_id,
        owner_unit_id=row.owner_unit_id,
        asked_at=now(),
        expires_on=row.expires_on,
    )
    RetentionTask.objects.using("service").bulk_create([task], ignore_conflicts=True)
    _record("catalogue:retention:ask", None, kind, row.id, {"expires_on": row.expires_on.isoformat(), "rule": "R14"})


def _remind() -> None:
    with transaction.atomic(using="service"):
        waiting = RetentionTask.objects.using("service").select_for_update(skip_locked=True)
        for task in waiting.filter(answer=RetentionAnswer.NONE):
            due = reminders_due(policy(), task.expires_on, today())
            if due > task.reminders:
                task.reminders, task.reminded_at = due, now()
                task.save(using="service", update_fields=["reminders", "reminded_at"])
                _record("catalogue:retention:remind", None, task.record_kind, task.record_id, {"reminder": due})


def _asked(officer: Officer, task_id: uuid.UUID) -> tuple[Officer, RetentionTask, Case | Series]:
    actor = _permitted(officer, Permission.RETENTION_ANSWER)
    tasks = RetentionTask.objects.using("service").select_for_update()
    task = tasks.filter(id=task_id, owner_organisation=actor.organisation_id).first()
    if task is None:
        raise NotFound
    if task.answer != RetentionAnswer.NONE:
        raise AlreadyAnswered
    return actor, task, record_own(actor, task.record_kind, task.record_id, lock=True)


def _answer(
    task: RetentionTask, actor: Officer, answer: RetentionAnswer, reason: str, *, kept_until: dt.date | None = None
) -> None:
    task.answer, task.answered_by, task.answered_at = answer, actor, now()
    task.reason, task.kept_until = reason, kept_until
    task.save(using="service")
    # The reason stays with the question: the ledger holds no words that may name somebody.
    facts = {"answer": answer.value, "kept_until": kept_until.isoformat() if kept_until else None}
    _record("catalogue:retention:answer", actor, task.record_kind, task.record_id, facts)


def _open_tasks(kind: str, record_id: uuid.UUID) -> list[RetentionTask]:
    tasks = RetentionTask.objects.using("service").select_for_update()
    return list(tasks.filter(record_kind=kind, record_id=record_id, answer=RetentionAnswer.NONE))


def _keep_until(row: Case | Series, until: dt.date) -> None:
    row.expires_on, row.review_on = until, review_day(policy(), until)
    row.save(using="service", update_fields=["expires_on", "review_on"])


def _permitted(officer: Officer, permission: Permission) -> Officer:
    actor = present(officer)
    require(actor, permission)
    return actor


def _record(verb: str, actor: Officer | None, kind: str, record_id: uuid.UUID, facts: dict[str, Any]) -> None:
    record(verb, actor=actor, using="service", subject_kind=kind, subject_id=record_id, facts=facts)
