"""The thumbnail inside EXIF: whether there is one, and whether it shows another picture: some editors crop a picture and forget it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from clew.media.examination import Pixels

_SIDE = 32
_STEP_SIDE = 512
#: Below this likeness (correlation of lightness) the two show different things; a letterboxed or sharpened copy stays above 0.9 in trials.
LIKENESS_MIN = 0.8
# So little changes in a plain picture that it is like any other.
_SPREAD_MIN = 4.0


def exif_thumbnail_facts(im: Image.Image, pixels: Pixels) -> dict[str, Any]:
    """Facts of the thumbnail of an opened picture; raises whatever Pillow raises on a damaged one."""
    linked = im.getexif().get_ifd(ExifTags.IFD.IFD1)
    block = im.info.get("exif", b"")
    start, size_bytes = linked.get(513), linked.get(514)
    if not isinstance(start, int) or not isinstance(size_bytes, int) or not block.startswith(b"Exif\0\0"):
        return {}
    with Image.open(io.BytesIO(block[6 + start : 6 + start + size_bytes]), formats=["JPEG"]) as small:
        facts: dict[str, Any] = {"exif_thumbnail": f"{small.width} x {small.height} pixels"}
        likeness = _likeness(small.convert("L"), pixels)
    if likeness is not None:
        facts |= {"exif_thumbnail_likeness": round(likeness, 3), "exif_thumbnail_differs": int(likeness < LIKENESS_MIN)}
    return facts


def _likeness(small: Image.Image, pixels: Pixels) -> float | None:
    """How alike the two are, -1 to 1; None where one of them is too plain to say."""
    step = max(1, max(pixels.shape[:2]) // _STEP_SIDE)
    whole = Image.fromarray(np.ascontiguousarray(pixels[::step, ::step])).convert("L")
    # Cameras fit a thumbnail of fixed sides with bars above and below, or beside.
    width = min(small.width, round(small.height * whole.width / whole.height))
    height = min(small.height, round(small.width * whole.height / whole.width))
    left, top = (small.width - width) // 2, (small.height - height) // 2
    one, two = _grid(small.crop((left, top, left + width, top + height))), _grid(whole)
    if min(one.std(), two.std()) < _SPREAD_MIN:
        return None
    return float(np.corrcoef(one, two)[0, 1])


def _grid(im: Image.Image) -> npt.NDArray[np.float64]:
    return np.asarray(im.resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float64).ravel()
