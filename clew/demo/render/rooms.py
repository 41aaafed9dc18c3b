"""A room from its number: its size, what its walls are made of, where the window is, what stands where, and its light."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from clew.demo.render.daylight import Lights, lights_of
from clew.demo.render.fittings import Opening, ceiling_lamp, door, picture, skirting, wall_clock, wall_shelf, window
from clew.demo.render.furniture import bookcase, chair, crates, cupboard, floor_lamp, plant, radiator, rug, table
from clew.demo.render.palettes import Palette, any_wood, floor_of, wall_of
from clew.demo.render.pieces import Piece
from clew.demo.render.plans import Plan
from clew.demo.render.solids import Point, Solid
from clew.demo.render.suites import SUITES, in_the_middle
from clew.demo.render.surfaces import Surface, Texture, hsv
from clew.demo.render.trinkets import trinket


@dataclass(frozen=True, slots=True)
class Standing:
    """A free place on a piece, and the small things that stand on it unless something else does."""

    place: Point
    solids: tuple[Solid, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """A furnished room: x from 0 to width, y from 0 to depth, z up, all in metres.

    `planes` are the surfaces of the walls x = 0, x = width, y = 0, y = depth, of the floor and of the ceiling.
    """

    number: int
    width: float
    depth: float
    height: float
    pieces: tuple[Piece, ...]
    fixed: tuple[Solid, ...]
    standings: tuple[Standing, ...]
    planes: tuple[Surface, ...]
    lights: Lights


def room_of(place: int) -> Room:
    """The room of that number; the same number gives the same room."""
    rng = random.Random(f"room {place}")  # noqa: S311 - a picture, not a secret
    palette = Palette.drawn(rng)
    width, depth = rng.uniform(3.2, 6.2), rng.uniform(3.0, 5.6)
    height = rng.uniform(2.35, 3.0)
    plan = Plan(width, depth, rng)
    is_evening = rng.random() < 0.3
    opening = Opening.drawn(rng, height)
    glazed = plan.against_wall(window(rng, palette, opening, is_evening))
    plan.against_wall(door(rng, palette))
    if rng.random() < 0.7:
        in_the_middle(rng, palette, plan)
    for make in SUITES[rng.randrange(len(SUITES))](rng):
        plan.against_wall(make(rng, palette))
    # Large rooms would look bare with what fills small ones.
    for make in rng.choices((bookcase, cupboard, crates, chair, table), k=max(0, int(width * depth - 14.0) // 4)):
        plan.against_wall(make(rng, palette))
    for make in (radiator, plant, floor_lamp):
        if rng.random() < 0.5:
            plan.against_wall(make(rng, palette))
    for make in rng.sample((picture, picture, picture, wall_shelf, wall_clock, wall_shelf), rng.randint(3, 6)):
        plan.against_wall(make(rng, palette))
    if rng.random() < 0.75:
        plan.on_the_floor(rug(rng, palette))
    middle = (width * rng.uniform(0.4, 0.6), depth * rng.uniform(0.4, 0.6))
    lamp_solids, burning = ceiling_lamp(rng, palette, middle, height)
    standing_lamps = [piece.lamp for piece in plan.pieces if piece.lamp]
    if not is_evening:
        lamp_solids = [_put_out(solid) for solid in lamp_solids]
    elif standing_lamps and rng.random() < 0.5:
        burning, lamp_solids = standing_lamps[0], [_put_out(solid) for solid in lamp_solids]
    return Room(
        place,
        width,
        depth,
        height,
        tuple(plan.pieces),
        (*skirting(palette.pale if rng.random() < 0.6 else palette.other_wood, width, depth), *lamp_solids),
        _standings(rng, plan.pieces),
        _planes(rng, palette),
        lights_of(rng, burning, glazed, opening, is_evening),
    )


def _put_out(solid: Solid) -> Solid:
    """A lamp that does not burn: its shade still lets some daylight through."""
    return replace(solid, surface=replace(solid.surface, glow=min(solid.surface.glow, 0.15)))


def _standings(rng: random.Random, pieces: list[Piece]) -> tuple[Standing, ...]:
    """Small things on two thirds of the free places."""
    made = []
    for piece in pieces:
        for x, y, z in piece.spots:
            is_taken = not piece.is_flat and rng.random() < 0.66
            turned = (solid.moved(x, y, z, rng.uniform(0.0, 2.0 * math.pi)) for solid in trinket(rng))
            made.append(Standing((x, y, z), tuple(turned) if is_taken else ()))
    return tuple(made)


def _planes(rng: random.Random, palette: Palette) -> tuple[Surface, ...]:
    """Walls (one of them may be of its own kind), floor and ceiling."""
    common = wall_of(rng, palette.hue)
    walls = [common] * 4
    if rng.random() < 0.5:
        walls[rng.randrange(4)] = wall_of(rng, palette.hue + rng.choice((0.0, 0.3, 0.5)))
    white = hsv(0.1, rng.uniform(0.0, 0.12), rng.uniform(0.82, 0.97))
    ceiling = Surface(Texture.PAINT, white, hsv(0.1, 0.1, 0.85), scale=1.0, seed=rng.randrange(9999))
    if rng.random() < 0.25:
        boards = any_wood(rng)
        ceiling = replace(boards, texture=Texture.PANELS, scale=rng.uniform(0.12, 0.25))
    return (*walls, floor_of(rng, palette.hue), ceiling)
