"""Prints for a large index, made without sound: rows of notes as music has them, three voices that change a few times a second, then printed."""

from __future__ import annotations

import numpy as np

from clew.signatures.sound_kernels import items_of

_OVERTONES = ((0, 1.0), (7, 0.35), (4, 0.15))


def printed_rows(number, seconds=300):
    """The items of a made-up sound of so many seconds."""
    rng = np.random.default_rng([2, number])
    frames = int(seconds * 8.077)
    scale = (int(rng.integers(12)) + np.array([0, 2, 4, 5, 7, 9, 11])) % 12
    rows = rng.exponential(0.02, (frames, 12))
    for _voice in range(3):
        begins = rng.random(frames) < rng.uniform(0.08, 0.5)
        begins[0] = True
        which = np.cumsum(begins) - 1
        since = np.arange(frames) - np.flatnonzero(begins)[which]
        note = scale[rng.integers(0, 7, which[-1] + 1)][which]
        loud = rng.uniform(0.2, 1, which[-1] + 1)[which] * np.exp(-since * rng.uniform(0.02, 0.3))
        for step, share in _OVERTONES:
            rows[np.arange(frames), (note + step) % 12] += share * loud
    return items_of(rows)
