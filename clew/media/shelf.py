"""The shelf: where a reader inside the jail puts what lies in a file, bounded in number, bytes and time; what finds no place is counted."""

from __future__ import annotations

import time
from collections.abc import Callable

from clew.kernel.limits import EMBEDDED_CPU_SHARE, EMBEDDED_MAX, JAIL_PARTS_BYTES_MAX, MIB
from clew.media.examination import MetadataValue
from clew.media.kinds import MediaKind
from clew.media.sniff import HEAD_SIZE_BYTES, sniff

_TAKEN_KINDS = frozenset({MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.DOCUMENT})
# Refusals told in words; the others are only counted.
_REASONS_TOLD_MAX = 3


class ShelfFull(Exception):
    """Looking through this file ends here."""


class Shelf:
    """Takes files that lie inside one; `add` says whether there was room. Without it nothing is taken and everything counted.

    Once one finds no room nothing more is taken, and the others are only counted: what the file says of itself may come behind them.
    """

    def __init__(self, add: Callable[[str, bytes], bool] | None = None, *, cpu_seconds_max: float = 0) -> None:
        self._add = add
        self._until = cpu_seconds_max * EMBEDDED_CPU_SHARE
        self._taken = 0
        self._left = 0
        self._refused = 0
        self._reasons: dict[str, int] = {}
        self._full = ""
        self._stopped = ""

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken: what lies in the file need not be opened any more to be left."""
        return bool(self._full)

    def put(self, name: str, content: bytes) -> None:
        """Take a file, if it is one that Clew opens; count it where there is no room. Raises ShelfFull when the time is over."""
        if not is_taken(content[:HEAD_SIZE_BYTES]):
            return
        self.check_time()
        if self.is_full:
            self.leave()
        elif self._taken >= EMBEDDED_MAX:
            self.leave(why=f"more than {EMBEDDED_MAX:,} files lie in it")
        elif self._add is None or not self._add(name, content):
            self.leave(why=f"what lies in it is more than {JAIL_PARTS_BYTES_MAX // MIB} MiB")
        else:
            self._taken += 1

    def leave(self, count: int = 1, *, why: str = "") -> None:
        """Count files for which there is no room; `why` is said at the first."""
        self._left += count
        self._full = self._full or why

    def refuse(self, reason: str) -> None:
        """Count a file that lies inside and is not taken, with a few words why."""
        self._refused += 1
        if reason in self._reasons or len(self._reasons) < _REASONS_TOLD_MAX:
            self._reasons[reason] = self._reasons.get(reason, 0) + 1

    def stop(self, reason: str) -> None:
        """Look no further through this file, for this reason; raises ShelfFull."""
        self._stopped = reason
        raise ShelfFull

    def check_time(self) -> None:
        """Raises ShelfFull when so much of the file's processor time is gone that the rest must do for the answer."""
        if self._until and time.process_time() > self._until:
            self.stop("looking through it took longer than allowed: the rest was not taken")

    def facts(self) -> dict[str, MetadataValue]:
        """What was taken and what was not, for the metadata; empty for a file in which nothing lies."""
        facts: dict[str, MetadataValue] = {}
        if self._taken:
            facts["embedded"] = self._taken
        if self._refused:
            facts["embedded_refused"] = self._refused
            facts["embedded_refused_why"] = "; ".join(
                f"{why} ({count})" if count > 1 else why for why, count in self._reasons.items()
            )
        if self._full or self._stopped:
            facts["embedded_stopped"] = "; ".join(filter(None, (self._left_words, self._stopped)))
        return facts

    @property
    def _left_words(self) -> str:
        if not self._full:
            return ""
        at_least = "at least " if self._stopped else ""
        return f"{self._full}: {at_least}{self._left:,} {'was' if self._left == 1 else 'were'} not taken"


def is_taken(head: bytes) -> bool:
    """Whether a file that begins so becomes a medium of its own. Two bytes of a sound without a header say too little inside another file."""
    media_type = sniff(head)
    is_guess = media_type is not None and media_type.kind is MediaKind.AUDIO and head[:1] == b"\xff"
    return media_type is not None and media_type.kind in _TAKEN_KINDS and not is_guess
