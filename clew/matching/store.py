"""The store: the folder in which every process of a machine finds the same segment, and one of them at a time builds the next.

`current.json` names the segment in use, up to where it holds what the database holds, and how it did at its test. It is replaced whole; a
segment file that it does not name is nobody's. Processes that still map a replaced file keep it until they let go.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from clew.kernel.clock import now
from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.errors import RecallLost, SegmentDamaged
from clew.matching.recall import RecallReport, canaries, check_recall
from clew.matching.segment import Segment
from clew.matching.segment_files import VERIFIED_SUFFIX, open_segment, write_segment
from clew.matching.store_failures import Failures

_CURRENT = "current.json"
#: Rows asked for, at every distance of `CANARY_DISTANCES`, before a new segment may answer.
SAMPLE_ROWS = 64
#: Questions also answered by a look at every hash: the two answers must be the same, whole.
REFEREED = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment in use. `watermark` is the caller's: up to where the segment holds what its source holds."""

    name: str
    rows: int
    watermark: str
    source: str
    built_at: str
    probes: int
    #: False once a test found an answer missing: processes then look at every hash until a new segment is kept.
    is_trusted: bool = True


S = TypeVar("S", bound=Sized)


@dataclass(frozen=True, slots=True)
class SegmentForm(Generic[S]):
    """How segments of one kind are written to a file, opened from it (raises SegmentDamaged), and asked for what they must find (raises
    RecallLost), where they can be asked without anything else.
    """

    write: Callable[[S, Path], None]
    open: Callable[[Path], S]
    known_answers: Callable[[S], RecallReport] | None = None


class SegmentStore(Generic[S]):
    """One folder with one segment in use, of the kind that its form writes and opens."""

    def __init__(self, folder: Path, form: SegmentForm[S]) -> None:
        self._folder, self._form = folder, form
        #: How often in a row what was built or in use failed its test.
        self.failures = Failures(folder)

    def mark(self) -> tuple[int, int, int] | None:
        """Changes whenever another segment is kept or this one is distrusted; cheap enough for every question."""
        try:
            found = (self._folder / _CURRENT).stat()
        except FileNotFoundError:
            return None
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def current(self) -> Kept | None:
        """The segment in use, or None where there is none that can be relied on."""
        try:
            return Kept(**json.loads((self._folder / _CURRENT).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            raise SegmentDamaged(name=_CURRENT, why="it is not what was written") from None

    def open(self, kept: Kept) -> S:
        """Map it; raises SegmentDamaged."""
        return self._form.open(self._folder / kept.name)

    def keep(
        self,
        segment: S,
        *,
        watermark: str,
        source: str,
        known_answers: Callable[[S], RecallReport] | None = None,
    ) -> Kept:
        """Write the segment, test what was written (as its form says, or by `known_answers`), and put it in use. Raises RecallLost, and
        changes nothing, if it fails.
        """
        ask = known_answers or self._form.known_answers
        assert ask is not None, "nothing is used that was not tested"
        name = f"segment-{now():%Y%m%dT%H%M%S%f}"
        path = self._folder / name
        self._form.write(segment, path)
        try:
            report = ask(self._form.open(path))
        except RecallLost:
            _remove(path)
            raise
        kept = Kept(name, len(segment), watermark, source, now().isoformat(), report.probes)
        self._write(kept)
        for other in self._folder.glob("segment-*"):
            if other.name not in {name, name + VERIFIED_SUFFIX}:
                other.unlink(missing_ok=True)
        return kept

    def distrust(self, kept: Kept) -> None:
        """Have every process look at every hash until a new segment is kept."""
        if self.current() == kept:
            self._write(replace(kept, is_trusted=False))

    @contextmanager
    def building(self) -> Iterator[bool]:
        """Whether this process may build now: one does on each machine."""
        with (self._folder / "building.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _write(self, kept: Kept) -> None:
        draft = self._folder / f".{_CURRENT}.{os.getpid()}"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(kept), file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._folder / _CURRENT)


def _remove(path: Path) -> None:
    for found in (path, path.with_name(path.name + VERIFIED_SUFFIX)):
        with suppress(FileNotFoundError):
            found.unlink()


def known_answers(segment: Segment) -> RecallReport:
    """Ask for the canaries and for rows of the segment's own, changed by up to the distance, and compare some answers with a look at
    every hash. Raises RecallLost where one is missing or differs.
    """
    (planted_ids, planted), (own_ids, own) = canaries(), segment.sample(SAMPLE_ROWS)
    known = np.concatenate([planted, own])
    report = check_recall(segment, np.concatenate([planted_ids, own_ids]), known)
    refereed = known[-REFEREED:]
    by_tables, by_all = segment.search(refereed), segment.search(refereed, PDQ_DISTANCE_MAX, exhaustive=True)
    differs = not (
        np.array_equal(by_tables.id, by_all.id) and np.array_equal(by_tables.query_index, by_all.query_index)
    )
    if not report.is_complete or differs:
        raise RecallLost(missed=len(report.missed) + differs, probes=report.probes)
    return report


#: Segments of hashes of 256 bits.
LOOKS = SegmentForm(write_segment, open_segment, known_answers)
