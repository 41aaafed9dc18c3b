"""Pure rules of retention: when a record expires, when its owner is asked, how far an extension may go, and when to remind (R13, R14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from clew.access.data_protection import Policy, months_later


def latest_expiry(policy: Policy, collection: str, country: str, start: dt.date) -> dt.date:
    """The last day a record that began then may be kept without being asked for again."""
    return months_later(start, 12 * policy.years(collection, country))


def expiry(policy: Policy, collection: str, country: str, start: dt.date, chosen: dt.date | None = None) -> dt.date:
    """When a record expires: its collection's limit, or earlier where its owner chose so."""
    latest = latest_expiry(policy, collection, country, start)
    return latest if chosen is None else min(latest, chosen)


def review_day(policy: Policy, expires_on: dt.date, chosen: dt.date | None = None) -> dt.date:
    """From when the owner is asked: so many months before expiry, or earlier where they chose so."""
    asked = months_later(expires_on, -policy.review_months_before)
    return asked if chosen is None else min(asked, chosen)


def extension_latest(policy: Policy, collection: str, country: str, start: dt.date, today: dt.date) -> dt.date:
    """How far an extension granted today may reach: the collection's years from today, or from the start where its rule says so."""
    begins = today if policy.collections[collection].extension_from == "now" else start
    return latest_expiry(policy, collection, country, begins)


def reminders_due(policy: Policy, expires_on: dt.date, today: dt.date) -> int:
    """How many reminders should have gone out by today."""
    return reminders_by((expires_on - today).days, policy.reminder_days_before)


def reminders_by(days_left: int, days_before: Sequence[int]) -> int:
    """The same by the days that are left."""
    return sum(days_left <= days for days in days_before)
