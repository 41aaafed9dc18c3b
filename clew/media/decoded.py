"""What decoding gives: pixels and facts, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clew.kernel.errors import ClewError
from clew.media.examination import MetadataValue, Pixels, UnreadableReason

#: Gives the array to decode into, from height and width.
Canvas = Callable[[int, int], Pixels]


class MediaUnreadable(ClewError):
    """The file cannot be opened: {reason}. Its bytes are kept and its exact hashes compared."""

    status = 422

    def __init__(self, reason: UnreadableReason, *, width: int = 0, height: int = 0) -> None:
        self.reason = reason
        self.width = width
        self.height = height
        super().__init__(reason=reason.value)


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """What a decoder made of a file: pixels as (height, width, 3) uint8 RGB, or None for video and sound, and its metadata.

    `shown` is a small still in sRGB where the picture has another colour profile: for people, never for hashes.
    """

    pixels: Pixels | None
    width: int | None
    height: int | None
    exif_orientation: int
    metadata: dict[str, MetadataValue]
    shown: Pixels | None = None


def new_canvas(height: int, width: int) -> Pixels:
    """An ordinary array to decode into, for use without a jail's shared memory."""
    return np.empty((height, width, 3), np.uint8)
