"""What the jail costs: the same pictures decoded in this process and in a cell, turn by turn, and the dearest cell's memory.

`ratio` is the time in the jail by the time in process, one core for both; the decoder is the same, so that what differs is the fork, the
walls, and pixels that come back through shared memory. `start_ms` is a template's start with the trial of its walls, once in a process's life.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from rendered import SIZES, write_pictures

from clew.media.decode import decode
from clew.media.jail import Jail
from clew.media.sniff import HEAD_SIZE_BYTES, sniff

#: Pillow's format -> how it is saved.
FORMATS = {"JPEG": {"quality": 90}, "PNG": {"compress_level": 1}, "WEBP": {"quality": 80, "method": 0}}


def in_process(content):
    begun = time.perf_counter()
    decoded = decode(sniff(content[:HEAD_SIZE_BYTES]), io.BytesIO(content), content=memoryview(content))
    return time.perf_counter() - begun, decoded.pixels


def in_jail(content, jail):
    begun = time.perf_counter()
    found = jail.examine(content)
    return time.perf_counter() - begun, found.pixels


def saved_again(path, kind):
    out = io.BytesIO()
    Image.open(path).save(out, kind, **FORMATS[kind])
    return out.getvalue()


def measure(contents, rounds, jail):
    times = {"process": [], "jail": []}
    equal = 0
    for round_ in range(rounds + 1):
        for content in contents:
            seconds, pixels = in_process(content)
            jailed_seconds, jailed = in_jail(content, jail)
            equal += round_ > 0 and np.array_equal(pixels, jailed)
            # The first round only warms up.
            if round_:
                times["process"].append(seconds)
                times["jail"].append(jailed_seconds)
    middle = {name: statistics.median(taken) * 1000 for name, taken in times.items()}
    return {
        "in_process_ms": round(middle["process"], 2),
        "in_jail_ms": round(middle["jail"], 2),
        "cost_ms": round(middle["jail"] - middle["process"], 2),
        "ratio": round(middle["jail"] / middle["process"], 2),
        "pixels_equal": int(equal),
        "pictures": rounds * len(contents),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer pictures, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    # One core for each, as the figures are by core.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    number, rounds = (3, 4) if asked.quick else (8, 12)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, Jail() as jail:
        figures = {"grade": jail.grade.level.value, "start_ms": round((time.perf_counter() - begun) * 1000)}
        for name, size in SIZES.items():
            paths = write_pictures(Path(folder) / name, size, number)
            for kind in FORMATS:
                made = measure([saved_again(path, kind) for path in paths], rounds, jail)
                figures[f"{name} MP {kind}"] = made
                if not asked.json:
                    print(f"{name:>4} MP {kind:<5}", made, flush=True)
        figures["dearest_cell_mib"] = jail.cost.memory_bytes_max // 2**20
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
