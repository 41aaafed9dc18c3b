"""Keypoints of a picture: places that can be found again after it was cut, pasted, turned or photographed (SIFT, Lowe 2004, by OpenCV).

A picture has thousands; a few hundred are kept, dealt out over coarse and fine details and over sixteen fields of the picture by turns.
The coarse ones are what small copies still have, and the fields are why a corner cut out of it still holds some.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.signatures.opencv import cv2

#: Weaker spots than OpenCV's default are taken: walls and bedding have few others. Those below the first bound come after all others.
CONTRAST_MIN, CONTRAST_FAINT_MIN, EDGE_RATIO_MAX = 0.015, 0.006, 12
#: OpenCV compares the threshold with the contrast times the layers of an octave.
_LAYERS = 3
DESCRIPTOR_VALUES = 128
#: Smaller pictures are enlarged to this long side, since SIFT finds nothing near their edges.
LONG_SIDE_PIXELS_MIN = 384
#: Fields along each side of the picture among which keypoints are dealt out.
_FIELDS = 4
#: Octaves told apart; all coarser ones count as the last.
_STRATA = 6

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """Keypoints in the order in which they matter: places and sizes in pixels of the resized picture, angles in degrees."""

    x: Floats
    y: Floats
    size: Floats
    angle: Floats
    #: (n, 128) RootSIFT: the square roots of a descriptor that sums to one.
    descriptors: Floats
    width: int
    height: int

    def __len__(self) -> int:
        return len(self.x)

    def mirrored(self) -> Keypoints:
        """The keypoints that the picture has when left and right are exchanged, without looking at it again."""
        turned = self.descriptors.reshape(-1, 4, 4, 8)[:, ::-1][..., (-np.arange(8)) % 8]
        return Keypoints(
            (self.width - 1 - self.x).astype(np.float32),
            self.y,
            self.size,
            ((180.0 - self.angle) % 360.0).astype(np.float32),
            np.ascontiguousarray(turned.reshape(-1, DESCRIPTOR_VALUES)),
            self.width,
            self.height,
        )


def resized(grey: npt.NDArray[np.uint8], long_side_pixels: int) -> npt.NDArray[np.uint8]:
    """The (H, W) picture with that longer side; one that is smaller stays as it is, or grows to the least that is usable."""
    height, width = grey.shape
    wanted = min(long_side_pixels, max(LONG_SIDE_PIXELS_MIN, height, width))
    if wanted == max(height, width):
        return grey
    share = wanted / max(height, width)
    size = (max(16, round(width * share)), max(16, round(height * share)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC), np.uint8)


def keypoints_of(grey: npt.NDArray[np.uint8], count_max: int) -> Keypoints:
    """The keypoints of (H, W) grey pixels, at most so many. The same pixels give the same ones, with one build of OpenCV."""
    # One thread: callers run as many pictures at once as they have cores.
    cv2.setNumThreads(1)
    sift = cv2.SIFT_create(contrastThreshold=CONTRAST_FAINT_MIN, edgeThreshold=EDGE_RATIO_MAX)  # type: ignore[attr-defined]
    found = sift.detect(grey, None)
    chosen = [found[at] for at in _dealt(found, grey.shape)[:count_max]]
    descriptors = np.zeros((0, DESCRIPTOR_VALUES), dtype=np.float32)
    if chosen:
        chosen, made = sift.compute(grey, chosen)
        descriptors = _rooted(made)
    facts = np.array([(*spot.pt, spot.size, spot.angle) for spot in chosen], dtype=np.float32).reshape(-1, 4)
    x, y, size, angle = (np.ascontiguousarray(column) for column in facts.T)
    return Keypoints(x, y, size, angle, descriptors, grey.shape[1], grey.shape[0])


def _rooted(descriptors: Floats) -> Floats:
    """RootSIFT (Arandjelovic and Zisserman 2012)."""
    sums = np.maximum(descriptors.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(np.sqrt(np.maximum(descriptors, 0.0) / sums), dtype=np.float32)


def _dealt(found: Any, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """The order by turns: from each octave and field its strongest first, then the second of each, and so on; faint ones by turns after them."""
    if not found:
        return np.empty(0, dtype=np.int64)
    facts = np.array([(*spot.pt, spot.response, spot.octave & 255, spot.angle) for spot in found])
    x, y, response, octave, angle = facts.T
    octave = np.where(octave > 127, octave - 256, octave)
    stratum = np.clip(octave + 1, 0, _STRATA - 1).astype(np.int64)
    row = np.minimum(y * _FIELDS // shape[0], _FIELDS - 1).astype(np.int64)
    column = np.minimum(x * _FIELDS // shape[1], _FIELDS - 1).astype(np.int64)
    is_faint = response * _LAYERS < CONTRAST_MIN
    group = ((is_faint * _STRATA + stratum) * _FIELDS + row) * _FIELDS + column
    # Places and angles settle ties, so that the order does not hang on the detector's own.
    order = np.lexsort((angle, x, y, -response, group))
    begins = np.searchsorted(group[order], group[order], side="left")
    turn = np.empty(len(order), dtype=np.int64)
    turn[order] = np.arange(len(order)) - begins
    return np.lexsort((angle, x, y, -response, turn, is_faint)).astype(np.int64)
