"""Which items of a sound print tell one sound from another: those of silence, of a steady tone, of a hum or of hiss do not.

An item tells how the notes change over two seconds. Where nothing changes, items stay nearly the same from one to the next, and those of two
unrelated fans are alike: so it is the change from item to item that is counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.kernel.limits import SOUND_TELLING_BITS_MIN

Items = NDArray[np.uint32]
#: Steps from item to item that are counted around each: two seconds.
STEPS = 16


def as_items(items: Any) -> Items:
    """Items as one row of 32-bit numbers, as the kernels take them."""
    return np.ascontiguousarray(items, dtype=np.uint32).reshape(-1)


def telling(items: Items) -> NDArray[np.uint8]:
    """For each item 1 if it tells something, else 0: whether in the steps around it enough bits change."""
    if len(items) < 2:
        return np.zeros(len(items), dtype=np.uint8)
    changed = np.concatenate([[0], np.cumsum(np.bitwise_count(items[1:] ^ items[:-1]), dtype=np.int64)])
    steps = len(items) - 1
    first = np.clip(np.arange(len(items)) - STEPS // 2, 0, max(0, steps - STEPS))
    last = np.minimum(first + STEPS, steps)
    # Of a short sound there are fewer steps, and as many bits to each are asked for.
    tells: NDArray[np.bool_] = (changed[last] - changed[first]) * STEPS >= SOUND_TELLING_BITS_MIN * (last - first)
    return tells.astype(np.uint8)


def why_untelling(items: Items) -> str:
    """Why a print can match nothing, in words; empty where it can."""
    if not len(items):
        return "the sound is shorter than three seconds"
    if telling(items).any():
        return ""
    return "silence, or a sound that never changes: its print is that of many others"
