"""Textures of floors and walls. Each answers (share of the second colour, share of the third, tone) at (u, v) in pattern units."""

from __future__ import annotations

import math

from clew.demo.render.kernels import kernel
from clew.demo.render.noise import clouds, lattice, noise, seam, step


@kernel
def grain(u: float, v: float, seed: int) -> float:
    """Wood grain along u in 0..1: rings drawn long, with fine fibres."""
    wobble = noise(0.7 * u, 2.0 * v, seed) * 3.0
    rings = 3.0 * v + wobble
    ring = rings - math.floor(rings)
    return 0.65 * ring * ring + 0.35 * noise(3.0 * u, 60.0 * v, seed + 9)


@kernel
def planks(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Floor boards: one unit wide, nine long, each of its own tone."""
    row = math.floor(v)
    along = u / 9.0 + lattice(row, 7, seed)
    board = math.floor(along)
    tone = 0.62 + 0.6 * lattice(board, row, seed + 3)
    gap = max(seam(v, 0.035), seam(along, 0.005))
    return grain(0.6 * u, v + 13.0 * board, seed + row), 0.0, tone * (1.0 - 0.75 * gap)


@kernel
def tiles(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Square tiles in two colours, with joints."""
    column, row = math.floor(u), math.floor(v)
    joint = max(seam(u, 0.04), seam(v, 0.04))
    tone = 0.85 + 0.25 * lattice(column, row, seed) + 0.15 * (clouds(2.0 * u, 2.0 * v, seed) - 0.5)
    return float((column + row) & 1), joint, tone


@kernel
def carpet(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Pile: fine fibres, and worn places a metre wide."""
    return (
        clouds(0.8 * u, 0.8 * v, seed),
        0.0,
        0.6 + 0.3 * noise(23.0 * u, 23.0 * v, seed) + 0.4 * clouds(3.0 * u, 3.0 * v, seed + 5),
    )


@kernel
def paint(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Painted plaster with faint roller marks and stains."""
    mottle = clouds(0.9 * u, 0.9 * v, seed)
    return 0.6 * step(0.5, 0.8, mottle), 0.0, 0.92 + 0.1 * noise(14.0 * u, 9.0 * v, seed + 4) + 0.12 * (mottle - 0.5)


@kernel
def stripes(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Vertical stripes, broad ones edged by thin lines of the third colour."""
    part = u - math.floor(u)
    broad = step(0.0, 0.03, part) * (1.0 - step(0.45, 0.48, part))
    thin = step(0.56, 0.58, part) * (1.0 - step(0.62, 0.64, part))
    return broad, thin, 0.92 + 0.12 * noise(8.0 * u, 0.6 * v, seed)


@kernel
def motif(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Wallpaper: staggered leaves round a dot, the shape drawn by the seed."""
    row = math.floor(v)
    x = u + 0.5 * (row & 1)
    x, y = 2.0 * (x - math.floor(x)) - 1.0, 2.0 * (v - row) - 1.0
    slim = 1.4 + 1.6 * lattice(3, 1, seed)
    wave = 0.25 * (1.0 - abs(y)) * (noise(4.0 * abs(x), 3.0 * y + 9.0, seed) - 0.5)
    leaf = 1.0 - step(0.62, 0.7, slim * abs(x) + abs(y) + wave)
    dot = 1.0 - step(0.025, 0.04, x * x + y * y)
    edge = seam(0.5 * (x + y), 0.03) + seam(0.5 * (x - y), 0.03)
    return max(leaf, 0.5 * min(1.0, edge)), dot, 0.94 + 0.1 * noise(12.0 * u, 12.0 * v, seed)


@kernel
def bricks(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Running bond: bricks one high and three long, mortar in the third colour."""
    row = math.floor(v)
    along = u / 3.0 + 0.5 * (row & 1)
    brick = math.floor(along)
    mortar = max(seam(v, 0.09), seam(along, 0.03))
    rough = clouds(2.2 * u, 2.2 * v, seed)
    return lattice(brick, row, seed), mortar, 0.55 + 0.4 * lattice(row, brick, seed + 1) + 0.5 * rough


@kernel
def panels(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Vertical wooden boards with grooves."""
    board = math.floor(u)
    tone = 0.75 + 0.35 * lattice(board, 2, seed)
    return grain(v, u + 5.0 * board, seed + board), 0.0, tone * (1.0 - 0.7 * seam(u, 0.05))


@kernel
def marble(u: float, v: float, seed: int) -> tuple[float, float, float]:
    """Stone with veins."""
    turbulence = clouds(1.3 * u, 1.3 * v, seed)
    vein = abs(2.0 * noise(1.1 * u + 2.5 * turbulence, 1.1 * v, seed + 8) - 1.0)
    return 1.0 - step(0.0, 0.16, vein), 0.0, 0.8 + 0.35 * turbulence
