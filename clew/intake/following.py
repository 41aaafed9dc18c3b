"""Following: an index of this process that is kept up with the database before every question.

The machine's segment holds what the database held at its watermark, and every process maps it; what came since is read from the database. Where no
segment can be used, that is everything.
"""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from typing import Generic

from clew.intake.index_removals import is_outdated, removed_since
from clew.intake.signature_rows import source
from clew.matching.errors import SegmentDamaged
from clew.matching.store import Kept, S, SegmentStore

log = logging.getLogger("clew.intake")


class Following(ABC, Generic[S]):
    """The segment that this process has in use, and the numbers of the rows that it took up since."""

    def __init__(self, store: SegmentStore[S], name: str, *, removals: str) -> None:
        self.store = store
        self._name = name
        #: The name of this index among the removals.
        self._removals = removals
        self._lock = threading.Lock()
        self._mark: object = "nothing looked at yet"
        self.kept: Kept | None = None
        self._begin(None)

    @abstractmethod
    def _open(self, segment: S | None) -> None:
        """Answer from a segment, or from nothing, until more is added."""

    def _begin(self, kept: Kept | None) -> None:
        self._open(self.store.open(kept) if kept else None)
        self.kept = kept
        self._since = kept.watermark if kept else "0"
        self._came: set[int] = set()
        self._went: set[int] = set()

    def _begin_anew(self) -> None:
        """Answer from the same segment again, and from nothing that came since."""
        try:
            self._begin(self.kept)
        except (SegmentDamaged, FileNotFoundError):
            self._begin(None)

    def _going(self) -> set[int]:
        """The numbers that purges took away since, and that this process has not let go of yet."""
        return removed_since(self._removals, self._since) - self._went

    @property
    def holds_what_was_purged(self) -> bool:
        """Whether the segment in use may, and one built now would not."""
        return self.kept is not None and is_outdated(self._removals, self.kept.watermark)

    @property
    def rows_since(self) -> int:
        """How many rows came since the segment was built."""
        return len(self._came)

    @property
    def rows(self) -> int:
        """Rows that are searched."""
        return len(self._came) + (self.kept.rows if self.kept else 0)

    def _take_up_segment(self) -> None:
        """Use the segment that is in use on this machine now; the caller holds the lock."""
        # A segment that was replaced between being named and being opened is gone: the mark has changed again.
        while (mark := self.store.mark()) != self._mark:
            self._mark = mark
            try:
                kept = self.store.current()
                self._begin(kept if kept and kept.source == source() else None)
            except (SegmentDamaged, FileNotFoundError):
                if self.store.mark() != self._mark:
                    continue
                # The database has everything: until the next build it is read from there.
                log.exception("the index file of %s is not used", self._name)
                self._begin(None)
