"""A piece of furniture: bodies in its own frame (x along the wall, y away from it, z up), its extent, and places to put things on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from clew.demo.render.solids import Form, Point, Solid
from clew.demo.render.surfaces import Surface


@dataclass(frozen=True, slots=True)
class Piece:
    """Furniture standing with its back at y = 0 and its middle at x = 0; `spots` are free places on top, z included."""

    solids: tuple[Solid, ...]
    width: float
    depth: float
    height: float
    spots: tuple[Point, ...] = ()
    #: Metres above the floor of its lowest part: pictures and shelves hang.
    bottom: float = 0.0
    #: Rugs lie under other things.
    is_flat: bool = False
    #: Where its own light burns, if it is a lamp.
    lamp: Point | None = None

    def placed(self, x: float, y: float, yaw: float) -> Piece:
        """The piece in the room's frame."""
        cosine, sine = math.cos(yaw), math.sin(yaw)

        def shift(point: Point) -> Point:
            return (cosine * point[0] - sine * point[1] + x, sine * point[0] + cosine * point[1] + y, point[2])

        solids = tuple(solid.moved(x, y, 0.0, yaw) for solid in self.solids)
        spots = tuple(shift(spot) for spot in self.spots)
        lamp = shift(self.lamp) if self.lamp else None
        return Piece(solids, self.width, self.depth, self.height, spots, self.bottom, self.is_flat, lamp)


def box(surface: Surface, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> Solid:
    """An axis-parallel box from its bounds."""
    centre = ((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, (z[0] + z[1]) / 2)
    return Solid(Form.BOX, centre, ((x[1] - x[0]) / 2, (y[1] - y[0]) / 2, (z[1] - z[0]) / 2), surface)


def ball(surface: Surface, centre: Point, radius: float, height: float | None = None) -> Solid:
    """A ball, or an upright ellipsoid of half `height`."""
    return Solid(Form.BALL, centre, (radius, radius, height or radius), surface)


def rod(surface: Surface, x: float, y: float, z: tuple[float, float], radius: float, taper: float = 0.0) -> Solid:
    """An upright cylinder; `radius` is that of its middle."""
    return Solid(Form.CYLINDER, (x, y, (z[0] + z[1]) / 2), (radius, radius, (z[1] - z[0]) / 2), surface, taper=taper)


def legs(surface: Surface, width: float, depth: float, height: float, thick: float, is_round: bool) -> list[Solid]:
    """Four legs under a top of width and depth."""
    made = []
    for x in (-width / 2 + thick, width / 2 - thick):
        for y in (thick, depth - thick):
            half = thick / 2
            made.append(
                rod(surface, x, y, (0.0, height), half)
                if is_round
                else box(surface, (x - half, x + half), (y - half, y + half), (0.0, height))
            )
    return made
