"""Train the scene signature's vocabulary: means, rotations, medians and centroids, from folders of benign pictures.

The file it writes is part of the signature's format. A new one makes every held signature unreadable, so it gets a new version number.
The same pictures, numpy and OpenCV give the same file. Format 1 was made of 249 photographs drawn from the packages named here, and of
rendered rooms; without folders, the packages are fetched. Some of them are what the other benchmarks ask about too.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from photographs import FILE_SIZE_BYTES_MIN, fetch
from PIL import Image

from clew.demo.render.views import picture_of
from clew.signatures.scene import QUERY_LONG_SIDE_PIXELS
from clew.signatures.scene_codes import HALF_WORDS
from clew.signatures.scene_keypoints import DESCRIPTOR_VALUES, keypoints_of, resized

SEED = 20260725
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
#: Debian packages whose wallpapers and sample pictures the shipped vocabulary has seen.
PACKAGES = (
    *("cinnamon-desktop-data", "debian-edu-artwork", "gimp-data-extras", "gnome-backgrounds", "hugin-data"),
    *("labelme-examples", "libopencv-dev", "lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04", "lxqt-themes"),
    *("mate-backgrounds", "opencv-data", "opencv-doc", "plasma-workspace-wallpapers", "propaganda-debian"),
    "ukui-wallpapers",
)
HALF = DESCRIPTOR_VALUES // 2


def pictures(folders, rooms):
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size >= FILE_SIZE_BYTES_MIN:
                yield np.asarray(Image.open(path).convert("L"))
    for place in range(rooms):
        yield np.asarray(Image.fromarray(picture_of(place, 0)).convert("L"))


def descriptors_of(folders, rooms):
    """Held keypoints of each picture as it is, and of its middle: fine details of whole pictures are coarse ones of their parts."""
    found = []
    for grey in pictures(folders, rooms):
        height, width = grey.shape
        middle = np.ascontiguousarray(grey[height // 4 : -height // 4, width // 4 : -width // 4])
        found.append(keypoints_of(resized(grey, QUERY_LONG_SIDE_PIXELS), 300).descriptors)
        found.append(keypoints_of(resized(middle, QUERY_LONG_SIDE_PIXELS), 200).descriptors)
    return np.concatenate(found)


def balanced_axes(descriptors):
    """The main axes, dealt out so that both halves hold the same share of the variance (1, 4, 5, 8 … against 2, 3, 6, 7 …)."""
    values, vectors = np.linalg.eigh(np.cov(descriptors.T.astype(np.float64)))
    axes = vectors[:, np.argsort(-values)].T
    # An axis has two directions: the one in which its largest part is positive is kept, whatever the library chose.
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    ranks = np.arange(DESCRIPTOR_VALUES) % 4
    return np.concatenate([axes[(ranks == 0) | (ranks == 3)], axes[(ranks == 1) | (ranks == 2)]])


def centroids_of(vectors, rng, rounds):
    known = vectors[rng.choice(len(vectors), HALF_WORDS, replace=False)].astype(np.float64)
    for _round in range(rounds):
        nearest = ((known**2).sum(axis=1) - 2.0 * (vectors @ known.T)).argmin(axis=1)
        counts = np.bincount(nearest, minlength=HALF_WORDS)
        order = np.argsort(nearest, kind="stable")
        begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
        full = counts > 0
        sums = np.add.reduceat(vectors[order].astype(np.float64), begins[full], axis=0)
        known[full] = sums / counts[full, None]
        known[~full] = vectors[rng.choice(len(vectors), int((~full).sum()), replace=False)]
    return known


def train(descriptors, rounds):
    rng = np.random.default_rng(SEED)
    mean = descriptors.mean(axis=0, dtype=np.float64)
    centred = descriptors.astype(np.float64) - mean
    rotation, upper = np.linalg.qr(rng.standard_normal((DESCRIPTOR_VALUES, DESCRIPTOR_VALUES)))
    rotation = (rotation * np.sign(np.diag(upper))).T
    medians = np.median(centred @ rotation.T, axis=0)
    axes = balanced_axes(centred)
    turned = centred @ axes.T
    centroids = np.stack([centroids_of(turned[:, at * HALF : (at + 1) * HALF], rng, rounds) for at in (0, 1)])
    made = {"mean": mean, "rotation": rotation, "medians": medians, "axes": axes, "centroids": centroids}
    return {name: array.astype(np.float32) for name, array in made.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of benign pictures, instead of the packages")
    parser.add_argument("--rooms", type=int, default=200, help="rendered rooms to learn from")
    parser.add_argument("--descriptors", type=int, default=160_000, help="descriptors to learn from")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--quick", action="store_true", help="a trial on few pictures, under a minute")
    parser.add_argument("--json", action="store_true", help="print nothing but one object")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rooms, chosen.descriptors, chosen.rounds = 4, 4_000, 3
    with tempfile.TemporaryDirectory() as folder:
        # A trial makes do with rooms.
        if not chosen.folders and not chosen.quick and fetch(Path(folder), PACKAGES):
            chosen.folders = [Path(folder)]
        found = descriptors_of(chosen.folders, chosen.rooms)
    if len(found) > chosen.descriptors:
        found = found[np.sort(np.random.default_rng(SEED).choice(len(found), chosen.descriptors, replace=False))]
    made = train(found, chosen.rounds)
    if chosen.out:
        np.savez_compressed(chosen.out, **made)
    halves = (found - made["mean"]) @ made["axes"].T
    print(json.dumps({"descriptors": len(found), "variance_of_halves": [float(halves[:, :HALF].var(axis=0).sum()), float(halves[:, HALF:].var(axis=0).sum())]}))  # fmt: skip


if __name__ == "__main__":
    main()
