"""Codes of keypoints: a descriptor of 128 numbers as 128 bits and one of 65,536 words.

The bits say on which side of the median a random rotation puts the descriptor: near descriptors differ in few. The word is a pair of
centroids, one of 256 for each half of the descriptor after a rotation to its main axes (the inverted multi-index of Babenko and Lempitsky
2012), so that all words come out of a small file. Rotations, medians and centroids are part of the signature's format: they ship with the
package, made by `bench/train_scene.py`, and never change under one version number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clew.signatures.scene_keypoints import DESCRIPTOR_VALUES, Floats

FORMAT_VERSION = 1
CODE_BYTES = DESCRIPTOR_VALUES // 8
#: Centroids of each half; a word is first * 256 + second.
HALF_WORDS = 256
#: Of each half, the nearest centroids that may be part of a probed word.
_HALF_PROBES = 16


@dataclass(frozen=True, slots=True, eq=False)
class SceneVocabulary:
    """What turns descriptors into codes and words: arrays of one version of the format."""

    #: (128,) the mean of all descriptors.
    mean: Floats
    #: (128, 128) orthogonal, for the bits; (128,) the median of each.
    rotation: Floats
    medians: Floats
    #: (128, 128) the main axes, dealt out to two halves of equal weight; (2, 256, 64) centroids.
    axes: Floats
    centroids: Floats

    def codes(self, descriptors: Floats) -> npt.NDArray[np.uint8]:
        """(n, 128) RootSIFT as (n, 16) bytes."""
        turned = (descriptors - self.mean) @ self.rotation.T
        return np.packbits(turned > self.medians, axis=1, bitorder="little").reshape(-1, CODE_BYTES)

    def words(self, descriptors: Floats, probes: int = 1) -> npt.NDArray[np.uint16]:
        """The (n, probes) nearest words of (n, 128) RootSIFT, nearest first."""
        turned: Floats = np.asarray((descriptors - self.mean) @ self.axes.T, dtype=np.float32)
        half = DESCRIPTOR_VALUES // 2
        near, far = (self._nearest(turned[:, at * half : (at + 1) * half], at) for at in (0, 1))
        sums = near[1][:, :, None] + far[1][:, None, :]
        pairs = near[0][:, :, None] * HALF_WORDS + far[0][:, None, :]
        flat = sums.reshape(len(descriptors), _HALF_PROBES**2)
        order = np.argsort(flat, axis=1, kind="stable")[:, :probes]
        return np.take_along_axis(pairs.reshape(flat.shape), order, axis=1).astype(np.uint16)

    def _nearest(self, turned: Floats, half: int) -> tuple[npt.NDArray[np.int64], Floats]:
        """The nearest centroids of one half, and how far each is more than the vector's own length."""
        known = self.centroids[half]
        distances = (known**2).sum(axis=1) - 2.0 * (turned @ known.T)
        order = np.argsort(distances, axis=1, kind="stable")[:, :_HALF_PROBES]
        return order, np.take_along_axis(distances, order, axis=1)


@cache
def vocabulary() -> SceneVocabulary:
    """The vocabulary of this version, read once for each process."""
    with np.load(Path(__file__).with_name(f"scene_format_{FORMAT_VERSION}.npz"), allow_pickle=False) as kept:
        arrays = {name: np.ascontiguousarray(kept[name], dtype=np.float32) for name in kept.files}
    return SceneVocabulary(**arrays)
