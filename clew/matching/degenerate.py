"""Degenerate hashes: 256 bits that no picture with anything in it gives, and which must therefore not make pictures alike.

A PDQ hash is cut at its median, so half of its bits are set: 128, or a few less where coefficients are equal. Exporters that fail
write zeros, ones, a repeated byte or a counter; flat pictures give a hash of few bits.
"""

from __future__ import annotations

import numpy as np

from clew.matching.bits import Bytes

#: Measured: 128 on 40 rendered rooms, noise and text (25 to 32 different bytes); 72 to 90 on pictures half black, half light, 80 on a flat
#: one. Of random values, which no hasher gives, one in 16,000 lies outside.
BITS_SET_MIN, BITS_SET_MAX = 96, 160
#: A random hash of 32 bytes has about 30 different ones; a repeated pattern has a few.
BYTES_DIFFERENT_MIN = 8


def degenerate_rows(bits: Bytes) -> dict[int, str]:
    """Of hashes (n, 32) those that no picture has: place -> why, in words."""
    counts = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    different = (np.diff(np.sort(bits, axis=1), axis=1) != 0).sum(axis=1) + 1
    steps = np.diff(bits, axis=1)
    is_even = (steps == steps[:, :1]).all(axis=1)
    suspects = (counts < BITS_SET_MIN) | (counts > BITS_SET_MAX) | (different < BYTES_DIFFERENT_MIN) | is_even
    return {int(at): _why(int(counts[at]), int(different[at])) for at in np.flatnonzero(suspects)}


def _why(count: int, different: int) -> str:
    if not BITS_SET_MIN <= count <= BITS_SET_MAX:
        return f"a PDQ hash has about 128 bits set, this one {count}"
    if different < BYTES_DIFFERENT_MIN:
        return f"a pattern of {different} repeated bytes is the hash of no picture"
    return "its bytes count up evenly, which no picture's do"
