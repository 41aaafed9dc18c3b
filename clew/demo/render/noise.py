"""Value noise: the randomness of every texture, from integer hashes of lattice points, so a place always looks the same."""

from __future__ import annotations

import math

from clew.demo.render.kernels import kernel


@kernel
def lattice(column: int, row: int, seed: int) -> float:
    """A number in 0..1 that belongs to one lattice point of one seed."""
    mixed = column * 374761393 + row * 668265263 + seed * 2246822519
    mixed = (mixed ^ (mixed >> 13)) * 1274126177
    mixed ^= mixed >> 16
    return (mixed & 0xFFFFFF) / 16777216.0


@kernel
def noise(x: float, y: float, seed: int) -> float:
    """Smooth noise in 0..1 with features one unit wide."""
    column, row = math.floor(x), math.floor(y)
    fx, fy = x - column, y - row
    fx, fy = fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy)
    upper = lattice(column, row, seed) * (1.0 - fx) + lattice(column + 1, row, seed) * fx
    lower = lattice(column, row + 1, seed) * (1.0 - fx) + lattice(column + 1, row + 1, seed) * fx
    return upper * (1.0 - fy) + lower * fy


@kernel
def clouds(x: float, y: float, seed: int) -> float:
    """Three octaves of noise (fractal Brownian motion) in 0..1."""
    return (4.0 * noise(x, y, seed) + 2.0 * noise(2.1 * x, 2.1 * y, seed + 1) + noise(4.3 * x, 4.3 * y, seed + 2)) / 7.0


@kernel
def step(low: float, high: float, value: float) -> float:
    """0 below `low`, 1 above `high`, smooth between."""
    part = min(1.0, max(0.0, (value - low) / (high - low)))
    return part * part * (3.0 - 2.0 * part)


@kernel
def seam(position: float, width: float) -> float:
    """1 on the lines where `position` is whole, falling to 0 at `width` from them."""
    part = position - math.floor(position)
    return 1.0 - step(0.0, width, min(part, 1.0 - part))
