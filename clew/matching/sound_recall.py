"""The recall guard for sounds: the index is asked for stretches of sounds it is known to hold, with bits flipped as a copy would have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clew.kernel.limits import SOUND_ITEMS_ASKED_WIDELY_MAX
from clew.matching.errors import RecallLost
from clew.matching.recall import RecallReport
from clew.matching.sound_index import SoundIndex
from clew.matching.sound_telling import Items, as_items, telling

#: Shares of bits flipped, in percent: the very same, other encoders (measured: 0 to 6), and a retuned or quiet copy.
CANARY_ERRORS_PERCENT = (0, 5, 10)
#: Items of a probe: ten seconds.
PROBE_ITEMS = 64
#: Where a print tells less than this share of a probe, it is not asked for.
_TELLING_MIN = 0.75

assert PROBE_ITEMS <= SOUND_ITEMS_ASKED_WIDELY_MAX


def sound_canaries(count: int = 4, *, seed: int = 0) -> tuple[list[int], list[Items]]:
    """Random prints of half a minute, which no sound has, under the ids -1, -2, …; the same in every process for the same seed."""
    rng = np.random.default_rng(seed)
    ids = [-number for number in range(1, count + 1)]
    return ids, [rng.integers(0, 2**32, 240, dtype=np.uint32) for _ in ids]


def check_sound_recall(
    index: SoundIndex,
    ids: Sequence[int],
    prints: Sequence[Any],
    *,
    errors_percent: Sequence[int] = CANARY_ERRORS_PERCENT,
    count_max: int = 50,
    seed: int | None = None,
) -> RecallReport:
    """Ask for a stretch of each of the prints, known to be held under the ids, at each share of flipped bits; which stretch and which bits
    is drawn anew each time unless `seed` is given. Missed are (id, percent) of sounds that are not among the candidates.
    """
    rng = np.random.default_rng(seed)
    probes, missed = 0, []
    for number, held in zip(ids, prints, strict=True):
        items = as_items(held)
        begin = int(rng.integers(0, max(1, len(items) - PROBE_ITEMS)))
        stretch = items[begin : begin + PROBE_ITEMS]
        if not len(stretch) or telling(stretch).mean() < _TELLING_MIN:
            continue
        for percent in errors_percent:
            probes += 1
            answer = index.search(_flipped(stretch, percent, rng), count_max)
            if number not in {candidate.id for candidate in answer.candidates}:
                missed.append((int(number), percent))
    return RecallReport(probes, tuple(missed))


def verify_sound_recall(index: SoundIndex, ids: Sequence[int], prints: Sequence[Any], **how: Any) -> RecallReport:
    """As `check_sound_recall`; raises RecallLost unless every known sound was found."""
    report = check_sound_recall(index, ids, prints, **how)
    if not report.is_complete:
        raise RecallLost(missed=len(report.missed), probes=report.probes)
    return report


def _flipped(items: Items, percent: int, rng: np.random.Generator) -> Items:
    """The items with that share of their bits flipped, anywhere."""
    mask = (rng.random((len(items), 32)) < percent / 100).astype(np.uint32)
    flips: Items = (mask << np.arange(32, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
    return items ^ flips
