"""The scene index's recall guard: members are asked for by slightly changed versions of their own signatures.

`check_scene_recall(index, ids, signatures)` says which were not found. Changes are drawn from a seed, so that a failure comes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clew.matching.recall import RecallReport
from clew.matching.scene_index import SceneIndex
from clew.signatures.scene_signature import SceneQuery, SceneSignature

#: Of each probe so many keypoints are asked for: what a crop of a quarter of the area has in common with its original.
_KEYPOINTS_KEPT_SHARE = 0.25
#: Bits changed in each code of 128; its word stays, as the nearest of several that a real question tries does.
_BITS_CHANGED = 10
#: Fewer keypoints than this find nothing for certain, also in an index that is whole.
KEYPOINTS_MIN = 40
_NO_DISTANCE = 0


def check_scene_recall(
    index: SceneIndex, ids: Any, signatures: Sequence[SceneSignature], *, seed: int = 0
) -> RecallReport:
    """Ask for each of (n,) ids with a quarter of its keypoints, bits flipped; `missed` names the ids that were not proposed.

    Weak signatures (`KEYPOINTS_MIN`) are not asked for.
    """
    rng = np.random.default_rng(seed)
    probes, missed = 0, []
    for number, signature in zip(np.atleast_1d(np.asarray(ids, dtype=np.int64)).tolist(), signatures, strict=True):
        if len(signature) < KEYPOINTS_MIN:
            continue
        probes += 1
        found = index.search(_changed(signature, rng))
        if number not in {candidate.id for candidate in found}:
            missed.append((number, _NO_DISTANCE))
    return RecallReport(probes, tuple(missed))


def _changed(signature: SceneSignature, rng: np.random.Generator) -> SceneQuery:
    count = max(10, round(_KEYPOINTS_KEPT_SHARE * len(signature)))
    chosen = np.sort(rng.choice(len(signature), count, replace=False))
    asked = signature.chosen(chosen)
    bits = np.unpackbits(asked.codes, axis=1)
    flipped = np.argsort(rng.random(bits.shape), axis=1)[:, :_BITS_CHANGED]
    np.put_along_axis(bits, flipped, 1 - np.take_along_axis(bits, flipped, axis=1), axis=1)
    asked, nothing = replace(asked, codes=np.packbits(bits, axis=1)), signature.first(0)
    probes, no_probes = asked.words.reshape(-1, 1), nothing.words.reshape(-1, 1)
    return SceneQuery(asked, nothing, probes, no_probes, np.zeros((1, 1), np.uint8))
