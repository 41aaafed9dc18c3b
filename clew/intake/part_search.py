"""Searching for parts: of each fingerprint, the held contents of which it shows a part, that show a part of it, or that sound like it.

Searched before the batch's turn comes, since it takes longest; what others catalogued meanwhile is compared one by one once it has come.
What that is the database says, not the index: other threads of the process keep it up to date as well.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic

from clew.intake.fingerprints import Fingerprint
from clew.intake.imprint_index import ImprintIndex, P
from clew.intake.imprint_rows import HeldImprint, Seen, committed_after, resolve_imprints, seen_now
from clew.intake.part_kinds import PARTS_BY_KIND, PartKind
from clew.intake.part_turns import Turns, make_fair
from clew.intake.parts import Parts
from clew.intake.rules import Candidate
from clew.kernel.errors import ClewError

#: Questions whose candidates are read from the database at once: some megabytes.
_QUESTIONS_AT_ONCE = 32
Met = tuple[Candidate, str | None]


@dataclass(frozen=True, slots=True)
class Question:
    """One imprint that asks: whose it is (a place in the list), what it asks with, and of which moment."""

    place: int
    asked: Any
    time_ms: int = 0


class PartSearch(Generic[P]):
    """The index of one kind of imprints in this process, and how what it proposes is compared."""

    def __init__(self, kind: PartKind[P]) -> None:
        self.kind = kind
        self.index: ImprintIndex[P] = ImprintIndex(kind.form)
        #: Compiled code, which leaves the interpreter to others.
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix=kind.form.name)

    def find(self, fingerprints: Sequence[Fingerprint], *, other_than: uuid.UUID | None = None) -> dict[int, list[Met]]:
        """What each of them meets, by its place. The index is brought up to date first."""
        self.index.refresh()
        searched = self.index.index

        def propose(asked: Any) -> Turns:
            return Turns(self.kind.propose(searched, asked), self.kind.misses(asked))

        return self._met(fingerprints, propose, other_than)

    def find_newest(self, fingerprints: Sequence[Fingerprint], seen: Seen) -> dict[int, list[Met]]:
        """The same among what was committed after that moment, compared one by one: all of it."""
        fresh = committed_after(self.kind.form.kind, seen)
        return self._met(fingerprints, lambda _asked: Turns(fresh, len(fresh)), None) if fresh else {}

    def _met(
        self,
        fingerprints: Sequence[Fingerprint],
        propose: Callable[[Any], Turns],
        other_than: uuid.UUID | None,
    ) -> dict[int, list[Met]]:
        questions = [
            Question(place, asked, time_ms)
            for place, fingerprint in enumerate(fingerprints)
            for time_ms, asked in self.kind.questions(fingerprint)
        ]
        met: dict[int, list[Met]] = defaultdict(list)
        for start in range(0, len(questions), _QUESTIONS_AT_ONCE):
            chunk = questions[start : start + _QUESTIONS_AT_ONCE]
            turns = list(self._pool.map(lambda question: propose(question.asked), chunk))
            while taken := [
                (question, one, number) for question, one in zip(chunk, turns, strict=True) for number in one.take()
            ]:
                for place, found in self._found(taken):
                    met[place].append(found)
                make_fair(turns, other_than=other_than)
        return {place: surest(found) for place, found in met.items()}

    def _found(self, taken: Sequence[tuple[Question, Turns, int]]) -> Iterator[tuple[int, Met]]:
        """What comparing these finds, by the place of the question; its turns are told."""
        # Read here, in the caller's own connection, and compared in the pool.
        held = resolve_imprints({number for _question, _turns, number in taken})
        present = [(question, turns, number) for question, turns, number in taken if number in held]
        pairs = [(question, held[number]) for question, _turns, number in present]
        for (question, turns, number), candidate in zip(present, self._pool.map(self._compared, pairs), strict=True):
            turns.tell(number, candidate.media_id if candidate is not None else None)
            if candidate is not None:
                yield question.place, (candidate, held[number].parked)

    def _compared(self, pair: tuple[Question, HeldImprint]) -> Candidate | None:
        question, imprint = pair
        try:
            return self.kind.compare(question.asked, question.time_ms, imprint)
        except ClewError:
            # Of another version, and indexed before it was replaced.
            return None


def surest(found: Iterable[Met]) -> list[Met]:
    """Of each content the surest of its imprints, the surest contents first. What is set aside stands beside what counts. None is left out:
    who may know of it is decided later.
    """
    once: dict[tuple[uuid.UUID, bool], Met] = {}
    for candidate, parked in sorted(found, key=lambda one: one[0].nearness):
        once.setdefault((candidate.media_id, parked is None), (candidate, parked))
    return list(once.values())


class PartSearches:
    """Scenes and sounds."""

    def __init__(self) -> None:
        self.all: tuple[PartSearch[Any], ...] = tuple(PartSearch(kind) for kind in PARTS_BY_KIND)

    def seen(self) -> Sequence[Seen]:
        """What is committed by now of each kind; everything that `find` sees from here on has at least that."""
        return [seen_now(search.kind.form.kind) for search in self.all]

    def find(self, fingerprints: Sequence[Fingerprint], *, other_than: uuid.UUID | None = None) -> Parts:
        """What each of them meets by a part, by its place. What the submission `other_than` itself brought takes no place of others."""
        return _together(search.find(fingerprints, other_than=other_than) for search in self.all)

    def find_newest(self, fingerprints: Sequence[Fingerprint], before: Parts, seen: Sequence[Seen]) -> Parts:
        """What was found `before`, and what was committed after what had been `seen` before that."""
        newest = [search.find_newest(fingerprints, told) for search, told in zip(self.all, seen, strict=True)]
        return _together([before, *newest])


def _together(found: Iterable[Mapping[int, Sequence[Met]]]) -> Parts:
    together: dict[int, list[Met]] = defaultdict(list)
    for one in found:
        for place, met in one.items():
            together[place] += met
    return dict(together)


_making = threading.Lock()


@cache
def _made() -> PartSearches:
    return PartSearches()


def part_searches() -> PartSearches:
    """The searches of this process."""
    with _making:
        return _made()


def forget_part_searches() -> None:
    """Begin anew, as a new process would."""
    _made.cache_clear()
