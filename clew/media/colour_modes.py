"""Colour modes: every way in which Pillow holds a picture, as 8-bit RGB. Alpha is dropped, never blended, so hashes stay those of the colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import (
    Image,
    ImageCms,  # noqa: F401 - Pillow imports it for LAB, and in the jail nothing more can be imported
)

from clew.media.examination import Pixels

# Modes of one channel that Pillow's own conversion clips instead of scaling.
_DEEP_MODES = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I", "F"})
# Premultiplied modes, and the plain ones they come from.
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


def as_rgb(band: Image.Image, whole: Image.Image) -> Pixels:
    """A band of rows of a picture, as (height, width, 3) uint8. `whole` is the picture itself: deep modes are scaled by its range."""
    if band.mode in _DEEP_MODES:
        grey = _scaled(np.asarray(band), _ceiling(whole))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if band.mode in _PREMULTIPLIED:
        band = band.convert(_PREMULTIPLIED[band.mode])
    return np.asarray(band if band.mode == "RGB" else band.convert("RGB"))


def _ceiling(whole: Image.Image) -> float:
    """The value that becomes white: the type's own where it is known, else the next usual one above the brightest pixel."""
    if whole.mode.startswith("I;16"):
        return 65535.0
    brightest = whole.getextrema()[1]
    if not isinstance(brightest, (int, float)) or not np.isfinite(brightest):
        return 255.0
    usual = (1.0, 255.0, 65535.0) if whole.mode == "F" else (255.0, 65535.0)
    return next((ceiling for ceiling in usual if brightest <= ceiling), float(brightest))


def _scaled(values: npt.NDArray[np.generic], ceiling: float) -> npt.NDArray[np.uint8]:
    scaled = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=ceiling, neginf=0.0) * np.float32(255.0 / ceiling)
    grey: npt.NDArray[np.uint8] = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return grey
