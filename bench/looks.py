"""What steps cost: pages of outlines and single steps made in a cell, beside the same work in this process by Pillow alone, turn by turn.

`ratio` is the time in the jail by that of Pillow in this process (decode, shrink, its own edge filter, encode). `cpu_ms` is processor time of this process
and of the cell together, which says on a busy machine what the clock would on an idle one.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import time

import numpy as np
from PIL import Image, ImageFilter

from clew.demo.render.views import picture_of
from clew.kernel.limits import PREVIEW_SIDE_PIXELS_MAX, THUMBNAIL_SIDE_PIXELS_MAX
from clew.media.renditions import rendition
from clew.media.steps import Step
from clew.media.steps_jail import StepsJail
from clew.media.watermark import marked, step_jpeg

PAGES = (1, 60, 120)


def by_pillow(contents):
    """Edges as Pillow finds them: the nearest that somebody would write without a jail."""
    for content in contents:
        grey = Image.open(io.BytesIO(content)).convert("L")
        grey.thumbnail((160, 160))
        grey.filter(ImageFilter.GaussianBlur(1.6)).filter(ImageFilter.FIND_EDGES).save(io.BytesIO(), "JPEG")


def by_jail(jail, contents, step=Step.OUTLINE):
    made = jail.made([(step, content) for content in contents])
    if step >= Step.GREY:
        made = [marked(pixels, "Officer 1a2b3c4d 2026-01-01 10:00 UTC") for pixels in made]
    return [step_jpeg(pixels) for pixels in made]


def timed(jail, work):
    """Milliseconds by the clock and of processors: of this process, and of the cells that it has had."""
    clock, own, cells = time.perf_counter(), time.process_time(), jail.cpu_seconds
    work()
    cpu = time.process_time() - own + jail.cpu_seconds - cells
    return (time.perf_counter() - clock) * 1000, cpu * 1000


def middle(rows):
    return [round(statistics.median(column), 1) for column in zip(*rows, strict=True)]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer rounds, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rounds = 7 if asked.quick else 25
    picture = np.ascontiguousarray(picture_of(3, 0, width=1280, height=960))
    thumbnail = rendition(picture, side_pixels_max=THUMBNAIL_SIDE_PIXELS_MAX)
    preview = rendition(picture, side_pixels_max=PREVIEW_SIDE_PIXELS_MAX)
    jail, figures = StepsJail(), {}
    try:
        by_jail(jail, [thumbnail])
        for number in PAGES:
            contents, turns, peers = [thumbnail] * number, [], []
            for _ in range(rounds):
                turns.append(timed(jail, lambda contents=contents: by_jail(jail, contents)))
                peers.append(timed(jail, lambda contents=contents: by_pillow(contents)))
            (clock, cpu), (peer, _) = middle(turns), middle(peers)
            figures[f"{number} outlines"] = {
                "ms": clock,
                "cpu_ms": cpu,
                "pillow_ms": peer,
                "ratio": round(clock / peer, 2),
            }
        for step in Step:
            rows = [timed(jail, lambda step=step: by_jail(jail, [preview], step)) for _ in range(rounds)]
            figures[f"preview, {step.word}"] = dict(zip(("ms", "cpu_ms"), middle(rows), strict=True))
    finally:
        jail.close()
    if not asked.json:
        for name, found in figures.items():
            print(f"{name:<18}", found)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
