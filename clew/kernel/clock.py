"""The clock: the one place that asks what time it is, always in UTC, so that tests can set it."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The present moment in UTC, to the microsecond."""
    return dt.datetime.now(tz=dt.UTC)


def moment_of(seconds: float) -> dt.datetime | None:
    """What a file system or an archive states, in seconds since 1970; None for a number that is no date."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
