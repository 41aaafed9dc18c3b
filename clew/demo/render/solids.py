"""The bodies everything is built of: boxes, balls and tapered cylinders, each an affine image of a unit body."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from clew.demo.render.surfaces import Surface

Point = tuple[float, float, float]

#: Columns of one solid: world-to-unit matrix 0-8, centre 9-11, half sizes 12-14, taper 15, bounding radius 16, shadow 17,
#: lowest corner 18-20 and highest corner 21-23 of the box around it.
SOLID_COLUMNS = 24


class Form(IntEnum):
    """The unit bodies; the numbers are what the kernels branch on."""

    BOX = 0
    BALL = 1
    #: Upright; its radius is 1 + taper * z, so a negative taper narrows upwards.
    CYLINDER = 2


@dataclass(frozen=True, slots=True)
class Solid:
    """One body: where its centre is, its half sizes in metres, turned by `tilt` about x and then by `yaw` about z."""

    form: Form
    centre: Point
    half: Point
    surface: Surface
    yaw: float = 0.0
    tilt: float = 0.0
    taper: float = 0.0
    has_shadow: bool = True

    def moved(self, x: float, y: float, z: float, yaw: float) -> Solid:
        """The body turned by `yaw` about the origin and then shifted."""
        cosine, sine = math.cos(yaw), math.sin(yaw)
        cx, cy, cz = self.centre
        centre = (cosine * cx - sine * cy + x, sine * cx + cosine * cy + y, cz + z)
        return replace(self, centre=centre, yaw=self.yaw + yaw)

    def axes(self) -> npt.NDArray[np.float64]:
        """Unit body to world: a (3, 3) matrix without the shift."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        k, t = math.cos(self.tilt), math.sin(self.tilt)
        x, y, z = self.half
        return np.array([[c * x, -s * k * y, s * t * z], [s * x, c * k * y, -c * t * z], [0.0, t * y, k * z]])


@dataclass(frozen=True, slots=True)
class Bodies:
    """Solids as the kernels read them: numbers (N, 24), forms (N,), surfaces (N, 15), corners (N, 8, 3) in the world."""

    numbers: npt.NDArray[np.float32]
    forms: npt.NDArray[np.int64]
    surfaces: npt.NDArray[np.float64]
    corners: npt.NDArray[np.float64]


_SIGNS = np.array([[x, y, z] for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0)])


def bodies_of(solids: Sequence[Solid]) -> Bodies:
    """Pack solids into arrays."""
    numbers = np.zeros((len(solids), SOLID_COLUMNS))
    axes = np.array([solid.axes() for solid in solids])
    centre = np.array([solid.centre for solid in solids])
    half = np.array([solid.half for solid in solids])
    taper = np.array([solid.taper for solid in solids])
    is_ball = np.array([solid.form is Form.BALL for solid in solids])
    widest = 1.0 + np.abs(taper)
    numbers[:, 0:9] = np.linalg.inv(axes).reshape(-1, 9)
    numbers[:, 9:12], numbers[:, 12:15], numbers[:, 15] = centre, half, taper
    numbers[:, 16] = np.where(is_ball, half.max(axis=1), np.linalg.norm(half, axis=1) * widest)
    numbers[:, 17] = [solid.has_shadow and solid.surface.glow == 0.0 for solid in solids]
    spread = np.abs(axes).sum(axis=2) * widest[:, None]
    numbers[:, 18:21], numbers[:, 21:24] = centre - spread, centre + spread
    signs = _SIGNS[None] * np.stack((widest, widest, np.ones_like(widest)), axis=1)[:, None]
    corners = signs @ axes.transpose(0, 2, 1) + centre[:, None]
    forms = np.array([int(solid.form) for solid in solids], dtype=np.int64)
    surfaces = np.array([solid.surface.row() for solid in solids])
    return Bodies(numbers.astype(np.float32), forms, surfaces, corners)
