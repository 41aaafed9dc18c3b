"""Colour management: how a picture with a colour profile is meant to look, as a small sRGB still for people.

Hashes are made of the unmanaged pixels, as everybody's are; only what is shown is managed, and only on a shrunk copy.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from clew.kernel.limits import ICC_PROFILE_BYTES_MAX, PREVIEW_SIDE_PIXELS_MAX
from clew.media.examination import Pixels
from clew.media.shrinking import shrunk

#: What is told of a profile that is not read.
PROFILE_TOO_LARGE = {"icc_told": "larger than Clew reads: shown as stored"}
_SRGB = ImageCms.createProfile("sRGB")
# The profile's own name for its colours, and the mode of Pillow that holds them.
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def managed(im: Image.Image, pixels: Pixels) -> tuple[Pixels | None, dict[str, Any]]:
    """A still of the opened picture in sRGB, if it has another profile, and what the profile says of itself. A damaged one is told, never raised."""
    embedded = im.info.get("icc_profile")
    if not embedded:
        return None, {}
    if len(embedded) > ICC_PROFILE_BYTES_MAX:
        return None, dict(PROFILE_TOO_LARGE)
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
        name = ImageCms.getProfileDescription(profile).strip()
        colours = profile.profile.xcolor_space.strip()
        facts = {"icc_profile": name, "icc_colours": colours}
        if "srgb" in name.lower():
            return None, facts
        return _converted(im, pixels, profile, colours), facts
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a profile is as hostile as the rest, and the picture is good without it
        return None, {"icc_told": "damaged: shown as stored"}


def _converted(im: Image.Image, pixels: Pixels, profile: ImageCms.ImageCmsProfile, colours: str) -> Pixels:
    mode = _MODES[colours]
    if mode == "CMYK":
        small = im.reduce(max(1, max(im.size) // PREVIEW_SIDE_PIXELS_MAX))
    else:
        small = Image.fromarray(shrunk(pixels, PREVIEW_SIDE_PIXELS_MAX))
    shown = ImageCms.profileToProfile(small.convert(mode), profile, _SRGB, outputMode="RGB")
    return np.asarray(shown)
