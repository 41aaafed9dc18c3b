"""Which colour a surface has at a point: the texture's three numbers mixed with the surface's three colours."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clew.demo.render.grounds import bricks, carpet, marble, motif, paint, panels, planks, stripes, tiles
from clew.demo.render.kernels import kernel
from clew.demo.render.noise import noise
from clew.demo.render.things import art, books, clock, dots, folds, leaves, rug, sky, weave, wood


@kernel
def _cloth(kind: int, u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Textures of cloth, china and stone, and the plain one; u and v in pattern units."""
    if kind == 10:
        return weave(u, v, seed)
    if kind == 17:
        return dots(u, v, seed)
    if kind == 18:
        return marble(u, v, seed)
    if kind == 19:
        return float((math.floor(u) + math.floor(v)) & 1), 0.0, 0.9 + 0.15 * noise(15.0 * u, 15.0 * v, seed)
    return 0.3 * noise(9.0 * u, 9.0 * v, seed), 0.0, 0.95 + 0.08 * noise(3.0 * u, 3.0 * v, seed + 1)


@kernel
def _ground(kind: int, u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Textures of floors and walls; u and v in pattern units."""
    if kind == 1:
        return planks(u, v, seed)
    if kind == 2:
        return tiles(u, v, seed)
    if kind == 3:
        return carpet(u, v, seed)
    if kind == 4:
        return paint(u, v, seed)
    if kind == 5:
        return stripes(u, v, seed)
    if kind == 6:
        return motif(u, v, seed)
    if kind == 7:
        return bricks(u, v, seed)
    if kind == 8:
        return panels(u, v, seed)
    return _cloth(kind, u, v, seed)


@kernel
def _thing(kind: int, u: float, v: float, half_u: float, half_v: float, seed: int) -> tuple[float, float, float]:
    """Textures that know the face they lie on; u and v in metres from its middle."""
    if kind == 9:
        return wood(u, v, half_u, half_v, seed)
    if kind == 11:
        return rug(u, v, half_u, half_v, seed)
    if kind == 12:
        return art(u, v, half_u, half_v, seed)
    if kind == 13:
        return sky(u, v, half_v, seed)
    if kind == 14:
        return books(u, v, half_v, seed)
    if kind == 15:
        return clock(u, v, half_u, seed)
    if kind == 16:
        return leaves(u, v, seed)
    return folds(u, seed)


@kernel
def colour_at(
    surfaces: npt.NDArray[np.float64], which: int, u: float, v: float, half_u: float, half_v: float
) -> tuple[float, float, float]:
    """The reflectance (red, green, blue) of surface `which` at (u, v) metres on a face of half sizes (half_u, half_v)."""
    kind, seed = int(surfaces[which, 0]), int(surfaces[which, 13])
    if kind in (9, 20) or 11 <= kind <= 16:
        second, third, tone = _thing(kind, u, v, half_u, half_v, seed)
    else:
        second, third, tone = _ground(kind, u / surfaces[which, 10], v / surfaces[which, 10], seed)
    first = (1.0 - second) * (1.0 - third) * tone
    second *= (1.0 - third) * tone
    third *= tone
    return (
        first * surfaces[which, 1] + second * surfaces[which, 4] + third * surfaces[which, 7],
        first * surfaces[which, 2] + second * surfaces[which, 5] + third * surfaces[which, 8],
        first * surfaces[which, 3] + second * surfaces[which, 6] + third * surfaces[which, 9],
    )
