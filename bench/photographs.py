"""Photographs for the benchmarks: wallpapers and sample pictures out of Debian packages, one of each scene, and rendered rooms.

The packages are fetched once with apt-get and pip, unpacked without being installed, and the pictures kept, shrunk to 1024 pixels, in a
folder of the user's cache. Where neither can be had, rooms alone are given, and the figures say so.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from related import one_of_each

from clew.demo.render.views import picture_of

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "clew-bench" / "photographs"
#: The larger JPEG files among them, as they came.
FILES = CACHE / "files"
FILES_KEPT_MAX, FILE_PIXELS_MIN = 80, 1_900_000
PACKAGES = (
    *("opencv-doc", "plasma-workspace-wallpapers", "gnome-backgrounds", "mate-backgrounds", "lxqt-themes"),
    *(
        "gcompris-qt-data",
        "lomiri-wallpapers",
        "lomiri-wallpapers-16.04",
        "lomiri-wallpapers-20.04",
        "ukui-wallpapers",
        "sway-backgrounds",
    ),
)
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
# What OpenCV's handbook shows was made from its samples, and the two cameras' calibration boards are one room.
LEFT_OUT = ("/html/", "examples/data/left", "examples/data/right")
# Clip art, and pieces cut out for a jigsaw.
NO_PHOTOGRAPHS = ("rcc-lang", "rcc-details")
FILE_SIZE_BYTES_MIN = 15_000
SIDE_PIXELS_MIN, LONG_SIDE_PIXELS_MAX = 200, 1024
# Less contrast than this is an empty page or a plain colour: no picture.
DEVIATION_MIN = 12.0
#: The rooms of these benchmarks begin here, far from those of the demo world.
PLACE = 40_000


@dataclass(frozen=True, eq=False)
class Original:
    """A picture, no scene of which is in any other: its name and its (H, W, 3) RGB pixels."""

    name: str
    pixels: np.ndarray

    @property
    def is_photograph(self):
        return not self.name.startswith("room")


def originals(*, photographs_max, rooms):
    """Photographs, in an order drawn once, and that many rooms after them."""
    paths = [path for path in sorted(_kept().glob("*.png")) if not any(part in path.name for part in NO_PHOTOGRAPHS)]
    order = np.random.default_rng(1).permutation(len(paths))[:photographs_max]
    taken = [Original(paths[at].stem, np.asarray(Image.open(paths[at]).convert("RGB"))) for at in order]
    return taken + [Original(f"room{n}", picture_of(PLACE + n, 0)) for n in range(rooms)]


def files():
    """JPEG files of real photographs, of two megapixels and more, as they came; none where no package could be had."""
    _kept()
    return sorted(FILES.glob("*.jpg"))


def _kept():
    """The folder of photographs, filled at first use."""
    if not (CACHE / "whole").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            if fetch(Path(folder), PACKAGES, wheels=("scikit-image",)):
                _keep(Path(folder))
                _keep_files(Path(folder))
                (CACHE / "whole").touch()
    return CACHE


def fetch(folder, packages, wheels=()):
    """Unpack every package that can be had into the folder; whether there were any."""
    if shutil.which("apt-get") and shutil.which("dpkg"):
        # One at a time: a package that this distribution lacks must not cost the others.
        for package in packages:
            subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, check=False, capture_output=True)
        for archive in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", archive, folder / archive.name.split("_")[0]], check=True)
        for bundle in folder.rglob("*.rcc"):
            _unbundle(bundle)
    for name in wheels:
        wheel = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), name]
        subprocess.run(wheel, check=False, capture_output=True)
    for archive in folder.glob("*.whl"):
        with zipfile.ZipFile(archive) as files:
            files.extractall(folder / archive.name.split("-")[0])
    return any(folder.iterdir())


def _unbundle(bundle):
    """Write out the WebP pictures that lie whole in a Qt resource file (RIFF: four letters, the length, what kind)."""
    content = bundle.read_bytes()
    for n, found in enumerate(re.finditer(rb"RIFF(.{4})WEBP", content, re.DOTALL)):
        length = int.from_bytes(found.group(1), "little") + 8
        bundle.with_name(f"{bundle.stem}{n}.webp").write_bytes(content[found.start() : found.start() + length])


def _keep(folder):
    """Read every picture in the folder and keep one of each scene."""
    read = {}
    for path in sorted(folder.rglob("*")):
        is_named = path.suffix.lower() in ENDINGS and not any(part in str(path) for part in LEFT_OUT)
        if is_named and path.is_file() and path.stat().st_size >= FILE_SIZE_BYTES_MIN:
            pixels = _pixels(path)
            if pixels is not None:
                read["-".join(path.relative_to(folder).parts[-3:]).replace(" ", "_")] = pixels
    print(f"{len(read)} pictures read; keeping one of each scene", file=sys.stderr, flush=True)
    for name in one_of_each(read):
        Image.fromarray(read[name]).save(CACHE / f"{name}.png")


def _keep_files(folder):
    """Copy JPEG files of two megapixels and more."""
    FILES.mkdir(exist_ok=True)
    for path in sorted(folder.rglob("*.jpg")):
        with contextlib.suppress(OSError), Image.open(path) as picture:
            if picture.format == "JPEG" and picture.width * picture.height >= FILE_PIXELS_MIN:
                shutil.copyfile(path, FILES / f"{len(list(FILES.iterdir())):03}.jpg")
        if len(list(FILES.iterdir())) >= FILES_KEPT_MAX:
            return


def _pixels(path):
    """(H, W, 3), at most 1024 on a side; None of what is no picture to search for."""
    try:
        picture = Image.open(path).convert("RGBA")
    except (OSError, ValueError):
        return None
    page = Image.new("RGBA", picture.size, "white")
    page.alpha_composite(picture)
    page = page.convert("RGB")
    page.thumbnail((LONG_SIDE_PIXELS_MAX, LONG_SIDE_PIXELS_MAX), Image.Resampling.LANCZOS)
    pixels = np.asarray(page)
    return pixels if min(pixels.shape[:2]) >= SIDE_PIXELS_MIN and pixels.std() >= DEVIATION_MIN else None
