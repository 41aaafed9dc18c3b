"""Oversight of exposure: what an organisation allows, set by its national administrator, who sees sums over at least five officers and nobody's own record."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import asdict, dataclass

from django.db import transaction

from clew.access.approvals import present
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused
from clew.kernel.limits import (
    BREAK_AFTER_MINUTES_MAX,
    BREAK_AFTER_MINUTES_MIN,
    BREAK_MINUTES_MAX,
    BREAK_MINUTES_MIN,
    EXPOSURE_DAY_POINTS_MAX,
    EXPOSURE_DAY_POINTS_MIN,
    EXPOSURE_OFFICERS_MIN,
    EXPOSURE_WEEK_POINTS_MAX,
    EXPOSURE_WEEK_POINTS_MIN,
    STOP_MINUTES_MAX,
    STOP_MINUTES_MIN,
)
from clew.ledger.actions import record
from clew.review.exposure_rules import Allowed
from clew.review.models import Exposure, ExposureRule

#: Field -> what may be stated of it, least and most.
BOUNDS = {
    "day_points_max": (EXPOSURE_DAY_POINTS_MIN, EXPOSURE_DAY_POINTS_MAX),
    "week_points_max": (EXPOSURE_WEEK_POINTS_MIN, EXPOSURE_WEEK_POINTS_MAX),
    "break_after_minutes": (BREAK_AFTER_MINUTES_MIN, BREAK_AFTER_MINUTES_MAX),
    "break_minutes": (BREAK_MINUTES_MIN, BREAK_MINUTES_MAX),
    "stop_minutes": (STOP_MINUTES_MIN, STOP_MINUTES_MAX),
}
WEEKS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class WeekSum:
    """What the officers of an organisation saw in a week that is over: the mean of them; None where they were fewer than five."""

    monday: dt.date
    officers: int | None
    points_each: float | None
    hours_each: float | None


def set_rule(officer: Officer, stated: Allowed) -> None:
    """Set what one's organisation allows, within the bounds of Clew; it holds from the next look on. On record."""
    require(officer, Permission.EXPOSURE_RULE_SET)
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(stated, name) <= most:
            words = name.replace("_", " ")
            raise InputRefused(reason=f"The {words} must be from {least:,} to {most:,}. Nothing was changed.")
    with transaction.atomic(using="service"):
        actor = present(officer)
        require(actor, Permission.EXPOSURE_RULE_SET)
        ExposureRule.objects.using("service").update_or_create(
            organisation_id=actor.organisation_id, defaults={**asdict(stated), "set_by_id": actor.pk, "set_at": now()}
        )
        record(
            "review:exposure:set_rule",
            actor=actor,
            using="service",
            subject_kind="organisation",
            subject_id=actor.organisation_id,
            facts=asdict(stated),
        )


def week_sums(officer: Officer) -> list[WeekSum]:
    """The weeks that are over, newest first, of the whole organisation: never of a unit or a person, and of no week in which fewer than five
    officers looked, not even how many they were. A unit beside the whole would tell of those outside it.
    """
    require(officer, Permission.EXPOSURE_OVERSEE)
    this_monday = _monday(now().date())
    since = this_monday - dt.timedelta(weeks=WEEKS_SHOWN)
    own = Exposure.objects.using("service").filter(
        officer__unit__organisation=officer.organisation_id, day__gte=since, day__lt=this_monday
    )
    weeks: dict[dt.date, list[Exposure]] = defaultdict(list)
    for row in own:
        weeks[_monday(row.day)].append(row)
    mondays = [this_monday - dt.timedelta(weeks=back) for back in range(1, WEEKS_SHOWN + 1)]
    return [_week_sum(monday, weeks[monday]) for monday in mondays]


def _week_sum(monday: dt.date, rows: list[Exposure]) -> WeekSum:
    officers = len({row.officer_id for row in rows if row.looks})
    if officers < EXPOSURE_OFFICERS_MIN:
        return WeekSum(monday, None, None, None)
    points, seconds = sum(row.points for row in rows), sum(row.seconds for row in rows)
    return WeekSum(monday, officers, round(points / officers), round(seconds / officers / 3600, 1))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
