"""Failures of an index on its machine: how often in a row it failed its test, and when a new one is worth building.

A segment that fails for a reason that stays would else be built again every few seconds for ever, and keep the machine busy. The note lies beside
the segments, so that every process of the machine waits alike.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clew.kernel.clock import now

_NOTE = "failures.json"
#: After one failure the next try is at once; then it waits, twice as long each time.
WAIT_FIRST = dt.timedelta(seconds=10)
WAIT_MAX = dt.timedelta(hours=1)
_DOUBLINGS_MAX = 16


@dataclass(frozen=True, slots=True)
class Failed:
    """How often in a row, and when last."""

    count: int
    at: dt.datetime

    @property
    def next_try_at(self) -> dt.datetime:
        """When a segment may be built again."""
        if self.count < 2:
            return self.at
        return self.at + min(WAIT_MAX, WAIT_FIRST * (1 << min(self.count - 2, _DOUBLINGS_MAX)))

    @property
    def is_waiting(self) -> bool:
        """Whether that is still to come."""
        return now() < self.next_try_at


class Failures:
    """The note in one folder of segments."""

    def __init__(self, folder: Path) -> None:
        self._note = folder / _NOTE

    def last(self) -> Failed | None:
        """What is noted; None where the last test was passed, or the note is not what was written."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            told = json.loads(self._note.read_text(encoding="utf-8"))
            return Failed(int(told["count"]), dt.datetime.fromisoformat(told["at"]))
        return None

    @property
    def is_waiting(self) -> bool:
        """Whether no new segment is worth building yet."""
        last = self.last()
        return last is not None and last.is_waiting

    def add(self) -> Failed:
        """Note one more."""
        last = self.last()
        failed = Failed((last.count if last else 0) + 1, now())
        draft = self._note.with_name(f".{_NOTE}.{os.getpid()}")
        draft.write_text(json.dumps({"count": failed.count, "at": failed.at.isoformat()}), encoding="utf-8")
        draft.rename(self._note)
        return failed

    def forget(self) -> None:
        """A test was passed."""
        self._note.unlink(missing_ok=True)
