"""Steps: how clear a picture is shown. Each is worked out from the pixels of a rendition, so that what a step leaves out is not in its bytes.

They are a choice of how much to see, and no protection: what was measured is that fewer pictures seen harm less.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from clew.kernel.limits import OUTLINE_SIDE_PIXELS_MAX, REDUCED_SIDE_PIXELS_MAX

Grey = npt.NDArray[np.uint8]
#: How soft a picture is made before its edges are sought, in pixels: fine texture is no outline.
OUTLINE_BLUR_PIXELS = 1.6
#: Greys that are left of an outline and of a picture of reduced detail.
OUTLINE_GREYS, REDUCED_GREYS = 4, 8
#: How steep an edge counts as black, of 255 for each pixel. Sobel's operator gives eight times the slope.
_EDGE_STRENGTH = 24.0
_SOBEL_GAIN = 8.0


class Step(IntEnum):
    """How clear a picture is, from what shows least to what shows most."""

    OUTLINE = 1
    REDUCED = 2
    GREY = 3
    COLOUR = 4

    @property
    def word(self) -> str:
        """Its name in addresses, forms and facts."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Step | None:
        """The step of this name, None where there is none."""
        return next((step for step in cls if step.word == word), None)


def outline(grey: Grey) -> Grey:
    """The edges of a (h, w) picture as dark lines on white, in few greys and no larger than `OUTLINE_SIDE_PIXELS_MAX`; no area keeps its brightness.

    Gradients by Sobel's operator (Sobel & Feldman 1968).
    """
    small = Image.fromarray(_shrunk(grey, OUTLINE_SIDE_PIXELS_MAX))
    soft = np.asarray(small.filter(ImageFilter.GaussianBlur(OUTLINE_BLUR_PIXELS)), np.float32)
    framed = np.pad(soft, 1, mode="edge")
    down = framed[2:] - framed[:-2]
    across = framed[:, 2:] - framed[:, :-2]
    vertical = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    horizontal = across[:-2] + 2 * across[1:-1] + across[2:]
    strength = np.minimum(np.sqrt(vertical**2 + horizontal**2) / (_SOBEL_GAIN * _EDGE_STRENGTH), 1.0)
    levels = np.round(strength * (OUTLINE_GREYS - 1)) * (255 // (OUTLINE_GREYS - 1))
    lines: Grey = (255 - levels).astype(np.uint8)
    return lines


def reduced(grey: Grey) -> Grey:
    """A (h, w) picture of so few pixels and greys that only its masses are left."""
    small = _shrunk(grey, REDUCED_SIDE_PIXELS_MAX)
    width = 256 // REDUCED_GREYS
    few: Grey = (small // width * width + width // 2).astype(np.uint8)
    return few


def _shrunk(grey: Grey, side_pixels_max: int) -> Grey:
    height, width = grey.shape
    scale = side_pixels_max / max(height, width)
    if scale >= 1:
        return grey
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))
