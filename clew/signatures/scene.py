"""Scene signatures: how a picture is found again of which only a part is left, or which is only a part of another.

PDQ sees a picture as a whole; a crop, a border, a collage or a photograph of a screen is another whole. Here a few hundred located
keypoints are kept instead. `scene_looks(pixels, box)` makes what is held and what asks; `scene_of(pixels)` and
`scene_query_of(pixels, deep=False)` one of them.
`clew.matching.scene_index` finds candidates and `clew.matching.scene_verify` decides.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from clew.signatures.opencv import cv2
from clew.signatures.pdq import PixelsUnusable
from clew.signatures.scene_codes import vocabulary
from clew.signatures.scene_keypoints import Keypoints, keypoints_of, resized
from clew.signatures.scene_relief import fields_of, slopes_of
from clew.signatures.scene_signature import SIDE_UNITS, SceneQuery, SceneSignature, SceneUnreadable, Shorts
from clew.signatures.trimmed import TrimBox, trim_box

__all__ = ["SceneQuery", "SceneSignature", "SceneUnreadable", "scene_looks", "scene_of", "scene_query_of", "warm_up"]

#: What is held, and of it what asks: the first ones, so that a picture is looked at once. A crop of a tenth of the area shows a tenth of them,
#: so more are held than asked with: a comparison costs as the product of both.
QUERY_LONG_SIDE_PIXELS, QUERY_KEYPOINTS = 640, 400
HELD_KEYPOINTS = 600
#: The deep form is for when nothing was found, or an officer asks: it costs about four times as much.
DEEP_LONG_SIDE_PIXELS, DEEP_KEYPOINTS = 1024, 1500
#: Words probed for each keypoint of a question.
PROBES = 2
#: The small grey copy of a question: a fifth of its side still fills the relief's fields.
GREY_LONG_SIDE_PIXELS = 160
#: Sizes in sixteenths of an octave, from a 4096th of the longer side on.
_SIZE_STEPS_PER_OCTAVE, _SIZE_ZERO_OCTAVES = 16, 12


def scene_looks(pixels: npt.NDArray[np.uint8], box: TrimBox | None) -> tuple[SceneSignature, SceneQuery]:
    """What is held of (H, W, 3) RGB or (H, W) grey pixels, and the question they ask, from one look at them.

    `box` is what `trim_box` made of them. Raises PixelsUnusable for pixels of any other form.
    """
    seen = _asked(pixels, box, QUERY_LONG_SIDE_PIXELS, HELD_KEYPOINTS)
    return seen.direct, seen.first(QUERY_KEYPOINTS)


def scene_of(pixels: npt.NDArray[np.uint8]) -> SceneSignature:
    """The held signature alone; raises PixelsUnusable."""
    grey, inside = _looked_at(pixels, _box_of(pixels), QUERY_LONG_SIDE_PIXELS)
    found = keypoints_of(grey, HELD_KEYPOINTS)
    return _signature(found, pixels, inside, vocabulary().words(found.descriptors), slopes_of(fields_of(grey)))


def scene_query_of(pixels: npt.NDArray[np.uint8], *, deep: bool = False) -> SceneQuery:
    """The question alone; `deep` looks closer and finds smaller parts. Raises PixelsUnusable."""
    look = (DEEP_LONG_SIDE_PIXELS, DEEP_KEYPOINTS) if deep else (QUERY_LONG_SIDE_PIXELS, QUERY_KEYPOINTS)
    return replace(_asked(pixels, _box_of(pixels), *look), is_deep=deep)


def _asked(pixels: npt.NDArray[np.uint8], box: TrimBox | None, long_side_pixels: int, count: int) -> SceneQuery:
    grey, inside = _looked_at(pixels, box, long_side_pixels)
    found = keypoints_of(grey, count)
    turned, known, fields = found.mirrored(), vocabulary(), fields_of(grey)
    probes, turned_probes = known.words(found.descriptors, PROBES), known.words(turned.descriptors, PROBES)
    turned_box = inside._replace(left=pixels.shape[1] - inside.left - inside.width)
    return SceneQuery(
        _signature(found, pixels, inside, probes[:, :1], slopes_of(fields)),
        _signature(turned, pixels, turned_box, turned_probes[:, :1], slopes_of(fields[:, ::-1])),
        probes,
        turned_probes,
        _small(grey),
    )


def warm_up() -> None:
    """Read the vocabulary and load OpenCV's detector, so that the first real picture does not wait."""
    scene_query_of(np.zeros((64, 64), dtype=np.uint8))


def _box_of(pixels: npt.NDArray[np.uint8]) -> TrimBox | None:
    return trim_box(pixels) if pixels.ndim in {2, 3} and pixels.dtype == np.uint8 else None


def _looked_at(
    pixels: npt.NDArray[np.uint8], box: TrimBox | None, long_side_pixels: int
) -> tuple[npt.NDArray[np.uint8], TrimBox]:
    """The grey levels inside any border at the size that is looked at, and where that lies."""
    is_grey = pixels.ndim == 2
    if pixels.dtype != np.uint8 or not (is_grey or (pixels.ndim == 3 and pixels.shape[2] == 3)) or pixels.size == 0:
        raise PixelsUnusable
    inside = box or TrimBox(0, 0, pixels.shape[1], pixels.shape[0])
    view = inside.of(pixels)
    grey = view if is_grey else np.asarray(cv2.cvtColor(view, cv2.COLOR_RGB2GRAY), np.uint8)
    return resized(grey, long_side_pixels), inside


def _signature(
    found: Keypoints, pixels: npt.NDArray[np.uint8], box: TrimBox, words: Shorts, slopes: npt.NDArray[np.uint8]
) -> SceneSignature:
    long_side = max(found.width, found.height)
    octaves = np.log2(np.maximum(found.size, 1e-3) / long_side) + _SIZE_ZERO_OCTAVES
    return SceneSignature(
        width=pixels.shape[1],
        height=pixels.shape[0],
        box=box,
        x=_units(found.x, long_side),
        y=_units(found.y, long_side),
        size=np.clip(np.rint(octaves * _SIZE_STEPS_PER_OCTAVE), 0, 255).astype(np.uint8),
        angle=(np.rint(found.angle * (256 / 360)).astype(np.int64) % 256).astype(np.uint8),
        words=np.ascontiguousarray(words.reshape(-1)),
        codes=vocabulary().codes(found.descriptors),
        relief=slopes,
    )


def _units(places: npt.NDArray[np.float32], long_side: int) -> Shorts:
    """Places in pixels, the middle of the first at 0, as shares of the longer side that count from the first pixel's edge."""
    return np.clip(np.rint((places + 0.5) / long_side * SIDE_UNITS), 0, SIDE_UNITS).astype(np.uint16)


def _small(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    share = min(1.0, GREY_LONG_SIDE_PIXELS / max(grey.shape))
    size = (max(1, round(grey.shape[1] * share)), max(1, round(grey.shape[0] * share)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
