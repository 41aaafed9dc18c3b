"""Pooling adjacent violators: the monotone row that lies nearest to what was counted (Ayer and others 1955; for likelihood ratios Brümmer and
du Preez 2006). Neighbours whose order runs the wrong way become one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Counted(NamedTuple):
    """Counts of same and of different pairs in neighbouring places, from the first to the last of them."""

    first: int
    last: int
    same: int
    different: int


def pooled_counts(same: Sequence[int], different: Sequence[int]) -> list[Counted]:
    """Blocks whose share of same pairs rises strictly from one to the next. Whole numbers all through: nothing is rounded."""
    blocks: list[Counted] = []
    for at, counts in enumerate(zip(same, different, strict=True)):
        block = Counted(at, at, *counts)
        while blocks and blocks[-1].same * block.different >= block.same * blocks[-1].different:
            before = blocks.pop()
            block = Counted(before.first, at, before.same + block.same, before.different + block.different)
        blocks.append(block)
    return blocks


def pooled_means(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The rising row nearest to the values, each by its weight (above zero)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            before = blocks.pop()
            together = before[1] + block[1]
            block = ((before[0] * before[1] + block[0] * block[1]) / together, together, before[2] + block[2])
        blocks.append(block)
    return [value for value, _weight, count in blocks for _ in range(count)]
