"""Verbs of breaks: an officer asks for one with a single key, says that they are back, and says when their shift ends."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused
from clew.kernel.limits import SHIFT_MINUTES_MAX
from clew.ledger.actions import record
from clew.review.models import Duty


def take_break(officer: Officer) -> None:
    """From now on nothing is shown to the officer, in any window, until they say that they are back. Asking twice changes nothing."""
    require(officer, Permission.EXPOSURE_READ)
    with transaction.atomic(using="service"):
        duty = _own(officer)
        if duty.break_since is None:
            duty.break_since = now()
            duty.save(using="service", update_fields=["break_since"])
        record("review:break:take", actor=officer, using="service", subject_kind="officer", subject_id=officer.pk)


def end_break(officer: Officer) -> None:
    """The officer is back. Where a break was due, it counts once it was long enough."""
    require(officer, Permission.EXPOSURE_READ)
    with transaction.atomic(using="service"):
        duty = _own(officer)
        duty.break_since = None
        duty.save(using="service", update_fields=["break_since"])
        record("review:break:end", actor=officer, using="service", subject_kind="officer", subject_id=officer.pk)


def is_on_break(officer: Officer) -> bool:
    """Whether the officer is on a break they asked for."""
    return Duty.objects.using("service").filter(officer_id=officer.pk, break_since__isnull=False).exists()


def set_shift_end(officer: Officer, minutes: int) -> None:
    """Say in how many minutes one's shift ends; 0: it is over, or none is planned."""
    require(officer, Permission.EXPOSURE_READ)
    if not 0 <= minutes <= SHIFT_MINUTES_MAX:
        raise InputRefused(reason=f"A shift ends within {SHIFT_MINUTES_MAX // 60} hours. Nothing was changed.")
    with transaction.atomic(using="service"):
        duty = _own(officer)
        duty.shift_ends_at = now() + dt.timedelta(minutes=minutes) if minutes else None
        duty.save(using="service", update_fields=["shift_ends_at"])
        record("review:shift:state", actor=officer, using="service", subject_kind="officer", subject_id=officer.pk)


def _own(officer: Officer) -> Duty:
    Duty.objects.using("service").get_or_create(officer_id=officer.pk)
    return Duty.objects.using("service").select_for_update().get(officer_id=officer.pk)
