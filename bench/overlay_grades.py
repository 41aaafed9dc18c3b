"""Unrelated pictures under one overlay: how each pair is graded. Right is `shared`, or no match; `copy` and `part` say that they are one picture."""

from __future__ import annotations

import collections

from overlaid import OVERLAYS
from recall_ours import is_near, look_distances_between

from clew.matching.scene_verify import verify
from clew.signatures.scene import scene_of, scene_query_of


def measure_overlays(pictures, number):
    """Kind -> grade -> how many of that many pairs; `pdq` counts pairs whose hashes are near."""
    told = {}
    pairs = [(pictures[(7 * n) % len(pictures)], pictures[(7 * n + 3) % len(pictures)]) for n in range(number)]
    for kind, lay in OVERLAYS.items():
        grades = collections.Counter(dict.fromkeys(("none", "shared", "part", "copy", "pdq"), 0))
        for n, (one, other) in enumerate(pairs):
            # One overlay for both, another for the next pair.
            asked, held = lay(one.pixels, n), lay(other.pixels, n)
            match = verify(scene_query_of(asked), scene_of(held))
            grades["none" if match is None else str(match.grade)] += 1
            grades["pdq"] += int(is_near(look_distances_between(asked, held)))
        told[kind] = dict(grades) | {"pairs": number}
    return told
