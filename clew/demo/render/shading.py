"""Which way a surface faces, and which bodies may stand between a square of points and a light."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clew.demo.render.bundles import Bundle, Floats
from clew.demo.render.kernels import kernel


@kernel
def normal_at(
    solids: Bundle, forms: npt.NDArray[np.int64], key: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """The outward normal of a body (of the room: inward) at a point of its face."""
    body, face = key >> 3, key & 7
    if body == forms.shape[0]:
        sign = 1.0 - 2.0 * (face & 1)
        return (sign if face < 2 else 0.0), (sign if 2 <= face < 4 else 0.0), (sign if face >= 4 else 0.0)
    solid = solids[body]
    axis = face >> 1
    if forms[body] == 0 or (forms[body] == 2 and face >= 4):
        sign = 2.0 * (face & 1) - 1.0
        nx, ny, nz = sign * solid[3 * axis], sign * solid[3 * axis + 1], sign * solid[3 * axis + 2]
    else:
        x, y, z = x - solid[9], y - solid[10], z - solid[11]
        lx = solid[0] * x + solid[1] * y + solid[2] * z
        ly = solid[3] * x + solid[4] * y + solid[5] * z
        lz = solid[6] * x + solid[7] * y + solid[8] * z
        if forms[body] == 2:
            lz = -solid[15] * (1.0 + solid[15] * lz)
        nx = lx * solid[0] + ly * solid[3] + lz * solid[6]
        ny = lx * solid[1] + ly * solid[4] + lz * solid[7]
        nz = lx * solid[2] + ly * solid[5] + lz * solid[8]
    length = 1.0 / math.sqrt(nx * nx + ny * ny + nz * nz + 1e-20)
    return nx * length, ny * length, nz * length


@kernel
def may_shade(solid: Bundle, middle: Floats, radius: float, end: Floats, spread: float) -> bool:
    """The body may stand between a ball of points and a ball of light.

    The points lie within `radius` of `middle` and the light within `spread` of `end`; the body is known by its ball
    (16) and by the box around it (18-23).
    """
    if solid[17] == 0.0:
        return False
    length, along = 1e-12, 0.0
    for k in range(3):
        if solid[21 + k] < min(middle[k] - radius, end[k] - spread) or solid[18 + k] > max(
            middle[k] + radius, end[k] + spread
        ):
            return False
        length += (end[k] - middle[k]) ** 2
        along += (solid[9 + k] - middle[k]) * (end[k] - middle[k])
    part = min(1.0, max(0.0, along / length))
    away = 0.0
    for k in range(3):
        away += (solid[9 + k] - middle[k] - part * (end[k] - middle[k])) ** 2
    reach = solid[16] + radius + part * (spread - radius)
    return bool(away < reach * reach)
