"""The recall guard: an index is asked questions whose answers are known, at each build and while it serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.matching.bits import HASH_BITS, HASH_BYTES, Bytes, as_bits
from clew.matching.errors import RecallLost
from clew.matching.hits import HammingIndex, Numbers

#: An exact copy, two common degrees of re-encoding, and the very edge, where an inexact index fails first.
CANARY_DISTANCES = (0, 10, 20, PDQ_DISTANCE_MAX)


@dataclass(frozen=True, slots=True)
class RecallReport:
    """How an index answered: how many probes it got, and (id, distance) of each known answer it did not give."""

    probes: int
    missed: tuple[tuple[int, int], ...]

    @property
    def is_complete(self) -> bool:
        """Whether every known answer was given."""
        return not self.missed


class GrowingIndex(HammingIndex, Protocol):
    """An index that takes rows."""

    def add(self, ids: Any, bits: Any) -> None:
        """Hold rows: (n,) ids, (n, 32) bytes."""


def canaries(count: int = 4, *, seed: int = 0) -> tuple[Numbers, Bytes]:
    """Random rows, which resemble nothing real, under the ids -1, -2, …; the same seed gives the same rows in every process."""
    ids = -np.arange(1, count + 1, dtype=np.int64)
    return ids, np.random.default_rng(seed).integers(0, 256, (count, HASH_BYTES), dtype=np.uint8)


def plant_canaries(index: GrowingIndex, count: int = 4, *, seed: int = 0) -> tuple[Numbers, Bytes]:
    """Add canaries to an index; ids and hashes, for `verify_recall`."""
    ids, bits = canaries(count, seed=seed)
    index.add(ids, bits)
    return ids, bits


def check_recall(
    index: HammingIndex, ids: Any, bits: Any, *, distances: Sequence[int] = CANARY_DISTANCES, seed: int | None = None
) -> RecallReport:
    """Ask for rows known to be held, (n,) ids and (n, 32) bytes, by probes at each of the distances.

    Which bits the probes flip is drawn anew each time unless `seed` is given: over time every path is walked. An answer
    counts when it names the row at the very distance of its probe.
    """
    rng = np.random.default_rng(seed)
    numbers, rows = np.atleast_1d(np.asarray(ids, dtype=np.int64)), as_bits(bits)
    probes = [
        (int(number), distance, _flipped(row, distance, rng))
        for number, row in zip(numbers, rows, strict=True)
        for distance in distances
    ]
    if not probes:
        return RecallReport(0, ())
    hits = index.search(np.stack([probe for _, _, probe in probes]), max(distances))
    given = set(zip(hits.query_index.tolist(), hits.id.tolist(), hits.distance.tolist(), strict=True))
    missed = tuple(
        (number, distance) for at, (number, distance, _) in enumerate(probes) if (at, number, distance) not in given
    )
    return RecallReport(len(probes), missed)


def verify_recall(
    index: HammingIndex, ids: Any, bits: Any, *, distances: Sequence[int] = CANARY_DISTANCES, seed: int | None = None
) -> RecallReport:
    """As `check_recall`; raises RecallLost unless every known answer was given."""
    report = check_recall(index, ids, bits, distances=distances, seed=seed)
    if not report.is_complete:
        raise RecallLost(missed=len(report.missed), probes=report.probes)
    return report


def _flipped(row: Bytes, distance: int, rng: np.random.Generator) -> Bytes:
    """The hash with `distance` of its bits flipped, anywhere."""
    mask = np.zeros(HASH_BITS, dtype=np.uint8)
    mask[rng.choice(HASH_BITS, distance, replace=False)] = 1
    return row ^ np.packbits(mask)
