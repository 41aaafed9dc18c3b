"""Animations: the frames of a GIF, WebP, APNG or AVIF as moments with their times, so that each meets pictures and films like a film's frame.

Frames are hashed as what a viewer shows: RGB, alpha dropped, at full size, as the first one is hashed as a picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from clew.kernel.limits import ANIMATION_FRAMES_MAX, ANIMATION_MEGAPIXELS_MAX, FRAME_PIXELS_MAX
from clew.media.colour_modes import as_rgb
from clew.media.kinds import ANIMATED_PARSERS, MediaType
from clew.signatures.films import Moment

# Browsers show a frame that states no time, or next to none, for a tenth of a second.
_DURATION_MS_MIN, _DURATION_MS_ELSE = 11, 100


def is_animated(media_type: MediaType, facts: Mapping[str, Any]) -> bool:
    """Whether a picture of this type with these facts is shown as a short film."""
    return media_type.parser in ANIMATED_PARSERS and facts.get("frames", 1) > 1


def animation_moments(source: BinaryIO, parser: str) -> Iterator[Moment]:
    """The frames of an animation with their times from the beginning, up to the limits; one that repeats the frame before is left out.

    Raises what the decoder raises; what came before it stands.
    """
    time_ms, megapixels, before = 0, 0.0, b""
    with Image.open(source, formats=[parser]) as im:
        for number in range(min(getattr(im, "n_frames", 1), ANIMATION_FRAMES_MAX)):
            im.seek(number)
            im.load()
            megapixels += im.width * im.height / 1e6
            if megapixels > ANIMATION_MEGAPIXELS_MAX or im.width * im.height > FRAME_PIXELS_MAX:
                return
            pixels = np.ascontiguousarray(as_rgb(im, im))
            shown = pixels.tobytes()
            if shown != before:
                yield Moment(number, time_ms, pixels)
            before = shown
            stated = im.info.get("duration") or 0
            time_ms += round(stated) if stated >= _DURATION_MS_MIN else _DURATION_MS_ELSE
