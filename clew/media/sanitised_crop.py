"""Sanitised crops: a region of a picture as a fresh file made of nothing but its pixels, for those who may see a thing but not the picture.

What lies outside the region, or under a mask over a person, is replaced by one grey before anything is shrunk or encoded. So no such pixel
has a part in any byte of the crop: not at its edge, not in its colours, not in a thumbnail. `crop_proof` shows it for each crop.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import simplejpeg
from PIL import Image

from clew.kernel.limits import CROP_MASKS_MAX, CROP_SIDE_PIXELS_MAX
from clew.media.crop_regions import Box, Flags, Region, RegionRefused
from clew.media.examination import Pixels
from clew.media.shrinking import shrunk

#: What stands where nothing may be seen.
FILL_GREY = 128
#: Fine print on a label is often all there is to see.
CROP_QUALITY = 92


class CropEncoding(StrEnum):
    """How a crop is written. PNG keeps every pixel; JPEG is smaller."""

    PNG = "png"
    JPEG = "jpeg"


def sanitised_crop(
    pixels: Pixels,
    region: Region,
    masks: Sequence[Region] = (),
    *,
    side_pixels_max: int = CROP_SIDE_PIXELS_MAX,
    encoding: CropEncoding = CropEncoding.PNG,
) -> bytes:
    """The region of the (H, W, 3) RGB picture, its masks grey, no side longer than `side_pixels_max`, as a file without any metadata.

    What of the region lies beyond the picture is left out. Raises RegionRefused where nothing would be seen.
    """
    return encoded(shown(pixels, region, masks, side_pixels_max=side_pixels_max), encoding)


def shown(pixels: Pixels, region: Region, masks: Sequence[Region], *, side_pixels_max: int) -> Pixels:
    """The crop as (h, w, 3) pixels, before it is encoded."""
    if not 1 <= side_pixels_max <= CROP_SIDE_PIXELS_MAX:
        raise RegionRefused(reason=f"a side has 1 to {CROP_SIDE_PIXELS_MAX} pixels")
    bounds, visible = visible_of(pixels.shape[0], pixels.shape[1], region, masks)
    fresh = np.full((*visible.shape, 3), FILL_GREY, dtype=np.uint8)
    # Only now is the picture read, and of it only what may be seen.
    np.copyto(fresh, pixels[bounds.top : bounds.bottom, bounds.left : bounds.right], where=visible[:, :, None])
    return shrunk(fresh, side_pixels_max)


def visible_of(height: int, width: int, region: Region, masks: Sequence[Region]) -> tuple[Box, Flags]:
    """The box of the picture that a crop takes, and which of its (h, w) pixels may be seen."""
    if len(masks) > CROP_MASKS_MAX:
        raise RegionRefused(reason=f"there are more than {CROP_MASKS_MAX} masks")
    around = region.bounds
    left, top = max(0, around.left), max(0, around.top)
    right, bottom = min(width, around.right), min(height, around.bottom)
    if left >= right or top >= bottom:
        raise RegionRefused(reason="it lies outside the picture")
    bounds = Box(left, top, right, bottom)
    visible = region.inside(bounds)
    if not visible.any():
        raise RegionRefused(reason="no pixel lies in it")
    for mask in masks:
        visible &= ~mask.inside(bounds)
    if not visible.any():
        raise RegionRefused(reason="its masks leave nothing of it")
    return bounds, visible


def encoded(pixels: Pixels, encoding: CropEncoding) -> bytes:
    """The (h, w, 3) pixels as a file: sRGB, as every picture without a profile is read."""
    if encoding is CropEncoding.JPEG:
        jpeg: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=CROP_QUALITY, colorsubsampling="444")
        return jpeg
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()
