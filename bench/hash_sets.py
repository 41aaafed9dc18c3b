"""Hashes for the benchmarks of matching: uniform, and clustered as they are in practice, with neighbours planted at every distance."""

from __future__ import annotations

import numpy as np


def uniform(rng, count):
    """Hashes that have nothing to do with one another."""
    return rng.integers(0, 256, (count, 32), dtype=np.uint8)


def clustered(rng, count):
    """As hashes are in practice: half of them near few centres of very different sizes, the rest apart."""
    bits = uniform(rng, count)
    centres = uniform(rng, max(1, count // 500))
    near = count // 2
    chosen = (len(centres) * rng.random(near) ** 2).astype(np.int64)
    for start in range(0, near, 500_000):
        part = slice(start, min(near, start + 500_000))
        flips = np.packbits(rng.random((part.stop - part.start, 256), dtype=np.float32) < 0.06, axis=1)
        bits[part] = centres[chosen[part]] ^ flips
    return bits


def planted(rng, bits, count):
    """Queries: hashes of the set with 0 to 32 bits flipped, and every tenth one that resembles nothing."""
    rows = bits[rng.integers(0, len(bits), count)]
    for at in range(count):
        mask = np.zeros(256, dtype=np.uint8)
        mask[rng.choice(256, at % 33, replace=False)] = 1
        rows[at] ^= np.packbits(mask)
    rows[::10] = uniform(rng, len(rows[::10]))
    return rows


KINDS = {"uniform": uniform, "clustered": clustered}
