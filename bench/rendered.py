"""Pictures for the benchmarks: rendered rooms, enlarged to the size asked for, with the grain a camera leaves."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from clew.demo.render.views import picture_of

#: Megapixels by name, as (width, height).
SIZES = {"0.3": (640, 480), "2": (1632, 1224), "12": (4000, 3000)}


def jpeg_of(place: int, view: int, size: tuple[int, int], *, quality: int = 88) -> bytes:
    """A JPEG of a room at a size."""
    picture = Image.fromarray(picture_of(place, view))
    if picture.size != size:
        enlarged = np.asarray(picture.resize(size, Image.Resampling.BICUBIC)).astype(np.int16)
        grain = np.random.default_rng(place).normal(0, 3, enlarged.shape[:2])[..., None]
        picture = Image.fromarray((enlarged + grain).clip(0, 255).astype(np.uint8))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def write_pictures(folder: Path, size: tuple[int, int], number: int, *, place: int = 0) -> list[Path]:
    """That many different pictures of rooms, from a place on, as files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for n in range(number):
        path = folder / f"room{n:04}.jpg"
        path.write_bytes(jpeg_of(place + n // 8, n % 8, size))
        paths.append(path)
    return paths
