"""Relief: where a picture gets lighter and darker, as signs on a grid of 24 by 24 fields.

Keypoints say that two pictures share something; the relief says whether what lies around it is the same picture too, or two pictures under
one caption. It holds 1,104 slopes of two bits each: up or down, slight or marked. No level of grey is kept.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

RELIEF_FIELDS = 24
#: Steps to the right, then steps down.
RELIEF_SLOPES = 2 * RELIEF_FIELDS * (RELIEF_FIELDS - 1)
RELIEF_BYTES = RELIEF_SLOPES // 4
#: From here on a step between neighbouring fields is marked, in levels of 255: compression does not turn its sign.
MARKED_LEVELS = 4.0

Slopes = npt.NDArray[np.uint8]


def fields_of(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """The mean level of each field of (H, W) grey pixels, (24, 24)."""
    size = (RELIEF_FIELDS, RELIEF_FIELDS)
    return np.asarray(cv2.resize(grey.astype(np.float32), size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def slopes_of(fields: npt.NDArray[np.float32]) -> Slopes:
    """Each slope as 0 to 3: bit 0 is set where it rises, bit 1 where it is marked."""
    steps = np.concatenate([np.diff(fields, axis=1).reshape(-1), np.diff(fields, axis=0).reshape(-1)])
    slopes: Slopes = (steps > 0).astype(np.uint8)
    slopes[np.abs(steps) >= MARKED_LEVELS] |= 2
    return slopes


def packed(slopes: Slopes) -> bytes:
    """Four slopes to a byte."""
    four = slopes.reshape(-1, 4)
    return bytes(four[:, 0] | four[:, 1] << 2 | four[:, 2] << 4 | four[:, 3] << 6)


def unpacked(packed_slopes: npt.NDArray[np.uint8]) -> Slopes:
    """The slopes of 276 bytes."""
    return ((packed_slopes[:, None] >> np.array([0, 2, 4, 6], dtype=np.uint8)) & 3).reshape(-1).astype(np.uint8)
