"""Moments: which seconds of one film match which seconds of another, from pairs of moments that look alike.

A bag of frame hashes knows no order; the pairs do. Pairs whose distance in time stays the same belong to one piece, shown at the same speed;
what is repeated, re-timed or single makes pieces of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

#: Frames are hashed about once a second: a piece may lack one, and its distance may jitter by less than one.
GAP_MS_MAX = 2500
DRIFT_MS_MAX = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """Milliseconds from and to in the film that was asked about, the same in the held one, and how many pairs of moments agree."""

    asked_from_ms: int
    asked_to_ms: int
    held_from_ms: int
    held_to_ms: int
    pairs: int


def pieces(pairs: Iterable[tuple[int, int]]) -> list[Piece]:
    """The pieces of pairs (asked, held) of milliseconds, the longest first. A still scene, where every moment meets every other, is told once:
    a pair counts in the piece with most pairs that it fits.
    """
    listed = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
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
        made = _runs(listed[chosen])
        found += made
        # Moments told in a piece need not be told again at another offset.
        for piece in made:
            if piece.pairs > 1:
                inside = (listed[:, 0] >= piece.asked_from_ms) & (listed[:, 0] <= piece.asked_to_ms)
                taken |= inside
    return sorted(found, key=lambda piece: (-piece.pairs, piece.asked_from_ms))


def _runs(aligned: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> list[Piece]:
    """Pairs of one offset, cut where the film that was asked about goes on without a match."""
    aligned = aligned[np.argsort(aligned[:, 0], kind="stable")]
    cuts = np.flatnonzero(np.diff(aligned[:, 0]) > GAP_MS_MAX) + 1
    return [
        Piece(int(run[0, 0]), int(run[-1, 0]), int(run[:, 1].min()), int(run[:, 1].max()), len(np.unique(run[:, 0])))
        for run in np.split(aligned, cuts)
    ]
