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
from clew.signatures.scene_words import PROBES_MAX, nearest_words, turn

FORMAT_VERSION = 1
CODE_BYTES = DESCRIPTOR_VALUES // 8
#: Centroids of each half; a word is first * 256 + second.
HALF_WORDS = 256


@dataclass(frozen=True, slots=True, eq=False)
class SceneVocabulary:
    """What turns descriptors into codes and words: arrays of one version of the format."""

    #: (128,) the mean of all descriptors.
    mean: Floats
    #: (128, 128) orthogonal, for the bits, a direction in each column; (128,) the median along each.
    rotation: Floats
    medians: Floats
    #: (128, 128) the main axes in columns, dealt out to two halves of equal weight; (2, 64, 256) centroids; (2, 256) their squares.
    axes: Floats
    centroids: Floats
    squares: Floats

    def codes(self, descriptors: Floats) -> npt.NDArray[np.uint8]:
        """(n, 128) RootSIFT as (n, 16) bytes."""
        turned = self._turned(descriptors, self.rotation)
        return np.packbits(turned > self.medians, axis=1, bitorder="little").reshape(-1, CODE_BYTES)

    def words(self, descriptors: Floats, probes: int = 1) -> npt.NDArray[np.uint16]:
        """The (n, probes) nearest words of (n, 128) RootSIFT, nearest first; at most `PROBES_MAX`."""
        turned = self._turned(descriptors, self.axes)
        words = np.empty((len(descriptors), min(probes, PROBES_MAX)), dtype=np.uint16)
        places = np.empty((2, PROBES_MAX), dtype=np.int64)
        scratch = np.empty(HALF_WORDS, np.float32), places, np.empty(places.shape, np.float32)
        nearest_words(turned, self.centroids, self.squares, words, *scratch)
        return words

    def _turned(self, descriptors: Floats, axes: Floats) -> Floats:
        turned = np.empty(descriptors.shape, dtype=np.float32)
        turn(np.ascontiguousarray(descriptors, dtype=np.float32), self.mean, axes, turned)
        return turned


@cache
def vocabulary() -> SceneVocabulary:
    """The vocabulary of this version, read once for each process."""
    with np.load(Path(__file__).with_name(f"scene_format_{FORMAT_VERSION}.npz"), allow_pickle=False) as kept:
        arrays = {name: np.asarray(kept[name], dtype=np.float32) for name in kept.files}
    # The file has a direction or a centroid in each row; the loops run along columns.
    for name in ("rotation", "axes", "centroids"):
        arrays[name] = np.ascontiguousarray(arrays[name].swapaxes(-1, -2))
    return SceneVocabulary(**arrays, squares=(arrays["centroids"] ** 2).sum(axis=1))
