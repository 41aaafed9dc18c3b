"""The guard against bulk reading: a budget of looks an hour for each officer, and word to the auditors when it is spent."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from django.db import connections, transaction
from django.db.models import Max, Sum

from clew.access.approvals import grave_reason
from clew.access.audit_models import BudgetRaise, GuardNotice, NoticeKind, Reading
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import (
    BUDGET_RAISE_FACTOR_MAX,
    OUTLINES_AN_HOUR_MAX,
    PICTURES_AN_HOUR_MAX,
    RECORDS_AN_HOUR_MAX,
)
from clew.ledger.actions import record

_HOUR, _STEP = dt.timedelta(hours=1), dt.timedelta(minutes=5)


class What(StrEnum):
    """What is counted."""

    OUTLINES = "outlines"
    PICTURES = "pictures"
    RECORDS = "records"


BUDGETS: dict[What, int] = {
    What.OUTLINES: OUTLINES_AN_HOUR_MAX,
    What.PICTURES: PICTURES_AN_HOUR_MAX,
    What.RECORDS: RECORDS_AN_HOUR_MAX,
}


class ReadingTooFast(ClewError):
    """You have looked at {number} {what} within an hour, which is as many as one person does. Nothing was shown; your auditors were told. Go on later, or ask your national administrator to raise it for a day."""

    status = 429


def spend(officer: Officer, what: What, number: int = 1) -> None:
    """Count one look, or so many at once, before they are taken; raises `ReadingTooFast` where the budget of the last hour is spent.

    It is counted in a transaction of its own: looks at once in several processes are counted one after the other.
    """
    spent = _spend(officer, what, number)
    if spent is not None:
        raise ReadingTooFast(number=spent, what=what.value)


def _spend(officer: Officer, what: What, looks: int) -> int | None:
    """None where it was counted; else how many the budget allows, after word was left of it."""
    moment = now()
    since = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
    with transaction.atomic(using="service"):
        _one_at_a_time(officer)
        own = Reading.objects.using("service").filter(officer_id=officer.pk, what=what.value)
        number = own.filter(since__gt=moment - _HOUR - _STEP).aggregate(n=Sum("number"))["n"] or 0
        allowed = budget_of(officer, what)
        if number + looks > allowed:
            _tell(officer, what, moment)
            return allowed
        row, _made = own.get_or_create(officer_id=officer.pk, what=what.value, since=since)
        Reading.objects.using("service").filter(id=row.id).update(number=row.number + looks)
    return None


def budget_of(officer: Officer, what: What) -> int:
    """How many looks an hour the officer has at this moment."""
    raised = BudgetRaise.objects.using("service").filter(officer_id=officer.pk, until__gt=now())
    return BUDGETS[what] * (raised.aggregate(n=Max("factor"))["n"] or 1)


def raise_budget(officer: Officer, officer_id: uuid.UUID, *, factor: int, reason: str) -> BudgetRaise:
    """Give an officer of one's organisation more to read until tomorrow; nobody raises their own."""
    require(officer, Permission.BUDGET_RAISE)
    reason = grave_reason(reason)
    if not 1 < factor <= BUDGET_RAISE_FACTOR_MAX:
        raise InputRefused(
            reason=f"A budget is raised 2 to {BUDGET_RAISE_FACTOR_MAX} times. Nothing was changed. Choose a number between."
        )
    colleagues = Officer.objects.using("service").filter(unit__organisation=officer.organisation_id)
    reader = colleagues.filter(id=officer_id).exclude(person_id=officer.person_id).first()
    if reader is None:
        raise NotFound
    raised = BudgetRaise(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        officer=reader,
        factor=factor,
        until=now() + dt.timedelta(days=1),
        reason=reason,
        raised_by=officer,
    )
    with transaction.atomic(using="service"):
        BudgetRaise.objects.using("service").bulk_create([raised])
        record(
            "access:budget:raise",
            actor=officer,
            using="service",
            subject_kind="officer",
            subject_id=reader.id,
            facts={"factor": factor},
        )
    return raised


def _one_at_a_time(officer: Officer) -> None:
    with connections["service"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reading {officer.pk}"])


def _tell(officer: Officer, what: What, moment: dt.datetime) -> None:
    """Word to the auditors, once an hour however often the officer tries."""
    told = GuardNotice.objects.using("service").filter(officer_id=officer.pk, kind=NoticeKind.BUDGET, what=what.value)
    if told.filter(at__gt=moment - _HOUR).exists():
        return
    notice = GuardNotice(
        id=new_id(),
        kind=NoticeKind.BUDGET,
        owner_organisation_id=officer.organisation_id,
        officer_id=officer.pk,
        what=what.value,
        at=moment,
    )
    GuardNotice.objects.using("service").bulk_create([notice])
    record("access:guard:notice", actor=officer, using="service", subject_kind="officer", subject_id=officer.pk)
