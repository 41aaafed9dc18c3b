"""The clock: the one place that asks what time it is, always in UTC, so that tests can set it."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The present moment in UTC, to the microsecond."""
    return dt.datetime.now(tz=dt.UTC)
