"""Imprint indexes: in this process, for each kind of imprint, an index kept up with the database before every question.

As with looks: the machine's segment holds what the database held at its watermark, every process maps it, and what came since is read from the
database. An index gives candidates; what they are is read from the database at the end, so what was removed there is gone at once.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings

from clew.intake.following import Following
from clew.intake.imprint_rows import imprints_before, imprints_since, sampled_imprints
from clew.intake.signature_rows import horizon, source
from clew.kernel.errors import ClewError
from clew.kernel.limits import IMPRINT_DELTA_ROWS_MAX, IMPRINT_RECALL_MIN
from clew.matching.errors import RecallLost
from clew.matching.recall import RecallReport
from clew.matching.store import Kept, SegmentForm, SegmentStore

log = logging.getLogger("clew.intake")

#: An imprint as its index takes it.
P = TypeVar("P")
P_contra = TypeVar("P_contra", contravariant=True)
#: Imprints read and indexed at once.
_ROWS_AT_ONCE = 1000
#: Rows of the database that an index is asked for, at each build and each check.
SAMPLE_ROWS = 32


class PartIndex(Protocol[P_contra]):
    """An index of imprints of one kind; what it is asked and what it answers is its kind's own business."""

    def add(self, ids: Sequence[int], imprints: Sequence[P_contra]) -> None:
        """Hold imprints under these numbers; the next search finds them."""


@dataclass(frozen=True, slots=True)
class ImprintForm(Generic[P]):
    """How imprints of one kind are read, indexed, kept in segments, and asked for what must be found."""

    kind: str
    #: The name of its checks and of its folder.
    name: str
    read: Callable[[bytes], P]
    segments: SegmentForm[Any]
    #: An index that begins with a segment, or with nothing.
    index: Callable[[Any | None], PartIndex[P]]
    #: A segment of everything that an index holds.
    joined: Callable[[Any], Any]
    #: Asks an index for imprints that it holds.
    check: Callable[[Any, Sequence[int], Sequence[P]], RecallReport]


def batched(rows: Iterable[tuple[int, P]], count: int) -> Iterator[list[tuple[int, P]]]:
    """The rows, so many at once."""
    left = iter(rows)
    while batch := list(islice(left, count)):
        yield batch


class ImprintIndex(Following[Any], Generic[P]):
    """The index of one kind in this process."""

    def __init__(self, form: ImprintForm[P], folder: Path | None = None) -> None:
        self.form = form
        place = folder or Path(settings.CLEW_INDEX_PATH) / form.name
        place.mkdir(mode=0o700, exist_ok=True)
        super().__init__(SegmentStore(place, form.segments), form.name, removals=form.kind)

    def _open(self, segment: Any | None) -> None:
        self._index = self.form.index(segment)

    @property
    def index(self) -> Any:
        """What answers now."""
        return self._index

    @property
    def is_build_due(self) -> bool:
        """Whether so much came since that a new segment pays, or the one in use failed its test or holds what was purged."""
        failed = self.kept is not None and not self.kept.is_trusted
        return (
            failed
            or self.holds_what_was_purged
            or self.rows_since > min(IMPRINT_DELTA_ROWS_MAX, max(500, self.kept.rows if self.kept else 0))
        )

    def refresh(self) -> None:
        """Take up the segment in use and what was committed since."""
        with self._lock:
            self._take_up_segment()
            went = self._going()
            if went & self._came:
                # What was purged leaves the memory of this process: all that came since the segment is read anew.
                self._begin_anew()
            self._went |= went
            until = horizon()
            came = imprints_since(self.form.kind, self._since)
            unknown = ((number, told) for number, told in came if number not in self._came)
            # So many at once: where no segment can be used this is everything the database holds.
            for rows in batched(self._readable(unknown), _ROWS_AT_ONCE):
                self._index.add([number for number, _ in rows], [imprint for _, imprint in rows])
                self._came.update(number for number, _ in rows)
            self._since = until

    def _readable(self, rows: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, P]]:
        """Those of the rows that are of a version which this process knows; others are not compared until they are made anew."""
        for number, content in rows:
            try:
                yield number, self.form.read(content)
            except ClewError:
                log.warning("an imprint of another version is not compared")

    def build(self) -> Kept:
        """Build a segment of everything the database holds, test it, and put it in use. Raises RecallLost; the old one then stays."""
        until, fresh = horizon(), self.form.index(None)
        # A sample of what went in, drawn while it goes by: each as likely as any other.
        sample: list[tuple[int, P]] = []
        seen, rng = 0, random.Random()  # noqa: S311 - which rows are asked for is no secret
        for rows in batched(self._readable(imprints_before(self.form.kind, until)), _ROWS_AT_ONCE):
            fresh.add([number for number, _ in rows], [imprint for _, imprint in rows])
            for row in rows:
                seen += 1
                if len(sample) < SAMPLE_ROWS:
                    sample.append(row)
                elif (at := rng.randrange(seen)) < SAMPLE_ROWS:
                    sample[at] = row
        return self.store.keep(
            self.form.joined(fresh),
            watermark=until,
            source=source(),
            known_answers=lambda segment: self._tested(self.form.index(segment), sample),
        )

    def _tested(self, index: Any, sample: Sequence[tuple[int, P]]) -> RecallReport:
        """Ask an index for what it holds. Raises RecallLost where it gives fewer than it may: it proposes candidates, and is measured."""
        report = self.form.check(index, [number for number, _ in sample], [imprint for _, imprint in sample])
        if len(report.missed) > (1 - IMPRINT_RECALL_MIN) * report.probes:
            raise RecallLost(missed=len(report.missed), probes=report.probes)
        return report

    def check(self) -> tuple[RecallReport, bool]:
        """Ask the index in use for rows of the database; and whether it gave too few. The segment is then trusted no more and built anew."""
        # Drawn first: what is committed after the refresh would be missed rightly.
        drawn = list(self._readable(sampled_imprints(self.form.kind, SAMPLE_ROWS).items()))
        self.refresh()
        try:
            return self._tested(self._index, drawn), False
        except RecallLost as lost:
            log.error("the index of %s failed its recall test: %s", self.form.name, lost.message)  # noqa: TRY400 - the trace says nothing more
            if self.kept is not None:
                self.store.distrust(self.kept)
            return RecallReport(lost.facts["probes"], ((0, 0),) * lost.facts["missed"]), True
