"""Renditions: thumbnails and previews, made from pixels that came out of the jail, so nothing of the original but its look is in them.

They are encoded outside the jail on purpose: raw pixels cannot attack a resizer, while a JPEG written by a captured decoder
could attack the browser that shows it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image

from clew.media.shrinking import shrunk

RENDITION_QUALITY = 82

# EXIF 2.32, tag 0x0112: how the stored picture is to be turned to stand upright.
_UPRIGHT: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def rendition(pixels: npt.NDArray[np.uint8], *, side_pixels_max: int, exif_orientation: int = 1) -> bytes:
    """A JPEG of the (H, W, 3) RGB picture, upright, shrunk (never enlarged) until no side is longer than `side_pixels_max`."""
    small = shrunk(pixels, side_pixels_max)
    if exif_orientation in _UPRIGHT:
        small = np.asarray(Image.fromarray(small).transpose(_UPRIGHT[exif_orientation]))
    # Colour at half the resolution, as cameras keep it.
    encoded: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(small), quality=RENDITION_QUALITY, colorsubsampling="420"
    )
    return encoded
