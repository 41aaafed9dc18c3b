"""A segment of sounds: every telling item of many prints, in order, with the place where it sounds; immutable, and mapped from a file or built.

Prints lie one after the other along one line; a place on it says which sound, and when. An item is found by its top bits, and those like it by
flipping bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import SOUND_POSTINGS_MAX
from clew.matching.array_files import ArrayFormat, open_arrays, unfitting, verify_once, write_arrays
from clew.matching.errors import RowsRefused
from clew.matching.sound_lookup import MIXER, flips, look_up
from clew.matching.sound_telling import Items, as_items, telling

Numbers = NDArray[np.int64]
_FORM = ArrayFormat(
    b"CLEWSND1", {"ids": ("<i8",), "starts": ("<i8",), "buckets": ("<u4",), "mixed": ("<u4",), "places": ("<u4",)}
)
_PLACES_MAX = 2**32 - 1
_BUCKET_BITS_MIN, _BUCKET_BITS_MAX = 4, 28
#: Items of one question looked up at once, which bounds what is held of the answer.
_ASKED_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Items that were met: the asked one's number, the row of the held sound and the number of its item; and how many items were held so
    often that only the first of their places were looked at.
    """

    asked: Numbers
    row: Numbers
    held: Numbers
    cut: int


class SoundSegment:
    """Prints under ids, one row each."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self.arrays = arrays
        self.ids: Numbers = arrays["ids"]
        self._shift = 32 - (len(arrays["buckets"]) - 1).bit_length() + 1

    @classmethod
    def build(cls, ids: Any, prints: Sequence[Any]) -> SoundSegment:
        """A segment of the prints (items each) under their ids (n,). Raises RowsRefused."""
        numbers = np.array(ids, dtype=np.int64).reshape(-1)
        rows = [as_items(items) for items in prints]
        if len(numbers) != len(rows):
            raise RowsRefused(reason="each sound has one number")
        starts = np.concatenate([[0], np.cumsum([len(items) for items in rows], dtype=np.int64)]).astype(np.int64)
        if starts[-1] > _PLACES_MAX:
            raise RowsRefused(reason="a segment holds 4 thousand million items")
        kept = [np.flatnonzero(_posted(items)) for items in rows]
        mixed = np.concatenate(
            [np.empty(0, np.uint32), *(items[at] * MIXER for items, at in zip(rows, kept, strict=True))]
        )
        places = np.concatenate([np.empty(0, np.int64), *(at + start for at, start in zip(kept, starts, strict=False))])
        return cls({"ids": numbers, "starts": starts, **_ordered(mixed, places.astype(np.uint32))})

    @classmethod
    def merged(cls, segments: Sequence[SoundSegment], alive: Sequence[NDArray[np.bool_]]) -> SoundSegment:
        """One segment of the living rows of several."""
        ids, lengths, mixed, places = [], [], [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
        before = 0
        for segment, living in zip(segments, alive, strict=True):
            spans = np.where(living, np.diff(segment.starts), 0)
            # Where the row of a place begins now, less where it began.
            moved = np.cumsum(spans) - spans + before - segment.starts[:-1]
            row = segment.rows_at(segment.arrays["places"])
            kept = living[row]
            mixed.append(segment.arrays["mixed"][kept])
            places.append(segment.arrays["places"][kept].astype(np.int64) + moved[row[kept]])
            ids.append(segment.ids[living])
            lengths.append(spans[living])
            before += int(spans.sum())
        if before > _PLACES_MAX:
            raise RowsRefused(reason="a segment holds 4 thousand million items")
        starts = np.concatenate([[0], np.cumsum(np.concatenate([np.empty(0, np.int64), *lengths]))]).astype(np.int64)
        ordered = _ordered(np.concatenate(mixed), np.concatenate(places).astype(np.uint32))
        return cls({"ids": np.concatenate([np.empty(0, np.int64), *ids]), "starts": starts, **ordered})

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def starts(self) -> Numbers:
        """Where each print begins on the line, and where the last one ends; (n + 1,)."""
        return self.arrays["starts"]

    @property
    def items(self) -> int:
        """Items that can be met."""
        return len(self.arrays["mixed"])

    @property
    def size_bytes(self) -> int:
        """What the segment takes in memory, or of the file that is mapped."""
        return sum(array.nbytes for array in self.arrays.values())

    @cached_property
    def common_items(self) -> int:
        """How many different items are held more often than is looked at: a hum that was not told, or one jingle in everything."""
        mixed = self.arrays["mixed"]
        edges = np.flatnonzero(np.diff(mixed)) + 1
        return int((np.diff(np.concatenate([[0], edges, [len(mixed)]])) > SOUND_POSTINGS_MAX).sum())

    def rows_at(self, places: NDArray[Any]) -> Numbers:
        """The rows that lie at places."""
        return np.searchsorted(self.starts, places.astype(np.int64), side="right") - 1

    def pairs(self, asked: Items, bits_max: int) -> Pairs:
        """The held items that differ from one of the asked ones in at most so many bits."""
        found, cut = [], np.zeros(1, dtype=np.int64)
        for begin in range(0, len(asked), _ASKED_AT_ONCE):
            numbers, places = self._looked_up(asked[begin : begin + _ASKED_AT_ONCE], bits_max, cut)
            found.append((numbers + begin, places))
        numbers = np.concatenate([np.empty(0, np.int64), *(part[0] for part in found)])
        places = np.concatenate([np.empty(0, np.uint32), *(part[1] for part in found)])
        row = self.rows_at(places)
        return Pairs(numbers, row, places.astype(np.int64) - self.starts[row], int(cut[0]))

    def _looked_up(self, asked: Items, bits_max: int, cut: Numbers) -> tuple[Numbers, NDArray[np.uint32]]:
        arrays, room = self.arrays, 4096
        while True:
            told = np.zeros(1, dtype=np.int64)
            numbers, places = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.uint32)
            held = (arrays["buckets"], arrays["mixed"], arrays["places"])
            count = look_up(asked, flips(bits_max), self._shift, *held, SOUND_POSTINGS_MAX, told, numbers, places)
            if count <= room:
                cut += told
                return numbers[:count], places[:count]
            room = count

    def write(self, path: Path) -> None:
        """Write the segment as a file, whole or not at all."""
        write_arrays(path, _FORM, self.arrays, {"sounds": len(self), "items": self.items})

    @classmethod
    def open(cls, path: Path, *, threads: int | None = None) -> SoundSegment:
        """Map a file; read through once for each state of it. Raises SegmentDamaged where anything does not fit."""
        arrays, facts = open_arrays(path, _FORM)
        buckets = len(arrays["buckets"]) - 1
        fits = (
            len(arrays["ids"]) == facts["sounds"] == len(arrays["starts"]) - 1
            and len(arrays["mixed"]) == len(arrays["places"]) == facts["items"]
            and buckets.bit_count() == 1
            and 1 << _BUCKET_BITS_MIN <= buckets <= 1 << _BUCKET_BITS_MAX
        )
        if not fits:
            raise unfitting(path)
        verify_once(path, _FORM, threads=threads)
        return cls(arrays)


def _posted(items: Items) -> NDArray[np.bool_]:
    """Which items of a print are held: those that tell something, and of equal ones in a row the first."""
    kept = telling(items).astype(bool)
    kept[1:] &= items[1:] != items[:-1]
    return kept


def _ordered(mixed: NDArray[np.uint32], places: NDArray[np.uint32]) -> dict[str, NDArray[Any]]:
    order = np.argsort(mixed, kind="stable")
    mixed, places = mixed[order], places[order]
    bits = min(max(len(mixed).bit_length() - 1, _BUCKET_BITS_MIN), _BUCKET_BITS_MAX)
    edges = np.arange((1 << bits) + 1, dtype=np.uint64) << np.uint64(32 - bits)
    return {"buckets": np.searchsorted(mixed, edges).astype(np.uint32), "mixed": mixed, "places": places}
