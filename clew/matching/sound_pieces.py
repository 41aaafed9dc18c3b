"""Which seconds of one sound match which seconds of another, at the same speed or nearly.

Two prints are laid over each other at every distance, and stretches kept in which few enough bits differ: fewer in a short one, since chance
has it easier there. A sound that runs faster drifts from one distance to the next; stretches that follow on one another make one piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import SOUND_CELLS_MAX, SOUND_ERROR_MAX_BY_ITEMS, SOUND_PIECES_MAX
from clew.matching.sound_chains import Chain, Runs, chained, path_of
from clew.matching.sound_scan import scan_diagonals
from clew.matching.sound_telling import Items, as_items, telling
from clew.signatures.sound_classes import ITEM_SPAN_MS, MS_PER_ITEM

#: Room for runs at first; where there are more, the scan is repeated with as much as it takes.
_RUNS_ROOM = 4096
#: Of repetitive sound so many runs are looked at, the longest.
_RUNS_MAX = 5000
#: What strangers differ by: a piece weighs as much as it lies below, times its length.
_STRANGERS_ERROR = 0.4
#: A piece of which so much lies in a heavier one tells the same again.
_SHARED_MAX = 0.5
#: An item that a sound holds more often than this is no sign of where; equal items this near count together.
_COMMON_IN_ONE_SOUND, _NEAR = 64, 2
_LENGTHS = np.array(list(SOUND_ERROR_MAX_BY_ITEMS), dtype=np.int64)
_BITS_MAX = np.array([int(32 * items * error) for items, error in SOUND_ERROR_MAX_BY_ITEMS.items()], dtype=np.int64)
ITEMS_MIN = int(_LENGTHS.min())


@dataclass(frozen=True, slots=True)
class SoundPiece:
    """Milliseconds from and to in the sound that was asked about, the same in the held one, the share of bits that differ, 0 to 1, and in
    which tuning of the asked one it was found, in percent.
    """

    asked_from_ms: int
    asked_to_ms: int
    held_from_ms: int
    held_to_ms: int
    bit_error: float
    tuning: int = 0

    @property
    def weight(self) -> float:
        """How much the piece says: its length, times how far it lies below what strangers differ by."""
        return (self.asked_to_ms - self.asked_from_ms) * (_STRANGERS_ERROR - self.bit_error)


def align(asked: Any, held: Any) -> list[SoundPiece]:
    """The pieces that two prints, (n,) and (m,) items, have in common, the weightiest first; none where one of them tells nothing."""
    return align_tuned({0: as_items(asked)}, held)


def align_tuned(asked: Mapping[int, Items], held: Any) -> list[SoundPiece]:
    """As `align`, for a sound that was printed in several tunings (`SoundPrint.tunings()`); each stretch is told in its best."""
    there = as_items(held)
    found = [piece for tuning, items in asked.items() for piece in _pieces(as_items(items), there, tuning)]
    return _thinned(found)


def _pieces(asked: Items, held: Items, tuning: int) -> Iterable[SoundPiece]:
    if min(len(asked), len(held)) < ITEMS_MIN:
        return
    tells = telling(asked), telling(held)
    for chain in chained(_runs(asked, held, *tells)):
        told = _told(chain, asked, held, *tells, tuning)
        if told is not None:
            yield told


def _runs(asked: Items, held: Items, asked_tells: NDArray[np.uint8], held_tells: NDArray[np.uint8]) -> Runs:
    """Rows (diagonal, from, to) of stretches with few enough wrong bits."""
    sums = np.empty(min(len(asked), len(held)) + 1, dtype=np.int64)
    found = []
    for first, last in _diagonals(asked, held, asked_tells, held_tells):
        out = np.empty((_RUNS_ROOM, 3), dtype=np.int64)
        while True:
            count = scan_diagonals(asked, held, asked_tells, held_tells, first, last, _LENGTHS, _BITS_MAX, sums, out)
            if count <= len(out):
                break
            out = np.empty((count, 3), dtype=np.int64)
        found.append(out[:count])
    runs = np.concatenate(found) if found else np.empty((0, 3), dtype=np.int64)
    if len(runs) > _RUNS_MAX:
        runs = runs[np.argsort(runs[:, 1] - runs[:, 2], kind="stable")[:_RUNS_MAX]]
    return runs


def _diagonals(
    asked: Items, held: Items, asked_tells: NDArray[np.uint8], held_tells: NDArray[np.uint8]
) -> list[tuple[int, int]]:
    """The diagonals to look at, as ranges: all of them, or of two long sounds those on which most equal items lie."""
    every = (ITEMS_MIN - len(asked), len(held) - ITEMS_MIN + 1)
    if len(asked) * len(held) <= SOUND_CELLS_MAX:
        return [every]
    places, others = np.flatnonzero(asked_tells), np.flatnonzero(held_tells)
    others = others[np.argsort(held[others], kind="stable")]
    ordered = held[others]
    first = np.searchsorted(ordered, asked[places], side="left")
    counts = np.searchsorted(ordered, asked[places], side="right") - first
    # An item that comes back all the time tells little of where.
    counts[counts > _COMMON_IN_ONE_SOUND] = 0
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    diagonals = others[np.repeat(first, counts) + steps] - np.repeat(places, counts)
    votes = np.bincount(diagonals - every[0] + ITEMS_MIN, minlength=every[1] - every[0] + 2 * ITEMS_MIN)
    near = np.convolve(votes, np.ones(2 * _NEAR + 1, dtype=np.int64), "same")[
        ITEMS_MIN : ITEMS_MIN + every[1] - every[0]
    ]
    room = SOUND_CELLS_MAX // min(len(asked), len(held))
    chosen = np.sort(np.argsort(-near, kind="stable")[:room])
    chosen = chosen[near[chosen] > 1] + every[0]
    cuts = np.flatnonzero(np.diff(chosen) > 1) + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in np.split(chosen, cuts) if len(part)]


def _told(
    chain: Chain,
    asked: Items,
    held: Items,
    asked_tells: NDArray[np.uint8],
    held_tells: NDArray[np.uint8],
    tuning: int,
) -> SoundPiece | None:
    path = path_of(chain, asked, held, asked_tells, held_tells)
    if path is None:
        return None
    first, last = path.first, path.last
    return SoundPiece(
        round(first * MS_PER_ITEM),
        round(last * MS_PER_ITEM + ITEM_SPAN_MS),
        round((first + path.first_diagonal) * MS_PER_ITEM),
        round((last + path.last_diagonal) * MS_PER_ITEM + ITEM_SPAN_MS),
        path.bit_error,
        tuning,
    )


def _thinned(found: list[SoundPiece]) -> list[SoundPiece]:
    """The weightiest pieces, without those that tell the same again: of a beat that repeats, or in another tuning."""
    kept: list[SoundPiece] = []
    for piece in sorted(found, key=lambda piece: -piece.weight):
        if not any(_shares(piece, other) for other in kept):
            kept.append(piece)
            if len(kept) == SOUND_PIECES_MAX:
                break
    return kept


def _shares(piece: SoundPiece, other: SoundPiece) -> bool:
    asked = min(piece.asked_to_ms, other.asked_to_ms) - max(piece.asked_from_ms, other.asked_from_ms)
    held = min(piece.held_to_ms, other.held_to_ms) - max(piece.held_from_ms, other.held_from_ms)
    return asked > _SHARED_MAX * (piece.asked_to_ms - piece.asked_from_ms) and held > _SHARED_MAX * (
        piece.held_to_ms - piece.held_from_ms
    )
