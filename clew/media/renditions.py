"""Renditions: thumbnails and previews, made from pixels that came out of the jail, so nothing of the original but its look is in them.

They are encoded outside the jail on purpose: raw pixels cannot attack a resizer, while a JPEG written by a captured decoder
could attack the browser that shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image

from clew.media.shrinking import shrunk

RENDITION_QUALITY = 82
#: Pictures in a row of a contact sheet, pixels between them, and the grey behind them.
SHEET_COLUMNS, SHEET_GAP_PIXELS, SHEET_GREY = 6, 4, 128

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
    return _jpeg(small)


def contact_sheet(pictures: Sequence[npt.NDArray[np.uint8]]) -> bytes:
    """A JPEG of small (h, w, 3) pictures in rows, in their order, each in a place as large as the largest."""
    height, width = (max(picture.shape[axis] for picture in pictures) + SHEET_GAP_PIXELS for axis in (0, 1))
    columns = min(SHEET_COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * height, columns * width, 3), SHEET_GREY, dtype=np.uint8)
    for place, picture in enumerate(pictures):
        top, left = place // columns * height, place % columns * width
        sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return _jpeg(sheet)


def _jpeg(pixels: npt.NDArray[np.uint8]) -> bytes:
    # Colour at half the resolution, as cameras keep it.
    encoded: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(pixels), quality=RENDITION_QUALITY, colorsubsampling="420"
    )
    return encoded
