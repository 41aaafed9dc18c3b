"""What hangs on or belongs to walls and ceiling: windows with curtains, doors, pictures, shelves, clocks, ceiling lamps, skirting."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from clew.demo.render.palettes import Palette, cloth_of, vivid
from clew.demo.render.pieces import Piece, ball, box, rod
from clew.demo.render.solids import Form, Point, Solid
from clew.demo.render.surfaces import Surface, Texture, hsv


@dataclass(frozen=True, slots=True)
class Opening:
    """A window: its width, sill and top in metres, its panes across, and what one sees through it."""

    width: float
    sill: float
    top: float
    panes: int
    view: Surface
    has_curtains: bool

    @classmethod
    def drawn(cls, rng: random.Random, height: float) -> Opening:
        """A window for a room of that height."""
        view = Surface(
            Texture.SKY,
            hsv(rng.uniform(0.54, 0.62), rng.uniform(0.2, 0.6), 0.95),
            hsv(rng.uniform(0.05, 0.15), rng.uniform(0.0, 0.15), 1.0),
            hsv(rng.uniform(0.05, 0.4), rng.uniform(0.2, 0.6), rng.uniform(0.25, 0.5)),
            glow=2.2,
            seed=rng.randrange(9999),
        )
        sill = rng.choice((0.35, 0.8, 0.95, 1.1))
        return cls(
            rng.uniform(0.8, 2.2),
            sill,
            min(height - 0.2, sill + rng.uniform(1.0, 1.5)),
            rng.randint(1, 3),
            view,
            rng.random() < 0.6,
        )


def window(rng: random.Random, palette: Palette, opening: Opening, is_evening: bool) -> Piece:
    """The window with frame, sill and perhaps curtains; at night the view is almost black."""
    half, low, top = opening.width / 2, opening.sill, opening.top
    night = replace(opening.view, first=hsv(0.62, 0.6, 0.25), second=hsv(0.62, 0.4, 0.35), glow=0.25)
    frame = palette.pale if rng.random() < 0.7 else palette.other_wood
    solids = [box(night if is_evening else opening.view, (-half, half), (0.0, 0.012), (low, top))]
    solids += [box(frame, (x - 0.04, x + 0.04), (0.0, 0.06), (low - 0.04, top + 0.04)) for x in (-half, half)]
    solids += [box(frame, (-half - 0.04, half + 0.04), (0.0, 0.06), (z - 0.04, z + 0.04)) for z in (low, top)]
    for pane in range(1, opening.panes):
        x = -half + pane * opening.width / opening.panes
        solids.append(box(frame, (x - 0.025, x + 0.025), (0.0, 0.05), (low, top)))
    if rng.random() < 0.5:
        middle = low + 0.66 * (top - low)
        solids.append(box(frame, (-half, half), (0.0, 0.05), (middle - 0.02, middle + 0.02)))
    solids.append(box(frame, (-half - 0.08, half + 0.08), (0.0, 0.16), (low - 0.07, low - 0.03)))
    lowest = low - 0.1
    if opening.has_curtains:
        cloth = cloth_of(rng, palette.hue + 0.5)
        drape = Surface(Texture.FOLDS, cloth.first, cloth.second, seed=rng.randrange(9999))
        wide = 0.28
        foot = rng.choice((0.05, low - 0.15))
        lowest = min(lowest, foot)
        for side in (-1, 1):
            near, far = sorted((side * (half - 0.05), side * (half + wide)))
            solids.append(box(drape, (near, far), (0.07, 0.13), (foot, top + 0.1)))
        solids.append(box(palette.metal, (-half - 0.4, half + 0.4), (0.09, 0.11), (top + 0.09, top + 0.12)))
    return Piece(tuple(solids), opening.width + 0.7, 0.18, top + 0.15, bottom=lowest)


def door(rng: random.Random, palette: Palette) -> Piece:
    """A closed door with frame, panels and handle."""
    wood = rng.choice((palette.wood, palette.other_wood, palette.pale))
    leaf = Surface(Texture.WOOD, wood.first, wood.second, gloss=0.3, seed=wood.seed + 5)
    solids = [
        box(leaf, (-0.42, 0.42), (0.0, 0.03), (0.0, 2.0)),
        box(palette.pale, (-0.5, 0.5), (0.0, 0.05), (2.0, 2.09)),
    ]
    solids += [box(palette.pale, (x - 0.04, x + 0.04), (0.0, 0.05), (0.0, 2.0)) for x in (-0.46, 0.46)]
    if rng.random() < 0.7:
        for low, top in ((0.2, 0.9), (1.05, 1.85)):
            solids.append(box(wood, (-0.28, 0.28), (0.03, 0.045), (low, top)))
    solids.append(ball(palette.metal, (rng.choice((-0.35, 0.35)), 0.07, 1.02), 0.035))
    return Piece(tuple(solids), 1.0, 0.75, 2.1)


def picture(rng: random.Random, _palette: Palette) -> Piece:
    """A framed abstract picture."""
    width, height, low = rng.uniform(0.3, 1.0), rng.uniform(0.3, 0.8), rng.uniform(1.15, 1.45)
    canvas = Surface(Texture.ART, vivid(rng), vivid(rng), vivid(rng), seed=rng.randrange(9999), gloss=0.15)
    return Piece(
        (box(canvas, (-width / 2, width / 2), (0.0, 0.03), (low, low + height)),),
        width + 0.1,
        0.05,
        low + height,
        bottom=low,
    )


def wall_shelf(rng: random.Random, palette: Palette) -> Piece:
    """A board on the wall with books."""
    width, low = rng.uniform(0.6, 1.3), rng.uniform(1.2, 1.6)
    spines = Surface(Texture.BOOKS, vivid(rng), vivid(rng), vivid(rng), seed=rng.randrange(9999))
    end = rng.uniform(0.0, 0.35) * width
    solids = (
        box(palette.other_wood, (-width / 2, width / 2), (0.0, 0.24), (low, low + 0.03)),
        box(spines, (-width / 2 + 0.05, end), (0.03, 0.2), (low + 0.03, low + rng.uniform(0.2, 0.3))),
        rod(
            Surface(Texture.PLAIN, vivid(rng), vivid(rng), gloss=0.5),
            width / 2 - 0.12,
            0.12,
            (low + 0.03, low + 0.2),
            0.05,
            taper=-0.25,
        ),
    )
    return Piece(solids, width, 0.25, low + 0.35, bottom=low)


def wall_clock(rng: random.Random, _palette: Palette) -> Piece:
    """A round clock."""
    radius, low = rng.uniform(0.13, 0.22), rng.uniform(1.5, 1.7)
    face = Surface(Texture.CLOCK, hsv(0.1, 0.05, 0.97), vivid(rng), hsv(0.0, 0.0, 0.1), seed=rng.randrange(9999))
    # Tilted by a quarter turn so that its flat top looks into the room.
    body = Solid(Form.CYLINDER, (0.0, 0.025, low + radius), (radius, radius, 0.025), face, tilt=-math.pi / 2)
    return Piece((body,), 2 * radius, 0.06, low + 2 * radius, bottom=low)


def ceiling_lamp(
    rng: random.Random, palette: Palette, at: tuple[float, float], height: float
) -> tuple[list[Solid], Point]:
    """A lamp on a cord: its bodies, and where it burns."""
    drop = rng.uniform(0.25, 0.7)
    glow = Surface(Texture.PLAIN, hsv(0.11, 0.2, 1.0), hsv(0.1, 0.3, 1.0), glow=3.0)
    low = height - drop
    cord = replace(rod(palette.metal, *at, (low, height), 0.008), has_shadow=False)
    shape = rng.randrange(3)
    if shape == 0:
        return [cord, ball(glow, (*at, low), 0.14)], (*at, low)
    if shape == 1:
        return [cord, rod(glow, *at, (low - 0.12, low + 0.1), 0.2, taper=-0.55)], (*at, low - 0.05)
    return [cord, rod(replace(glow, texture=Texture.STRIPES, scale=0.05), *at, (low - 0.1, low + 0.1), 0.24)], (
        *at,
        low,
    )


def skirting(surface: Surface, width: float, depth: float) -> list[Solid]:
    """Boards along the foot of all four walls."""
    high, thick = 0.09, 0.015
    solids = [
        box(surface, (0.0, width), (0.0, thick), (0.0, high)),
        box(surface, (0.0, width), (depth - thick, depth), (0.0, high)),
        box(surface, (0.0, thick), (0.0, depth), (0.0, high)),
        box(surface, (width - thick, width), (0.0, depth), (0.0, high)),
    ]
    return [replace(solid, has_shadow=False) for solid in solids]
