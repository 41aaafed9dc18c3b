"""Moments: which seconds of one film match which seconds of another, from pairs of moments that look alike.

A bag of frame hashes knows no order; the pairs do. Pairs whose distance in time stays the same belong to one piece, shown at the same speed;
those whose distance grows evenly to one that was sped up or slowed down. What is repeated or single makes pieces of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

#: Frames are kept about once a second: a piece may lack one, and its distance may jitter by less than one.
GAP_MS_MAX = 2500
DRIFT_MS_MAX = 600
#: Speeds that are looked for, a hundredth apart; between them the line is fitted. At another speed than its own a film's frames fall
#: between those of the other: half a second either way, and more of them miss theirs.
SPEEDS = tuple(round(0.75 + step / 100, 2) for step in range(61))
RETIMED_DRIFT_MS_MAX = 1100
RETIMED_GAP_MS_MAX = 6000
#: A line through so few moments proves no speed; nor does one that has few more than the best piece at the same speed.
RETIMED_PAIRS_MIN = 5
RETIMED_GAIN_MIN = 1.3
#: Steps of fitting: each takes in the pairs that lie near the line of the step before.
_FITS = 4

Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Milliseconds from and to in the film that was asked about, the same in the held one, and how many pairs of moments agree.

    `speed` is how many seconds of the held film one second of the asked one shows: over 1 where it was sped up.
    """

    asked_from_ms: int
    asked_to_ms: int
    held_from_ms: int
    held_to_ms: int
    pairs: int
    speed: float = 1.0


class _Line(NamedTuple):
    """held = speed x asked + offset, in milliseconds."""

    speed: float
    offset_ms: float


def speed_words(speed: float) -> str:
    """How fast a piece is shown, to be put behind what it matches; nothing where it is shown as it was."""
    return "" if speed == 1 else f" at {speed:.2f} times the speed"


def pieces(pairs: Iterable[tuple[int, int]]) -> list[Piece]:
    """The pieces of pairs (asked, held) of milliseconds, the longest first. A still scene, where every moment meets every other, is told once:
    a pair counts in the piece with most pairs that it fits.
    """
    listed = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
    found: list[Piece] = []
    while len(listed):
        retimed = _retimed(listed, _most_at_one_speed(listed))
        if retimed is None:
            break
        piece, listed = retimed
        found.append(piece)
    found += _same_speed(listed)
    return sorted(found, key=lambda piece: (-piece.pairs, piece.asked_from_ms))


def _most_at_one_speed(listed: Pairs) -> int:
    """How many moments of either side the best offset at the same speed explains: the asked film may be looked at more closely."""
    return _moments(listed[_densest(listed[:, 1] - listed[:, 0], DRIFT_MS_MAX)])


def _densest(offsets: Pairs | npt.NDArray[np.float64], width_ms: float) -> npt.NDArray[np.int64]:
    """Which offsets lie in the window of this width that holds most of them."""
    order = np.argsort(offsets, kind="stable")
    in_order = offsets[order]
    counts = np.searchsorted(in_order, in_order + width_ms, side="right") - np.arange(len(in_order))
    best = int(np.argmax(counts))
    return order[best : best + int(counts[best])]


