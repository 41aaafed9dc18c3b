"""The watermark: who looks at a picture, and when, written into its pixels, so that a photograph of the screen says whose screen it was."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image, ImageDraw, ImageFont

from clew.kernel.limits import WATERMARK_CHARACTERS_MAX
from clew.media.renditions import RENDITION_QUALITY

Pixels = npt.NDArray[np.uint8]
#: Letters' height in pixels, as a part of the shorter side and at least; lines of words stand so many heights apart.
_LETTERS_PART, _LETTERS_PIXELS_MIN, _LINES_APART = 0.045, 9, 5
#: How far the letters are mixed into the picture, of 1: to be read on a photograph, and the picture still to be seen.
_SHARE = 0.38


def marked(pixels: Pixels, words: str) -> Pixels:
    """The (h, w) or (h, w, 3) picture with the words over all of it, light on dark places and dark on light ones."""
    height, width = pixels.shape[:2]
    letters = _letters(height, width, words[:WATERMARK_CHARACTERS_MAX])
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    ink = np.where(grey < 128, 255.0, 0.0)
    share = letters * _SHARE
    if pixels.ndim == 3:
        ink, share = ink[:, :, None], share[:, :, None]
    mixed: Pixels = (pixels * (1 - share) + ink * share + 0.5).astype(np.uint8)
    return mixed


def step_jpeg(pixels: Pixels) -> bytes:
    """A JPEG of a step, grey where it has one colour."""
    whole = np.ascontiguousarray(pixels)
    colours = {"colorsubsampling": "420"}
    if whole.ndim == 2:
        whole, colours = whole[:, :, None], {"colorspace": "GRAY", "colorsubsampling": "Gray"}
    encoded: bytes = simplejpeg.encode_jpeg(whole, quality=RENDITION_QUALITY, **colours)
    return encoded


@lru_cache(maxsize=64)
def _letters(height: int, width: int, words: str) -> npt.NDArray[np.float32]:
    """Where the words cover a picture of this size: 0 to 1 for each pixel, in rows that run over its edges and are shifted against each other."""
    letters_pixels = max(_LETTERS_PIXELS_MIN, round(_LETTERS_PART * min(height, width)))
    font = ImageFont.load_default(letters_pixels)
    cover = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(cover)
    line = f"{words}   " * (1 + width // max(1, round(draw.textlength(f"{words}   ", font))) + 1)
    for row, top in enumerate(range(0, height, _LINES_APART * letters_pixels)):
        draw.text((-(row % 3) * 4 * letters_pixels, top), line, fill=255, font=font)
    return np.asarray(cover, np.float32) / np.float32(255)
