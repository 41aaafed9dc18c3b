"""The clock: the one place that asks what time it is, always in UTC, so that tests can set it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

_frozen: dt.datetime | None = None


def now() -> dt.datetime:
    """The present moment in UTC, to the microsecond."""
    return _frozen or dt.datetime.now(tz=dt.UTC)


@contextmanager
def frozen_at(moment: dt.datetime) -> Iterator[None]:
    """Let the clock of this process stand at a moment, so that rules about months and years can be tried; for tests alone."""
    global _frozen  # noqa: PLW0603 - there is one clock
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before


def moment_of(seconds: float) -> dt.datetime | None:
    """What a file system or an archive states, in seconds since 1970; None for a number that is no date."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
