"""Imprint indexes: in this process, for each kind of imprint, an index kept up with the database before every question.

As with looks: the machine's segment holds what the database held at its watermark, every process maps it, and what came since is read from the
database. An index gives candidates; what they are is read from the database at the end, so what was removed there is gone at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings

from clew.intake.imprint_rows import imprints_before, imprints_since
from clew.intake.signature_rows import horizon, source
from clew.kernel.errors import ClewError
from clew.kernel.limits import IMPRINT_DELTA_ROWS_MAX
from clew.matching.errors import SegmentDamaged
from clew.matching.recall import RecallReport
from clew.matching.store import Kept, SegmentForm, SegmentStore

log = logging.getLogger("clew.intake")

P = TypeVar("P")
"""An imprint as its index takes it."""


class PartIndex(Protocol[P]):
    """An index of imprints of one kind; what it is asked and what it answers is its kind's own business."""

    def add(self, ids: Sequence[int], imprints: Sequence[P]) -> None:
        """Hold imprints under these numbers; the next search finds them."""


@dataclass(frozen=True, slots=True)
class ImprintForm(Generic[P]):
    """How imprints of one kind are read, indexed, kept in segments, and asked for what must be found."""

    kind: str
    #: The name of its checks and of its folder.
    name: str
    read: Callable[[bytes], P]
    segments: SegmentForm[Any]
    #: A segment of numbers and imprints, however many.
    build: Callable[[Iterable[tuple[int, P]]], Any]
    #: An index that begins with a segment, or with nothing.
    index: Callable[[Any | None], PartIndex[P]]
    #: Asks an index for imprints that it holds.
    check: Callable[[Any, Sequence[int], Sequence[P]], RecallReport]


class ImprintIndex(Generic[P]):
    """The index of one kind in this process."""

    def __init__(self, form: ImprintForm[P], folder: Path | None = None) -> None:
        self.form = form
        place = folder or Path(settings.CLEW_INDEX_PATH) / form.name
        place.mkdir(mode=0o700, exist_ok=True)
        self.store: SegmentStore[Any] = SegmentStore(place, form.segments)
        self._lock = threading.Lock()
        self._mark: object = "nothing looked at yet"
        self.kept: Kept | None = None
        self._begin(None)

    def _begin(self, kept: Kept | None) -> None:
        self._index = self.form.index(self.store.open(kept) if kept else None)
        self.kept = kept
        self._since = kept.watermark if kept else "0"
        self._came: set[int] = set()

    @property
    def index(self) -> Any:
        """What answers now."""
        return self._index

    @property
    def rows(self) -> int:
        """Imprints that are searched."""
        return len(self._came) + (self.kept.rows if self.kept else 0)

    @property
    def is_build_due(self) -> bool:
        """Whether so much came since that a new segment pays, or the one in use failed its test."""
        failed = self.kept is not None and not self.kept.is_trusted
        return failed or len(self._came) > min(IMPRINT_DELTA_ROWS_MAX, max(500, self.kept.rows if self.kept else 0))

    def refresh(self) -> dict[int, P]:
        """Take up the segment in use and what was committed since; what was new to this process, by number."""
        with self._lock:
            while (mark := self.store.mark()) != self._mark:
                self._mark = mark
                self._take_up()
            until = horizon()
            fresh = dict(self._read(imprints_since(self.form.kind, self._since)))
            if fresh:
                self._index.add(list(fresh), list(fresh.values()))
                self._came.update(fresh)
            self._since = until
        return fresh

    def _read(self, rows: Iterable[tuple[int, bytes]]) -> Iterable[tuple[int, P]]:
        """Those of the rows that this process has not taken up, and that are of a version it knows."""
        for number, content in rows:
            if number in self._came:
                continue
            try:
                yield number, self.form.read(content)
            except ClewError:
                # Made by another version: not comparable until its original is opened again.
                self._came.add(number)
                log.warning("an imprint of another version is not compared")

    def _take_up(self) -> None:
        try:
            kept = self.store.current()
            self._begin(kept if kept and kept.source == source() else None)
        except (SegmentDamaged, FileNotFoundError):
            if self.store.mark() != self._mark:
                return
            # The database has everything: until the next build it is read from there.
            log.exception("the index file of %s is not used", self.form.name)
            self._begin(None)

    def build(self) -> Kept:
        """Build a segment of everything the database holds, test it, and put it in use. Raises RecallLost; the old one then stays."""
        until = horizon()
        read = self.form.read
        rows = ((number, read(content)) for number, content in imprints_before(self.form.kind, until))
        return self.store.keep(self.form.build(rows), watermark=until, source=source())
