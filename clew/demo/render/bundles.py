"""Bundles of 64 rays against one body at a time: the same arithmetic for all rays without a branch, so that it runs in vector registers.

A bundle is one flat float32 array of eight rows of 64: origin x, y, z, direction x, y, z, the nearest parameter so far,
and the key of what was met there (8 * body + face). Rows are found by constant offsets so that the compiler sees they
do not overlap.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clew.demo.render.kernels import kernel

#: Rays in a bundle, and the offsets of its rows.
RAYS = 64
OX, OY, OZ, DX, DY, DZ, BEST, KEY = (row * RAYS for row in range(8))

Floats = npt.NDArray[np.float64]
Bundle = npt.NDArray[np.float32]

_ZERO, _ONE, _TWO, _TINY = np.float32(0.0), np.float32(1.0), np.float32(2.0), np.float32(1e-9)
_FAR = np.float32(1e30)


@kernel
def _meet_box(m: Bundle, key: np.float32, lowest: np.float32, rays: Bundle) -> None:
    """The slabs of the unit box; the face is 2 * axis, plus one on the positive side."""
    m0, m1, m2, m3, m4, m5, m6, m7, m8, cx, cy, cz = (
        m[0],
        m[1],
        m[2],
        m[3],
        m[4],
        m[5],
        m[6],
        m[7],
        m[8],
        m[9],
        m[10],
        m[11],
    )
    for i in range(RAYS):
        x, y, z = rays[OX + i] - cx, rays[OY + i] - cy, rays[OZ + i] - cz
        dx, dy, dz = rays[DX + i], rays[DY + i], rays[DZ + i]
        lx, ly, lz = m0 * dx + m1 * dy + m2 * dz, m3 * dx + m4 * dy + m5 * dz, m6 * dx + m7 * dy + m8 * dz
        ix = _ONE / (lx if abs(lx) > _TINY else _TINY)
        iy = _ONE / (ly if abs(ly) > _TINY else _TINY)
        iz = _ONE / (lz if abs(lz) > _TINY else _TINY)
        px, py, pz = (
            -(m0 * x + m1 * y + m2 * z) * ix,
            -(m3 * x + m4 * y + m5 * z) * iy,
            -(m6 * x + m7 * y + m8 * z) * iz,
        )
        x0, y0, z0 = px - abs(ix), py - abs(iy), pz - abs(iz)
        x1, y1, z1 = px + abs(ix), py + abs(iy), pz + abs(iz)
        near = max(y0, x0)
        near = max(near, z0)
        far = min(y1, x1)
        far = min(far, z1)
        side = np.float32(4.0) + (_ZERO if lz > _ZERO else _ONE)
        side = _TWO + (_ZERO if ly > _ZERO else _ONE) if near == y0 else side
        side = (_ZERO if lx > _ZERO else _ONE) if near == x0 else side
        best, known = rays[BEST + i], rays[KEY + i]
        is_met = (near <= far) & (near > lowest) & (near < best)
        rays[BEST + i] = near if is_met else best
        rays[KEY + i] = key + side if is_met else known


@kernel
def _meet_ball(m: Bundle, key: np.float32, lowest: np.float32, rays: Bundle) -> None:
    """The near side of the unit ball."""
    m0, m1, m2, m3, m4, m5, m6, m7, m8, cx, cy, cz = (
        m[0],
        m[1],
        m[2],
        m[3],
        m[4],
        m[5],
        m[6],
        m[7],
        m[8],
        m[9],
        m[10],
        m[11],
    )
    for i in range(RAYS):
        x, y, z = rays[OX + i] - cx, rays[OY + i] - cy, rays[OZ + i] - cz
        dx, dy, dz = rays[DX + i], rays[DY + i], rays[DZ + i]
        lx, ly, lz = m0 * dx + m1 * dy + m2 * dz, m3 * dx + m4 * dy + m5 * dz, m6 * dx + m7 * dy + m8 * dz
        px, py, pz = m0 * x + m1 * y + m2 * z, m3 * x + m4 * y + m5 * z, m6 * x + m7 * y + m8 * z
        a, b = lx * lx + ly * ly + lz * lz + _TINY, px * lx + py * ly + pz * lz
        # The point of the ray nearest the middle, rather than b * b - a * c, which loses small far balls to rounding.
        part = b / a
        qx, qy, qz = px - part * lx, py - part * ly, pz - part * lz
        root = (_ONE - (qx * qx + qy * qy + qz * qz)) / a
        near = -part - math.sqrt(max(_ZERO, root))
        best, known = rays[BEST + i], rays[KEY + i]
        is_met = (root > _ZERO) & (near > lowest) & (near < best)
        rays[BEST + i] = near if is_met else best
        rays[KEY + i] = key if is_met else known


@kernel
def _meet_cylinder(m: Bundle, key: np.float32, lowest: np.float32, rays: Bundle) -> None:
    """The tapered unit cylinder: side is face 0, bottom 4, top 5."""
    m0, m1, m2, m3, m4, m5, m6, m7, m8, cx, cy, cz = (
        m[0],
        m[1],
        m[2],
        m[3],
        m[4],
        m[5],
        m[6],
        m[7],
        m[8],
        m[9],
        m[10],
        m[11],
    )
    taper = m[15]
    for i in range(RAYS):
        x, y, z = rays[OX + i] - cx, rays[OY + i] - cy, rays[OZ + i] - cz
        dx, dy, dz = rays[DX + i], rays[DY + i], rays[DZ + i]
        lx, ly, lz = m0 * dx + m1 * dy + m2 * dz, m3 * dx + m4 * dy + m5 * dz, m6 * dx + m7 * dy + m8 * dz
        px, py, pz = m0 * x + m1 * y + m2 * z, m3 * x + m4 * y + m5 * z, m6 * x + m7 * y + m8 * z
        radius, slope = _ONE + taper * pz, taper * lz
        a = lx * lx + ly * ly - slope * slope
        a = a if abs(a) > _TINY else _TINY
        b = px * lx + py * ly - radius * slope
        root = b * b - a * (px * px + py * py - radius * radius)
        side = (-b - math.sqrt(max(_ZERO, root))) / a
        best, known = rays[BEST + i], rays[KEY + i]
        is_met = (root > _ZERO) & (side > lowest) & (side < best) & (abs(pz + side * lz) <= _ONE)
        best, known = (side if is_met else best), (key if is_met else known)
        iz = _ONE / (lz if abs(lz) > _TINY else _TINY)
        # Only the end that the ray comes towards can be met from outside.
        end = -_ONE if lz > _ZERO else _ONE
        flat = (end - pz) * iz
        x, y, rim = px + flat * lx, py + flat * ly, _ONE + taper * end
        is_met = (flat > lowest) & (flat < best) & (x * x + y * y <= rim * rim)
        rays[BEST + i] = flat if is_met else best
        rays[KEY + i] = (key + (np.float32(4.0) if lz > _ZERO else np.float32(5.0))) if is_met else known


@kernel
def meet_body(solid: Bundle, form: int, body: int, lowest: float, rays: Bundle) -> None:
    """Let every ray of the bundle meet one body, beyond parameter `lowest` and before what it met so far."""
    key, least = np.float32(8 * body), np.float32(lowest)
    if form == 0:
        _meet_box(solid, key, least, rays)
    elif form == 1:
        _meet_ball(solid, key, least, rays)
    else:
        _meet_cylinder(solid, key, least, rays)


@kernel
def meet_room(room: Floats, bodies: int, rays: Bundle) -> None:
    """Set every ray's first hit to the wall, floor or ceiling (0..width, 0..depth, 0..height) it leaves the room by."""
    wide, deep, high = np.float32(room[0]), np.float32(room[1]), np.float32(room[2])
    key = np.float32(8 * bodies)
    for i in range(RAYS):
        dx, dy, dz = rays[DX + i], rays[DY + i], rays[DZ + i]
        tx = ((wide if dx > _ZERO else _ZERO) - rays[OX + i]) / (dx if abs(dx) > _TINY else _TINY)
        ty = ((deep if dy > _ZERO else _ZERO) - rays[OY + i]) / (dy if abs(dy) > _TINY else _TINY)
        tz = ((high if dz > _ZERO else _ZERO) - rays[OZ + i]) / (dz if abs(dz) > _TINY else _TINY)
        tx, ty, tz = (tx if tx > _ZERO else _FAR), (ty if ty > _ZERO else _FAR), (tz if tz > _ZERO else _FAR)
        best, side = tz, np.float32(4.0) + (_ONE if dz > _ZERO else _ZERO)
        side = _TWO + (_ONE if dy > _ZERO else _ZERO) if ty < best else side
        best = min(best, ty)
        side = (_ONE if dx > _ZERO else _ZERO) if tx < best else side
        best = min(best, tx)
        rays[BEST + i] = best
        rays[KEY + i] = key + side
