"""Rules of exposure: how much a look weighs, what a report of a page can have been at most, and when enough is enough. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clew.kernel.errors import ClewError
from clew.kernel.limits import EXPOSURE_WARNING_SHARE

#: What counts where nobody has said what a picture shows: the middle of `severity`, 0 to 4.
SEVERITY_UNKNOWN = 2
#: From here on material is grave: not for the end of a shift.
SEVERITY_GRAVE = 3


class DayBudgetSpent(ClewError):
    """You have seen as much today as your organisation wants anybody to see in a day. Nothing was shown. Go on tomorrow; other work is open to you."""

    status = 429


class WeekBudgetSpent(ClewError):
    """You have seen as much this week as your organisation wants anybody to see in a week. Nothing was shown. Go on next week; other work is open to you."""

    status = 429


class BreakDue(ClewError):
    """A break is due: you have worked with pictures for {worked} minutes. Nothing was shown. Go on in {left} minutes."""

    status = 429


class OnBreak(ClewError):
    """You are on a break. Nothing was shown. Say that you are back when you are."""

    status = 429


class ShiftEnding(ClewError):
    """Nothing grave is shown in the last {minutes} minutes of a shift. Nothing was shown. Leave it for another day."""

    status = 429


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an organisation allows: points a day and a week, minutes of work, of a break, and of the end of a shift."""

    day_points_max: int
    week_points_max: int
    break_after_minutes: int
    break_minutes: int
    stop_minutes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an officer stands: since when they work, when they looked last, since when they are on a break, when their shift ends, and what they saw."""

    working_since: dt.datetime | None = None
    last_look_at: dt.datetime | None = None
    break_since: dt.datetime | None = None
    shift_ends_at: dt.datetime | None = None
    day_points: float = 0.0
    week_points: float = 0.0


def weight_of(severity: int | None) -> int:
    """How much a second of a picture that fills the screen counts: 1 for what is harmless, 5 for the gravest."""
    return 1 + (SEVERITY_UNKNOWN if severity is None else severity)


def begins_anew(standing: Standing, allowed: Allowed, moment: dt.datetime) -> bool:
    """Whether the last look lies a whole break back: then work begins anew."""
    if standing.last_look_at is None or standing.working_since is None:
        return True
    return moment - standing.last_look_at >= dt.timedelta(minutes=allowed.break_minutes)


def allow_work(standing: Standing, allowed: Allowed, moment: dt.datetime) -> None:
    """Let an officer look at anything at all; raises `OnBreak` or `BreakDue`."""
    if standing.break_since is not None:
        raise OnBreak
    if begins_anew(standing, allowed, moment):
        return
    assert standing.working_since is not None
    assert standing.last_look_at is not None
    worked = moment - standing.working_since
    if worked >= dt.timedelta(minutes=allowed.break_after_minutes):
        left = dt.timedelta(minutes=allowed.break_minutes) - (moment - standing.last_look_at)
        raise BreakDue(worked=int(worked.total_seconds() // 60), left=max(1, -int(-left.total_seconds() // 60)))


def allow_picture(standing: Standing, allowed: Allowed, moment: dt.datetime, severity: int | None) -> None:
    """Let them see more than an outline of a picture; raises `DayBudgetSpent`, `WeekBudgetSpent` or `ShiftEnding`."""
    if standing.day_points >= allowed.day_points_max:
        raise DayBudgetSpent
    if standing.week_points >= allowed.week_points_max:
        raise WeekBudgetSpent
    is_grave = severity is not None and severity >= SEVERITY_GRAVE
    ends_at = standing.shift_ends_at
    if is_grave and ends_at is not None and ends_at - dt.timedelta(minutes=allowed.stop_minutes) <= moment:
        raise ShiftEnding(minutes=allowed.stop_minutes)


def warns(standing: Standing, allowed: Allowed) -> bool:
    """Whether the officer is to be told that a budget ends soon."""
    return (
        standing.day_points >= EXPOSURE_WARNING_SHARE * allowed.day_points_max
        or standing.week_points >= EXPOSURE_WARNING_SHARE * allowed.week_points_max
    )
