"""The grade of a scene match: is it the same picture around the shared keypoints, or two pictures under one caption, mark or frame?

The question's small grey copy is laid onto the held picture by the transform that was found. Where both get lighter and darker alike it
is one picture; where they do not, only what was found is shared. Blocks of four by four fields are judged each for itself, so that a
caption or a covered corner costs its own blocks and no others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from clew.signatures.scene_relief import MARKED_LEVELS, RELIEF_FIELDS
from clew.signatures.scene_signature import SceneSignature

Floats = NDArray[np.float64]

#: Samples along each side of a field.
_SAMPLES = 6
#: Fields along each side of a block.
BLOCK_FIELDS = 4
BLOCKS = RELIEF_FIELDS // BLOCK_FIELDS
#: What a slope says, as the logarithm of how much more often it is met in one picture than in two: by whether each side is marked
#: (none, one, both) and whether they rise alike.
_WEIGHTS = np.array([[-0.1, 0.1], [-0.7, 0.0], [-1.5, 0.8]])
#: Less said than this either way leaves a block open.
_BLOCK_EVIDENCE_MIN = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How the pictures agree where one lies on the other: shares of 0 to 1."""

    #: Blocks that are the same, among those that say anything.
    same: float
    #: How many blocks say anything.
    judged: int


@njit(
    types.void(
        types.Array(types.uint8, 2, "C", readonly=True), types.float64[::1], types.float64[:, ::1], types.uint8[:, ::1]
    ),
    nogil=True,
    cache=True,
)
def lay_onto(
    grey: NDArray[np.uint8], transform: Floats, fields: NDArray[np.float64], is_covered: NDArray[np.uint8]
) -> None:
    """The mean level of `grey` in each field of the held picture. `transform` leads from fields (x, y from 0 to 24) to pixels."""
    height, width = grey.shape
    for row in range(fields.shape[0]):
        for column in range(fields.shape[1]):
            total, within = 0.0, 0
            for step_down in range(_SAMPLES):
                for step_right in range(_SAMPLES):
                    u = column + (step_right + 0.5) / _SAMPLES
                    v = row + (step_down + 0.5) / _SAMPLES
                    x = transform[0] * u + transform[1] * v + transform[2] - 0.5
                    y = transform[3] * u + transform[4] * v + transform[5] - 0.5
                    if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5):
                        continue
                    x, y = min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)
                    left, above = int(math.floor(x)), int(math.floor(y))
                    right, below = min(left + 1, width - 1), min(above + 1, height - 1)
                    part_x, part_y = x - left, y - above
                    upper = grey[above, left] * (1.0 - part_x) + grey[above, right] * part_x
                    lower = grey[below, left] * (1.0 - part_x) + grey[below, right] * part_x
                    total += upper * (1.0 - part_y) + lower * part_y
                    within += 1
            is_covered[row, column] = within == _SAMPLES * _SAMPLES
            fields[row, column] = total / within if within else 0.0


def compare(grey: NDArray[np.uint8], query: SceneSignature, transform: Floats, held: SceneSignature) -> Agreement:
    """How the question's grey copy, laid onto the held picture by a (2, 3) transform in trimmed units, agrees with its relief."""
    evidence = block_evidence(*laid(grey, query, transform, held), held.relief)
    same, different = int((evidence >= _BLOCK_EVIDENCE_MIN).sum()), int((evidence <= -_BLOCK_EVIDENCE_MIN).sum())
    judged = same + different
    return Agreement(same / judged if judged else 0.0, judged)


def laid(
    grey: NDArray[np.uint8], query: SceneSignature, transform: Floats, held: SceneSignature
) -> tuple[Floats, NDArray[np.uint8]]:
    """The (24, 24) mean levels of the question in the held picture's fields, and which of them it covers whole."""
    long_side, query_long_side = max(held.box.width, held.box.height), max(query.box.width, query.box.height)
    to_held = np.diag([held.box.width / long_side / RELIEF_FIELDS, held.box.height / long_side / RELIEF_FIELDS, 1.0])
    to_grey = np.diag(
        [
            query_long_side / query.box.width * grey.shape[1],
            query_long_side / query.box.height * grey.shape[0],
            1.0,
        ]
    )
    to_query = np.linalg.inv(np.vstack([transform, (0.0, 0.0, 1.0)]))
    fields = np.empty((RELIEF_FIELDS, RELIEF_FIELDS))
    is_covered = np.empty((RELIEF_FIELDS, RELIEF_FIELDS), dtype=np.uint8)
    moved = np.ascontiguousarray((to_grey @ to_query @ to_held)[:2]).reshape(-1)
    lay_onto(np.ascontiguousarray(grey), moved, fields, is_covered)
    return fields, is_covered


def block_evidence(fields: Floats, is_covered: NDArray[np.uint8], relief: NDArray[np.uint8]) -> Floats:
    """What the slopes of each of the 6 x 6 blocks say together: above 0 for one picture, below for two."""
    evidence = np.zeros((BLOCKS, BLOCKS))
    half = RELIEF_FIELDS * (RELIEF_FIELDS - 1)
    shapes = ((RELIEF_FIELDS, RELIEF_FIELDS - 1), (RELIEF_FIELDS - 1, RELIEF_FIELDS))
    for axis, held in ((1, relief[:half].reshape(shapes[0])), (0, relief[half:].reshape(shapes[1]))):
        step = np.diff(fields, axis=axis)
        both = is_covered.astype(bool)
        known = both[:, 1:] & both[:, :-1] if axis == 1 else both[1:] & both[:-1]
        marked = (np.abs(step) >= MARKED_LEVELS).astype(np.int64) + (held >> 1)
        alike = ((step > 0) == (held & 1).astype(bool)).astype(np.int64)
        weights = np.where(known, _WEIGHTS[marked, alike], 0.0)
        rows, columns = np.indices(weights.shape)
        np.add.at(evidence, (rows // BLOCK_FIELDS, columns // BLOCK_FIELDS), weights)
    return evidence
