"""The index of sounds: which of millions of items could belong to the sound that is asked about; `sound_pieces` then says which seconds do.

Sounds are added and removed at once. What was added lies in small segments, which are joined as they grow, and `merge` makes one of all, to be
written to a file. An item that comes back in very many sounds leads to the first of them only, and the answer says how often that was so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import SOUND_ITEMS_ASKED_WIDELY_MAX, SOUND_VOTES_MIN
from clew.matching.sound_lookup import FLIPS_MAX
from clew.matching.sound_segment import Pairs, SoundSegment
from clew.matching.sound_telling import as_items, telling
from clew.signatures.sound_classes import MS_PER_ITEM

#: Votes count together where the two sounds lie at the same distance, within so many items: a copy may run a little faster.
_BIN_ITEMS = 4
_DISTANCES = np.int64(1) << np.int64(20)


@dataclass(frozen=True, slots=True)
class SoundCandidate:
    """A held sound that may share a stretch with the asked one: how many of its items say so, how much later they sound in the held one, and
    in which tuning of the asked one, in percent.
    """

    id: int
    votes: int
    offset_ms: int
    tuning: int = 0


@dataclass(frozen=True, slots=True)
class SoundAnswer:
    """The candidates, those with most votes first; how many items were asked for, told nothing, or were held too often to look at all."""

    candidates: tuple[SoundCandidate, ...]
    items_asked: int = 0
    items_untelling: int = 0
    items_cut: int = 0


class SoundIndex:
    """Prints under ids, searched, added to and removed from at once by many threads. An id may have several prints."""

    def __init__(self, segment: SoundSegment | None = None) -> None:
        self._changing = threading.Lock()
        self._parts: tuple[tuple[SoundSegment, NDArray[np.bool_]], ...] = ()
        if segment is not None and len(segment):
            self._parts = ((segment, np.ones(len(segment), dtype=bool)),)

    def __len__(self) -> int:
        """Sounds held."""
        return sum(int(alive.sum()) for _segment, alive in self._parts)

    @property
    def size_bytes(self) -> int:
        """What the segments take."""
        return sum(segment.size_bytes for segment, _alive in self._parts)

    @property
    def common_items(self) -> int:
        """How many different items are held so often that not all of their places are looked at."""
        return sum(segment.common_items for segment, _alive in self._parts)

    def add(self, ids: Any, prints: Sequence[Any]) -> None:
        """Hold prints, items each, under ids (n,); the next search finds them. Raises RowsRefused."""
        fresh = SoundSegment.build(ids, prints)
        if not len(fresh):
            return
        with self._changing:
            parts = [*self._parts, (fresh, np.ones(len(fresh), dtype=bool))]
            # Segments double in size: each item is written again as often as the number held can be halved. The first may be a mapped file.
            while len(parts) > 2 and parts[-2][0].items <= 2 * parts[-1][0].items:
                (older, older_alive), (newer, newer_alive) = parts[-2:]
                joined = SoundSegment.merged([older, newer], [older_alive, newer_alive])
                parts[-2:] = [(joined, np.ones(len(joined), dtype=bool))]
            self._parts = tuple(parts)

    def remove(self, ids: Any) -> None:
        """Forget every print under these ids; the next search finds none of them. Unknown ones are no error."""
        numbers = np.atleast_1d(np.asarray(ids, dtype=np.int64))
        with self._changing:
            self._parts = tuple((segment, alive & ~np.isin(segment.ids, numbers)) for segment, alive in self._parts)

    def merge(self) -> SoundSegment:
        """One segment of everything held now, which answers from now on; for `write`."""
        with self._changing:
            segment = SoundSegment.merged([part for part, _ in self._parts], [alive for _, alive in self._parts])
            self._parts = ((segment, np.ones(len(segment), dtype=bool)),)
            return segment

    def search(self, asked: Any, count_max: int = 50, *, tuning: int = 0) -> SoundAnswer:
        """The held sounds that may share a stretch with the asked print, (n,) items: each id once, those with most votes first.

        Of a short sound items with two bits flipped are looked up as well, of a long one with one: it has enough of them.
        """
        items = as_items(asked)
        tells = np.flatnonzero(telling(items))
        bits_max = FLIPS_MAX if len(tells) <= SOUND_ITEMS_ASKED_WIDELY_MAX else 1
        candidates: list[SoundCandidate] = []
        cut = 0
        for segment, alive in self._parts:
            pairs = segment.pairs(items[tells], bits_max)
            cut += pairs.cut
            living = alive[pairs.row]
            met = Pairs(tells[pairs.asked[living]], pairs.row[living], pairs.held[living], 0)
            candidates += _candidates(segment, met, tuning)
        return SoundAnswer(_best(candidates, count_max), len(tells), len(items) - len(tells), cut)

    def search_tuned(self, asked: Mapping[int, Any], count_max: int = 50) -> SoundAnswer:
        """As `search`, for a sound printed in several tunings (`SoundPrint.tunings()`)."""
        answers = [self.search(items, count_max, tuning=tuning) for tuning, items in asked.items()]
        return SoundAnswer(
            _best((candidate for answer in answers for candidate in answer.candidates), count_max),
            sum(answer.items_asked for answer in answers),
            sum(answer.items_untelling for answer in answers),
            sum(answer.items_cut for answer in answers),
        )


def _candidates(segment: SoundSegment, met: Pairs, tuning: int) -> list[SoundCandidate]:
    """Each held sound at the distance where most different items of the asked one meet it. Bins overlap by half, so that no distance lies on
    an edge.
    """
    found, votes, middles = [], [], []
    for shift in (0, _BIN_ITEMS // 2):
        cells = met.row * _DISTANCES + (met.held - met.asked + _DISTANCES // 2 + shift) // _BIN_ITEMS
        # An asked item votes once in a cell, however many items it meets there.
        voters = np.unique(np.stack([cells, met.asked], axis=1), axis=0)[:, 0]
        cell, count = np.unique(voters, return_counts=True)
        found.append(cell // _DISTANCES)
        votes.append(count)
        middles.append(cell % _DISTANCES * _BIN_ITEMS - shift + _BIN_ITEMS // 2 - _DISTANCES // 2)
    row, counts, middle = np.concatenate(found), np.concatenate(votes), np.concatenate(middles)
    # By sound, most votes first: the first of each sound is its best.
    order = np.lexsort((-counts, row))
    order = order[np.unique(row[order], return_index=True)[1]]
    order = order[counts[order] >= SOUND_VOTES_MIN]
    return [
        SoundCandidate(int(segment.ids[row[at]]), int(counts[at]), round(int(middle[at]) * MS_PER_ITEM), tuning)
        for at in order.tolist()
    ]


def _best(candidates: Iterable[SoundCandidate], count_max: int) -> tuple[SoundCandidate, ...]:
    """Each id once, those with most votes first."""
    best: dict[int, SoundCandidate] = {}
    for candidate in sorted(candidates, key=lambda one: (-one.votes, abs(one.tuning), one.id, one.offset_ms)):
        best.setdefault(candidate.id, candidate)
    return tuple(best.values())[:count_max]
