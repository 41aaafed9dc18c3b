"""What a scene question costs: extraction, search and verification, by how many pictures are held, and what that comes to at five million.

The index is real pictures and an enlargement of them: each further picture has 200 keypoints drawn from all real ones, nine of their 64
bits flipped and their angle turned at random. That is right for load, and kind to retrieval: real pictures repeat themselves in bursts.
Milliseconds are the processor's. The index is a mapped file, so its bytes are the memory that a quick answer needs; `own` is what a process
needs beside it. Time grows with what lies under each word, so the line through the measured sizes is drawn on to five million.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from altered import altered
from peers.resident import resident_bytes
from photographs import originals

from clew.matching.scene_files import open_scene_segment, write_scene_segment
from clew.matching.scene_index import SceneIndex
from clew.matching.scene_segment import SceneSegment
from clew.matching.scene_verify import verify
from clew.signatures.scene import scene_of, scene_query_of, warm_up
from clew.signatures.scene_signature import SceneSignature

KEYPOINTS, BITS_FLIPPED, AT_ONCE = 200, 9, 2_500
ASKED_HOW = ("crop 25 %", "phone frame", "re-photographed", "down to 128 pixels")
MANY = 5_000_000


def enlarged(scenes, number, rng):
    """That many further signatures."""
    words, codes, sizes = (
        np.concatenate([getattr(scene, name) for scene in scenes]) for name in ("words", "codes", "size")
    )
    first = scenes[0]
    for _ in range(number):
        drawn = rng.integers(0, len(words), KEYPOINTS)
        bits = np.unpackbits(codes[drawn], axis=1)
        places = rng.integers(0, 64, (KEYPOINTS, BITS_FLIPPED))
        np.put_along_axis(bits, places, 1 - np.take_along_axis(bits, places, axis=1), axis=1)
        flipped = np.packbits(bits, axis=1)
        x, y = rng.integers(0, 1 << 16, (2, KEYPOINTS), dtype=np.uint16)
        angle = rng.integers(0, 256, KEYPOINTS, dtype=np.uint8)
        yield SceneSignature(
            first.width, first.height, first.box, x, y, sizes[drawn], angle, words[drawn], flipped, first.relief
        )


def write_index(scenes, number, path):
    """A file of the real pictures, under 0 to n - 1, and others up to that number."""
    rng, parts = np.random.default_rng(5), [SceneSegment.build(np.arange(len(scenes)), scenes)]
    more = enlarged(scenes, number - len(scenes), rng)
    begin = len(scenes)
    while begin < number:
        end = min(begin + AT_ONCE, number)
        parts.append(SceneSegment.build(np.arange(begin, end), [next(more) for _ in range(begin, end)]))
        begin = end
    write_scene_segment(SceneSegment.joined(parts), path)
    return path.stat().st_size


def measure(path, questions, scenes):
    """Milliseconds a question, memory, and how many true pictures are among the candidates."""
    before = resident_bytes()
    index = SceneIndex([open_scene_segment(path)])
    index.search(questions[0][1])
    times, verifying, proposed, found = [], [], 0, 0
    for at, query in questions:
        begun = time.process_time()
        candidates = index.search(query)
        searched = time.process_time()
        # What others held would cost is what one of the real ones costs.
        matches = [verify(query, scenes[c.id % len(scenes)], mirrored=c.is_mirrored) for c in candidates]
        ended = time.process_time()
        times.append(searched - begun)
        verifying.append(ended - searched)
        proposed += at in {candidate.id for candidate in candidates}
        found += any(match and c.id == at for match, c in zip(matches, candidates, strict=True))
    return {
        "search_ms": round(1000 * statistics.median(times), 2),
        "search_ms_maximum": round(1000 * max(times), 2),
        "verify_candidates_ms": round(1000 * statistics.median(verifying), 2),
        "own_memory_mib": round((resident_bytes() - before) / 2**20, 1),
        "true_proposed": proposed,
        "true_found": found,
        "questions": len(questions),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="10,000 pictures, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    chosen = options.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    warm_up()
    pictures = originals(photographs_max=40 if chosen.quick else 120, rooms=20)
    scenes = [scene_of(picture.pixels) for picture in pictures]
    asked = [(at, name) for at in range(6 if chosen.quick else 12) for name in ASKED_HOW]
    questions, extraction, deep = [], [], []
    for at, name in asked:
        pixels = altered(name, pictures[at], None)
        begun = time.process_time()
        questions.append((at, scene_query_of(pixels)))
        middle = time.process_time()
        scene_query_of(pixels, deep=True)
        extraction.append(middle - begun)
        deep.append(time.process_time() - middle)
    figures = {
        "real_pictures": len(scenes),
        "signature_bytes": round(statistics.mean(len(scene.to_bytes()) for scene in scenes)),
        "extraction_ms": round(1000 * statistics.median(extraction), 1),
        "extraction_deep_ms": round(1000 * statistics.median(deep), 1),
    }
    sizes = (1_000, 10_000) if chosen.quick else (10_000, 50_000, 100_000)
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.scenes"
            file_size_bytes = write_index(scenes, size, path)
            figures[f"{size}"] = {"bytes_a_picture": round(file_size_bytes / size)} | measure(path, questions, scenes)
            if not chosen.json:
                print(f"{size:>8}", figures[f"{size}"], flush=True)
    slope, start = np.polyfit(sizes, [figures[f"{size}"]["search_ms"] for size in sizes], 1)
    figures["calculated_at_5_million"] = {
        "search_ms": round(start + slope * MANY),
        "index_gib": round(figures[f"{sizes[-1]}"]["bytes_a_picture"] * MANY / 2**30, 1),
        "signatures_gib": round(figures["signature_bytes"] * MANY / 2**30, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
