"""Textures of things: wood, cloth, rugs, pictures, books, clocks, leaves and the view out of the window."""

from __future__ import annotations

import math

from clew.demo.render.grounds import grain
from clew.demo.render.kernels import kernel
from clew.demo.render.noise import clouds, lattice, noise, seam, step


@kernel
def wood(u: float, v: float, half_u: float, half_v: float, seed: int) -> tuple[float, float, float]:
    """Sawn wood, the grain along the longer side."""
    along, across = (u, v) if half_u >= half_v else (v, u)
    return grain(2.0 * along, 6.0 * across, seed), 0.0, 0.85 + 0.25 * noise(3.0 * along, 5.0 * across, seed)


@kernel
def weave(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Plaid cloth: bands of two colours crossing, thin lines of the third."""
    band_u = 0.5 * (1.0 if (u - math.floor(u)) < 0.45 else 0.0)
    band_v = 0.5 * (1.0 if (v - math.floor(v)) < 0.45 else 0.0)
    line = max(seam(u + 0.25, 0.03), seam(v + 0.25, 0.03))
    thread = 0.1 * noise(40.0 * u, 6.0 * v, seed) + 0.1 * noise(6.0 * u, 40.0 * v, seed + 1)
    return band_u + band_v, 0.7 * line, 0.84 + thread + 0.1 * clouds(2.0 * u, 2.0 * v, seed)


@kernel
def rug(u: float, v: float, half_u: float, half_v: float, seed: int) -> tuple[float, float, float]:
    """A bordered rug: frames along the edge, a lattice of diamonds in the field."""
    inward = min(half_u - abs(u), half_v - abs(v))
    pile = 0.8 + 0.2 * noise(90.0 * u, 90.0 * v, seed) + 0.15 * clouds(3.0 * u, 3.0 * v, seed)
    if inward < 0.22:
        ring = int(inward / 0.055)
        tooth = abs((u + v) * 12.0 - math.floor((u + v) * 12.0) - 0.5) < 0.2 and ring == 2
        return (1.0 if ring & 1 else 0.0), (1.0 if ring == 0 or tooth else 0.0), pile
    size = 0.2 + 0.35 * lattice(1, 1, seed)
    x, y = u / size, v / size
    diamond = abs(x - math.floor(x) - 0.5) + abs(y - math.floor(y) - 0.5)
    flower = lattice(math.floor(x), math.floor(y), seed) > 0.5
    return (1.0 if diamond < 0.34 else 0.0), (1.0 if diamond < 0.16 and flower else 0.0), pile


@kernel
def art(u: float, v: float, half_u: float, half_v: float, seed: int) -> tuple[float, float, float]:
    """A framed abstract picture: frame, white mat, then discs, bars and a horizon placed by the seed."""
    inward = min(half_u - abs(u), half_v - abs(v))
    border = 0.05 + 0.04 * lattice(9, 9, seed)
    if inward < 0.5 * border:
        return 0.0, 1.0, 0.3 + 0.8 * lattice(8, 8, seed)
    if inward < 1.6 * border and lattice(7, 7, seed) > 0.35:
        return 0.0, 0.0, 1.9
    x, y = u / half_u, v / half_v
    share = 0.5 * step(-0.02, 0.02, y - 0.8 * (lattice(0, 5, seed) - 0.5) - 0.5 * (lattice(0, 6, seed) - 0.5) * x)
    third, tone = 0.0, 0.75 + 0.3 * clouds(5.0 * x, 5.0 * y, seed)
    for part in range(6):
        x0, y0 = 1.6 * (lattice(part, 1, seed) - 0.5), 1.6 * (lattice(part, 2, seed) - 0.5)
        radius = 0.12 + 0.45 * lattice(part, 3, seed)
        is_disc = lattice(part, 4, seed) > 0.5
        away = math.hypot(x - x0, y - y0) if is_disc else max(abs(x - x0), 4.0 * abs(y - y0))
        if away < radius:
            share, third = lattice(part, 5, seed), (1.0 if lattice(part, 6, seed) > 0.6 else 0.0)
            tone = 0.35 + 1.1 * lattice(part, 7, seed)
    return share, third, tone


@kernel
def sky(u: float, v: float, half_v: float, seed: int) -> tuple[float, float, float]:
    """The view out: clouds, hills of the third colour and a row of houses or trees."""
    height = v / half_v
    hill = -0.35 + 0.35 * noise(1.3 * u, 0.5, seed) + 0.12 * noise(9.0 * u, 1.5, seed + 1)
    house = lattice(math.floor(u * 3.0), 4, seed)
    roof = -0.6 + 0.9 * house if house > 0.4 else -1.0
    if height < max(hill, roof):
        lit = lattice(math.floor(u * 14.0), math.floor(v * 9.0), seed + 5) > 0.6 and height < roof
        return 0.0, 1.0, (1.6 if lit else 0.6 + 0.5 * clouds(6.0 * u, 6.0 * v, seed))
    cover = step(0.4, 0.75, clouds(1.7 * u, 3.4 * v, seed + 2))
    return min(1.0, cover + 0.4 * (1.0 - height) * 0.5), 0.0, 1.0


@kernel
def books(u: float, v: float, half_v: float, seed: int) -> tuple[float, float, float]:
    """A row of spines of differing width, height and colour; dark above the shorter ones."""
    along = u * 24.0 + 0.35 * noise(u * 24.0, 0.0, seed + 2)
    spine = math.floor(along)
    top = half_v * (0.35 + 0.65 * lattice(spine, 3, seed))
    if v > top or lattice(spine, 8, seed) > 0.93:
        return 0.0, 0.0, 0.05
    label = abs(v / half_v + 0.1) < 0.25 * lattice(spine, 4, seed)
    tone = (0.4 + 0.9 * lattice(spine, 5, seed)) * (1.0 - 0.7 * seam(along, 0.14)) * (1.7 if label else 1.0)
    return lattice(spine, 6, seed), (1.0 if lattice(spine, 7, seed) > 0.6 else 0.0), tone


@kernel
def clock(u: float, v: float, half: float, seed: int) -> tuple[float, float, float]:
    """A clock face with twelve marks and two hands."""
    x, y = u / half, v / half
    radius = math.hypot(x, y)
    if radius > 0.86:
        return 1.0, 0.0, 1.0
    turn = math.atan2(y, x) / (2.0 * math.pi) + 1.0
    mark = radius > 0.68 and seam(12.0 * turn, 0.12) > 0.5
    for hand in range(2):
        angle = 2.0 * math.pi * lattice(hand, 1, seed)
        along, across = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
        mark = mark or (0.0 < along < 0.5 + 0.2 * hand and abs(across) < 0.05)
    return 0.0, (1.0 if mark else 0.0), 1.0


@kernel
def leaves(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Foliage: lit leaves over dark gaps."""
    cover = clouds(20.0 * u, 20.0 * v, seed)
    return step(0.4, 0.7, noise(36.0 * u, 36.0 * v, seed + 3)), 0.0, 0.25 + 1.3 * step(0.3, 0.65, cover)


@kernel
def dots(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Round dots on cloth, staggered."""
    row = math.floor(v)
    x = u + 0.5 * (row & 1)
    away = math.hypot(x - math.floor(x) - 0.5, v - row - 0.5)
    return 1.0 - step(0.24, 0.28, away), 0.0, 0.9 + 0.15 * noise(20.0 * u, 20.0 * v, seed)


@kernel
def folds(u: float, seed: int) -> tuple[float, float, float]:
    """A hanging curtain: soft folds, light and shade by turns, some of the second colour."""
    place = 9.0 * u + 1.5 * noise(3.0 * u, 0.0, seed)
    wave = 0.5 + 0.5 * math.sin(2.0 * math.pi * place)
    return (1.0 if math.floor(place / 2.0) % 3 == 0 else 0.0), 0.0, 0.45 + 0.75 * wave
