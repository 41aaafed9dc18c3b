"""Reports of jails: each process that opens files for the database tells what its jail is worth, so that pages can tell whose is not whole.

The server itself opens no file, and workers may run on other machines: what is told is what workers found, never the server's own machine.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import DateTimeField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from clew.intake.keeping import machine
from clew.intake.models import JailReport, RecallCheck
from clew.kernel.clock import now
from clew.ledger.actions import record
from clew.media.jail_grade import JailGrade

#: A machine whose workers have not been seen for so long does not count any more.
SEEN_WITHIN = dt.timedelta(minutes=10)


def report_jail(grade: JailGrade) -> None:
    """Keep what this machine's jail is worth; that one is used which is not whole goes on record."""
    with transaction.atomic(using="service"):
        JailReport.objects.using("service").update_or_create(
            machine=machine(), defaults={"reported_at": now(), "missing": list(grade.missing)}
        )
        if not grade.is_full:
            record(
                "intake:jail:accept-reduced",
                actor=None,
                using="service",
                subject_kind="machine",
                facts={"machine": machine(), "missing": list(grade.missing)},
            )


def jail_reports(seen_within: dt.timedelta) -> list[JailReport]:
    """The reports of every machine that was seen lately, each with when its workers were (`seen_at`)."""
    checked = RecallCheck.objects.using("service").filter(machine=OuterRef("machine")).order_by("-id")
    newest = Subquery(checked.values("checked_at")[:1], output_field=DateTimeField())
    found = JailReport.objects.using("service").annotate(
        seen_at=Greatest(F("reported_at"), Coalesce(newest, F("reported_at")))
    )
    return list(found.filter(seen_at__gte=now() - seen_within).order_by("machine"))


def reduced_jails() -> list[JailReport]:
    """The machines at work whose jail is not whole."""
    return [report for report in jail_reports(SEEN_WITHIN) if not report.grade.is_full]
