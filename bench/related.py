"""Which pictures show one scene: found without anything of Clew's but PDQ, so that strangers are strangers by another's word.

Two pictures are related when their PDQ hashes lie within 60 bits in any orientation, or when eight of their plain SIFT descriptors
(128 floats, no geometry asked) have their nearest neighbour in the other picture, clearly nearer than in any third. That is
easily said: unrelated pages with the same lettering are dropped too, which costs pictures and no honesty.
"""

from __future__ import annotations

import cv2
import numpy as np

from clew.signatures.pdq import pdq_dihedral

DISTANCE_MAX = 60
DESCRIPTORS, SIDE_PIXELS = 160, 448
RATIO_MAX, PAIRS_MIN = 0.75, 8
BLOCK = 2048


def one_of_each(pictures):
    """The names, largest picture first, of which none is related to another that was kept."""
    names = sorted(pictures, key=lambda name: (-pictures[name].size, name))
    near = _near_by_hash([pictures[name] for name in names]) | _near_by_descriptors([pictures[name] for name in names])
    kept = []
    for at in range(len(names)):
        if not near[at, kept].any():
            kept.append(at)
    return [names[at] for at in kept]


def _near_by_hash(pictures):
    turned = [[turn.bits for turn in pdq_dihedral(pixels).values()] for pixels in pictures]
    hashes = np.array([[np.frombuffer(bits, np.uint8) for bits in hashes] for hashes in turned])
    first = hashes[:, 0]
    near = np.zeros((len(pictures), len(pictures)), dtype=bool)
    for at in range(len(pictures)):
        distances = np.bitwise_count(hashes[at][:, None] ^ first[None]).sum(axis=2, dtype=np.int64).min(axis=0)
        near[at] = distances <= DISTANCE_MAX
    return near | near.T


def _near_by_descriptors(pictures):
    found = [_descriptors(pixels) for pixels in pictures]
    owner = np.repeat(np.arange(len(found)), [len(rows) for rows in found])
    rows = np.concatenate(found)
    pairs = np.zeros((len(pictures), len(pictures)), dtype=np.int64)
    starts = np.searchsorted(owner, np.arange(len(pictures)))
    # A picture without descriptors has no place in the table.
    present = np.flatnonzero(np.bincount(owner, minlength=len(pictures)))
    for begin in range(0, len(rows), BLOCK):
        likeness = rows[begin : begin + BLOCK] @ rows.T
        own = owner[begin : begin + BLOCK]
        # The best of each other picture; two pictures of one series must not hide each other, so the ratio is to the fifth.
        best = np.maximum.reduceat(likeness, starts[present], axis=1)
        best[present[None, :] == own[:, None]] = -1.0
        order = np.argpartition(-best, 5, axis=1)[:, :6]
        ranked = np.sort(np.take_along_axis(best, order, axis=1), axis=1)[:, ::-1]
        fifth = np.sqrt(np.maximum(2 - 2 * ranked[:, 4], 1e-9))
        for column in range(6):
            distance = np.sqrt(
                np.maximum(2 - 2 * np.take_along_axis(best, order[:, column : column + 1], axis=1)[:, 0], 0)
            )
            is_near = distance < RATIO_MAX * fifth
            np.add.at(pairs, (own[is_near], present[order[is_near, column]]), 1)
    near = pairs >= PAIRS_MIN
    return near | near.T


def _descriptors(pixels):
    """Up to 160 SIFT descriptors of unit length."""
    scale = SIDE_PIXELS / max(pixels.shape[:2])
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    _points, rows = cv2.SIFT_create(DESCRIPTORS).detectAndCompute(grey, None)
    if rows is None:
        return np.empty((0, 128), dtype=np.float32)
    rows = rows[:DESCRIPTORS]
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)).astype(np.float32)
