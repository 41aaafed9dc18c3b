"""What a scene costs, stage by stage, at three sizes of picture: processor milliseconds on one core, and what is held.

`in_all` is what the intake does for every picture: its border, and one look that gives what is held and what asks. `separate` are the three
calls that it stands for. Searching among many is measured by `scene_cost.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time

import cv2
import numpy as np
from photographs import originals

from clew.matching.scene_segment import INDEXED_KEYPOINTS_MAX, POSTING_BYTES
from clew.matching.scene_verify import verify
from clew.signatures.scene import (
    HELD_KEYPOINTS,
    QUERY_KEYPOINTS,
    QUERY_LONG_SIDE_PIXELS,
    scene_looks,
    scene_of,
    scene_query_of,
    warm_up,
)
from clew.signatures.scene_codes import vocabulary
from clew.signatures.scene_keypoints import keypoints_of, resized
from clew.signatures.trimmed import trim_box

SIZES = {"0.3": (640, 480), "2": (1632, 1224), "12": (4000, 3000)}
MANY = 5_000_000


def milliseconds(times, name, work):
    """Do the work, note its processor time under that name, give its result."""
    begun = time.process_time()
    made = work()
    times.setdefault(name, []).append(1000 * (time.process_time() - begun))
    return made


def looked_at(pixels, times):
    """Every stage alone, then what the intake does, then the calls that it stands for."""
    box = milliseconds(times, "border", lambda: trim_box(pixels))
    grey = milliseconds(
        times, "grey", lambda: resized(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), QUERY_LONG_SIDE_PIXELS)
    )
    found = milliseconds(times, "keypoints", lambda: keypoints_of(grey, QUERY_KEYPOINTS))
    turned = found.mirrored()
    known = vocabulary()
    milliseconds(times, "words", lambda: (known.words(found.descriptors, 2), known.words(turned.descriptors, 2)))
    milliseconds(times, "codes", lambda: (known.codes(found.descriptors), known.codes(turned.descriptors)))
    looks = milliseconds(times, "in_all", lambda: scene_looks(pixels, trim_box(pixels)))
    milliseconds(times, "separate", lambda: (trim_box(pixels), scene_of(pixels), scene_query_of(pixels)))
    milliseconds(times, "deep_question", lambda: scene_query_of(pixels, deep=True))
    return box, looks


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few pictures, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    chosen = options.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    warm_up()
    pictures = originals(photographs_max=3 if chosen.quick else 30, rooms=1 if chosen.quick else 10)
    figures = {"pictures": len(pictures), "held_keypoints": HELD_KEYPOINTS, "megapixels": {}}
    held, asked = [], []
    for megapixels, size in SIZES.items():
        times = {}
        for picture in pictures:
            pixels = np.ascontiguousarray(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_CUBIC))
            _box, (signature, question) = looked_at(pixels, times)
            if megapixels == "2":
                held.append(signature)
                asked.append(question)
        figures["megapixels"][megapixels] = {name: round(statistics.median(ms), 2) for name, ms in times.items()}
        if not chosen.json:
            print(f"{megapixels:>4}", figures["megapixels"][megapixels], flush=True)
    times = {}
    for at, question in enumerate(asked):
        milliseconds(times, "true", lambda question=question, at=at: verify(question, held[at], mirrored=False))
        for other in held[:at]:
            milliseconds(
                times, "stranger", lambda question=question, other=other: verify(question, other, mirrored=False)
            )
    figures["verify_ms"] = {name: round(statistics.median(ms), 2) for name, ms in times.items()}
    sizes = [len(signature.to_bytes()) for signature in held]
    figures["signature_bytes"] = {"mean": round(statistics.mean(sizes)), "largest": max(sizes)}
    figures["calculated_at_5_million"] = {
        "signatures_gb": round(statistics.mean(sizes) * MANY / 1e9, 1),
        "postings_gb": round(INDEXED_KEYPOINTS_MAX * POSTING_BYTES * MANY / 1e9, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
