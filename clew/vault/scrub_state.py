"""What the last scrub found, for the status page and the doctor: numbers alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clew.kernel.clock import now
from clew.vault.scrubbing import counts, newest_finished

#: It is done each week; after two something keeps it from being done.
LATE_AFTER = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ScrubState:
    """The last scrub that came to its end."""

    finished_at: dt.datetime
    opened: int
    destroyed: int
    damaged: int
    missing: int
    orphaned: int

    @property
    def sentence(self) -> str:
        """What it found."""
        found = f"{self.damaged:,} damaged, {self.missing:,} missing, {self.orphaned:,} orphaned"
        return f"{self.finished_at:%Y-%m-%d %H:%M} UTC: {self.opened:,} objects opened to their end, {found}."

    @property
    def problems(self) -> list[str]:
        """What somebody should look at, in words."""
        problems = []
        if self.damaged or self.missing:
            problems.append("Objects of the vault are damaged or missing: restore them from the backup.")
        if self.orphaned:
            problems.append("Objects of the vault are known to no record: `clew vault scrub` names them.")
        if now() - self.finished_at > LATE_AFTER:
            problems.append("The vault was not scrubbed for two weeks. Is a worker running?")
        return problems


def scrub_state() -> ScrubState | None:
    """The state, or None as long as no scrub came to its end."""
    run = newest_finished()
    if run is None or run.finished_at is None:
        return None
    return ScrubState(run.finished_at, run.opened, run.destroyed, **counts(run))
