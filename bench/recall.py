"""Recall per transformation at zero false matches: Clew's ways of finding a picture again beside perception's and imagededup's.

Every altered picture is compared with every held one, so each is one true pair and many stranger pairs. A peer's threshold is the largest that lets none
of these stranger pairs through: no user could do better with it. Clew's own thresholds stand as they are (PDQ 31 of 256 bits, nine
keypoints in one transform, or seven and reliefs alike), and its false matches are counted. `found` is through the index, as the product searches; false matches are
looked for in all pairs.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys

import cv2
import numpy as np
from altered import TRANSFORMATIONS, altered
from asked_look_alikes import LookAlikes, distances
from overlay_grades import measure_overlays
from photographs import originals
from PIL import Image
from recall_ours import FAR, LOOKS, Held, is_near, look_distances, scene_matches

from clew.signatures.pdq import warm_up

FORMS = {
    "full": {"photographs": 10_000, "rooms": 150, "asked": (46, 14), "fillers": 30, "overlay_pairs": 150},
    "quick": {"photographs": 12, "rooms": 4, "asked": (1, 1), "fillers": 4, "overlay_pairs": 4},
}
#: What every process works with; filled before they part.
SHARED = {}


class Fillers:
    """Strangers' pictures to lay beside or under another: those of no index."""

    def __init__(self, pictures):
        self._pictures = [Image.fromarray(picture.pixels) for picture in pictures]

    def __call__(self, seed, size):
        picture = self._pictures[int(seed.integers(0, len(self._pictures)))]
        return np.asarray(picture.resize(size, Image.Resampling.BILINEAR))


def asked_about(at):
    """The rows of one held picture, altered in every way."""
    held, pictures, fillers, peers = (SHARED[name] for name in ("held", "pictures", "fillers", "peers"))
    cv2.setNumThreads(1)
    if SHARED.get("asker") is None:
        SHARED["asker"] = LookAlikes() if peers else False
    rows = []
    for name in SHARED["names"]:
        pixels = altered(name, pictures[at], fillers)
        row = {"transformation": name, "photograph": pictures[at].is_photograph, "false": []}
        looks = look_distances(pixels, held)
        row |= {way: bool(is_near(near[at])) for way, near in looks.items()}
        row["false PDQ"] = int(sum(is_near(near) for n, near in enumerate(looks["Clew's hashes"]) if n != at))
        row |= scene_row(pixels, at, held, is_known=any(is_near(near) for near in looks["Clew's hashes"]))
        row["peers"] = peer_row(pixels, at, held) if SHARED["asker"] else {}
        rows.append(row)
    print(f"{pictures[at].name}", file=sys.stderr, flush=True)
    return rows


def scene_row(pixels, at, held, *, is_known):
    """First look; a closer one where it finds nothing and no hash does either."""
    row = {"false": []}
    found, proposed = scene_matches(pixels, held, deep=False)
    row["scene, first look"] = at in found and at in proposed
    row["scene, unproposed"] = at in found and at not in proposed
    looks = [(found, proposed)]
    if not is_known and not proposed & set(found):
        looks.append(scene_matches(pixels, held, deep=True))
    row["scene"] = any(at in found and at in proposed for found, proposed in looks)
    row["graded"] = str(next((found[at].grade for found, proposed in looks if at in found and at in proposed), ""))
    for deep, (found, _proposed) in enumerate(looks):
        row["false"] += [[at, n, bool(deep), m.inliers, str(m.grade)] for n, m in found.items() if n != at]
    row["deep"] = len(looks) > 1
    return row


def peer_row(pixels, at, held):
    """Method -> distance to the true picture, and the least to any other."""
    row = {}
    for name, asked in SHARED["asker"].hashes(pixels).items():
        if asked is None:
            row[name] = (FAR, FAR)
            continue
        near = distances(held.metrics[name], asked, held.peers[name])
        true, near[at] = near[at], FAR if held.metrics[name] == "hamming" else 1e9
        row[name] = (float(true), float(near.min()))
    return row


def table(rows, metrics):
    """Transformation -> way -> share found, in percent."""
    strictest = {name: min(row["peers"][name][1] for row in rows) for name in metrics}
    told = {}
    for name in SHARED["names"]:
        these = [row for row in rows if row["transformation"] == name]
        found = {way: [row[way] for row in these] for way in (*LOOKS, "scene, first look", "scene")}
        found["Clew"] = [row["Clew's hashes"] or row["scene"] for row in these]
        found["graded the picture"] = [row["Clew's hashes"] or row["graded"] in {"copy", "part"} for row in these]
        for way, least in strictest.items():
            found[way] = [row["peers"][way][0] < least for row in these]
        told[name] = {way: round(100 * sum(hits) / len(hits), 1) for way, hits in found.items()}
    return told, strictest


def prepare(form, peers):
    pictures = originals(photographs_max=form["photographs"], rooms=form["rooms"])
    photographs = [picture for picture in pictures if picture.is_photograph]
    rooms = [picture for picture in pictures if not picture.is_photograph]
    spare = form["fillers"] if len(photographs) > 2 * form["fillers"] else 0
    fillers = photographs[:spare] or rooms[: form["fillers"]]
    photographs, rooms = photographs[spare:], rooms if spare else rooms[form["fillers"] :]
    held = photographs + rooms
    first = len(photographs)
    asked = [*range(min(form["asked"][0], first)), *range(first, min(first + form["asked"][1], len(held)))]
    SHARED.update(pictures=held, fillers=Fillers(fillers), peers=bool(peers))
    SHARED["held"] = Held([picture.pixels for picture in held], peers)
    return held, asked


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few originals, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    options.add_argument("--alone", action="store_true", help="without the peers")
    options.add_argument(
        "--only", nargs="+", choices=list(TRANSFORMATIONS), help="these alterations alone, no overlays"
    )
    options.add_argument("--rows", help="a file for every single outcome")
    chosen = options.parse_args()
    form = FORMS["quick" if chosen.quick else "full"]
    cv2.setNumThreads(1)
    warm_up()
    peers = None if chosen.alone else LookAlikes()
    SHARED["names"] = chosen.only or list(TRANSFORMATIONS)
    held, asked = prepare(form, peers)
    if peers:
        peers.close()
    processes = len(os.sched_getaffinity(0))
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        rows = [row for told in pool.imap_unordered(asked_about, asked, chunksize=1) for row in told]
    told, strictest = table(rows, SHARED["held"].metrics)
    false = [entry for row in rows for entry in [(row["transformation"], *match) for match in row["false"]]]
    figures = {
        "held": len(held),
        "held_photographs": sum(picture.is_photograph for picture in held),
        "asked_originals": len(asked),
        "asked_pictures": len(rows),
        "stranger_pairs": len(rows) * (len(held) - 1),
        "looked_closer": sum(row["deep"] for row in rows),
        "false_pdq": sum(row["false PDQ"] for row in rows),
        "false_scene": [[name, held[a].name, held[b].name, *rest] for name, a, b, *rest in false],
        "peers_nearest_stranger": strictest,
        "recall": told,
        "overlays": {} if chosen.only else measure_overlays(held, form["overlay_pairs"]),
    }
    if chosen.rows:
        with open(chosen.rows, "w") as file:  # noqa: PTH123
            json.dump(rows, file)
    if not chosen.json:
        for name, found in told.items():
            print(f"{name:24}", found)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