def _retimed(listed: Pairs, to_beat: int) -> tuple[Piece, Pairs] | None:
    """The longest piece at another speed and the pairs it leaves, where it explains clearly more than the same speed does."""
    enough = max(RETIMED_PAIRS_MIN, RETIMED_GAIN_MIN * to_beat)
    if len(np.unique(listed[:, 0])) < enough or len(np.unique(listed[:, 1])) < enough:
        return None
    best: tuple[int, _Line] = (0, _Line(1.0, 0.0))
    for speed in SPEEDS:
        offsets = listed[:, 1] - speed * listed[:, 0]
        inside = _densest(offsets, RETIMED_DRIFT_MS_MAX)
        if len(inside) > best[0]:
            count = _moments(listed[inside])
            if count > best[0]:
                best = (count, _Line(speed, float(np.median(offsets[inside]))))
    line, near = _fitted(listed, best[1])
    run = max(_runs(listed[near], RETIMED_GAP_MS_MAX), key=_moments, default=listed[:0])
    # A hundredth more or less over a short piece is what sampling once a second does to it.
    span_ms = int(run[:, 0].max() - run[:, 0].min()) if len(run) else 0
    if _moments(run) < enough or abs(line.speed - 1) * span_ms < DRIFT_MS_MAX:
        return None
    piece = _piece(run, round(line.speed, 3))
    is_inside = (listed[:, 0] >= piece.asked_from_ms) & (listed[:, 0] <= piece.asked_to_ms)
    return piece, listed[~is_inside]


def _fitted(listed: Pairs, line: _Line) -> tuple[_Line, npt.NDArray[np.bool_]]:
    """The line fitted to the pairs that lie near it, by least squares, and which these are."""
    inside = _near(listed, line)
    for _ in range(_FITS):
        asked, held = listed[inside, 0].astype(np.float64), listed[inside, 1].astype(np.float64)
        if np.ptp(asked) == 0:
            break
        speed, offset_ms = np.polyfit(asked, held, 1)
        fitted = _Line(float(np.clip(speed, SPEEDS[0], SPEEDS[-1])), float(offset_ms))
        near = _near(listed, fitted)
        if near.sum() < inside.sum():
            break
        line, inside = fitted, near
    return line, inside


def _near(listed: Pairs, line: _Line) -> npt.NDArray[np.bool_]:
    away = np.abs(listed[:, 1] - line.speed * listed[:, 0] - line.offset_ms)
    near: npt.NDArray[np.bool_] = away <= RETIMED_DRIFT_MS_MAX / 2
    return near


def _moments(aligned: Pairs) -> int:
    """Of how many different moments on either side pairs tell."""
    return min(len(np.unique(aligned[:, 0])), len(np.unique(aligned[:, 1])))


def _same_speed(listed: Pairs) -> list[Piece]:
    """The pieces at the same speed."""
    if not len(listed):
        return []
    offsets = listed[:, 1] - listed[:, 0]
    listed = listed[np.argsort(offsets, kind="stable")]
    offsets = np.sort(offsets, kind="stable")
    found: list[Piece] = []
    taken = np.zeros(len(listed), dtype=bool)
    for _ in range(len(listed)):
        # The offset that most of the pairs that are left share.
        ends = np.searchsorted(offsets, offsets + DRIFT_MS_MAX, side="right")
        left = np.concatenate([[0], np.cumsum(~taken)])
        best = int(np.argmax(left[ends] - left[:-1]))
        chosen = np.arange(best, ends[best])[~taken[best : ends[best]]]
        if not len(chosen):
            break
        taken[chosen] = True
        made = [_piece(run) for run in _runs(listed[chosen], GAP_MS_MAX)]
        found += made
        # Moments told in a piece need not be told again at another offset.
        for piece in made:
            if piece.pairs > 1:
                inside = (listed[:, 0] >= piece.asked_from_ms) & (listed[:, 0] <= piece.asked_to_ms)
                taken |= inside
    return found


def _runs(aligned: Pairs, gap_ms_max: int) -> Iterator[Pairs]:
    """Pairs of one line, cut where the film that was asked about goes on without a match."""
    if len(aligned):
        aligned = aligned[np.argsort(aligned[:, 0], kind="stable")]
        yield from np.split(aligned, np.flatnonzero(np.diff(aligned[:, 0]) > gap_ms_max) + 1)


def _piece(run: Pairs, speed: float = 1.0) -> Piece:
    """The piece that pairs of one line make, in the order of the asked film."""
    count = len(np.unique(run[:, 0]))
    return Piece(int(run[0, 0]), int(run[-1, 0]), int(run[:, 1].min()), int(run[:, 1].max()), count, speed)
