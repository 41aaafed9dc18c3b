"""What only kitchens have: worktops over fronts with tiles and cupboards above, and a stove."""

from __future__ import annotations

import random
from dataclasses import replace

from clew.demo.render.palettes import Palette, any_wood, vivid
from clew.demo.render.pieces import Piece, ball, box, rod
from clew.demo.render.solids import Solid
from clew.demo.render.surfaces import Surface, Texture, hsv


def counter(rng: random.Random, palette: Palette) -> Piece:
    """Base cupboards under a worktop, a sink with its tap, tiles, and wall cupboards over it."""
    units, deep, high = rng.randint(2, 4), 0.6, 0.9
    width = 0.6 * units
    colour = vivid(rng)
    lacquer = Surface(Texture.PLAIN, colour, colour, gloss=0.5)
    front = rng.choice((palette.wood, palette.pale, lacquer, any_wood(rng)))
    stone = Surface(
        Texture.MARBLE,
        hsv(0.1, 0.1, rng.choice((0.25, 0.85))),
        hsv(0.1, 0.2, 0.5),
        scale=0.3,
        gloss=0.7,
        seed=rng.randrange(9999),
    )
    tiles = Surface(
        Texture.TILES,
        vivid(rng),
        hsv(0.1, 0.05, 0.95),
        hsv(0.0, 0.0, 0.7),
        scale=0.12,
        gloss=0.6,
        seed=rng.randrange(9999),
    )
    solids: list[Solid] = [
        box(palette.metal, (-width / 2 + 0.01, width / 2 - 0.01), (0.0, deep - 0.08), (0.0, 0.08)),
        box(front, (-width / 2, width / 2), (0.0, deep - 0.03), (0.08, high - 0.04)),
        box(stone, (-width / 2, width / 2), (0.0, deep), (high - 0.04, high)),
        box(tiles, (-width / 2, width / 2), (0.0, 0.012), (high, 1.45)),
        box(palette.metal, (-width / 2 + 0.08, -width / 2 + 0.52), (0.12, 0.5), (high, high + 0.008)),
        rod(palette.metal, -width / 2 + 0.3, 0.08, (high, high + 0.25), 0.015),
        box(palette.metal, (-width / 2 + 0.285, -width / 2 + 0.315), (0.08, 0.25), (high + 0.24, high + 0.265)),
    ]
    for unit in range(units):
        left = -width / 2 + 0.6 * unit
        shade = replace(front, seed=front.seed + unit)
        solids.append(box(shade, (left + 0.01, left + 0.59), (deep - 0.03, deep - 0.01), (0.1, high - 0.06)))
        solids.append(
            box(palette.metal, (left + 0.2, left + 0.4), (deep - 0.01, deep + 0.01), (high - 0.13, high - 0.11))
        )
    has_above = rng.random() < 0.7
    if has_above:
        solids.append(box(front, (-width / 2, width / 2), (0.0, 0.32), (1.45, 2.05)))
        for unit in range(units):
            left = -width / 2 + 0.6 * unit
            solids.append(
                box(replace(front, seed=front.seed + 7 + unit), (left + 0.01, left + 0.59), (0.32, 0.34), (1.46, 2.04))
            )
            solids.append(ball(palette.metal, (left + 0.08, 0.355, 1.52), 0.018))
    spots = ((width / 2 - 0.25, 0.36, high), (width / 2 - 0.75, 0.36, high))
    return Piece(tuple(solids), width, deep + 0.02, 2.05 if has_above else 1.45, spots)


def stove(rng: random.Random, palette: Palette) -> Piece:
    """A cooker with plates, knobs, an oven window and a pot."""
    enamel = rng.choice((palette.pale, palette.metal, Surface(Texture.PLAIN, vivid(rng), vivid(rng), gloss=0.7)))
    black = Surface(Texture.PLAIN, hsv(0.6, 0.1, 0.12), hsv(0.6, 0.1, 0.2), gloss=0.9)
    solids = [
        box(black, (-0.28, 0.28), (0.0, 0.54), (0.0, 0.04)),
        box(enamel, (-0.3, 0.3), (0.0, 0.6), (0.04, 0.9)),
        box(black, (-0.22, 0.22), (0.6, 0.615), (0.25, 0.6)),
        box(palette.metal, (-0.25, 0.25), (0.6, 0.64), (0.66, 0.68)),
        *(rod(black, x, y, (0.9, 0.912), 0.09) for x in (-0.14, 0.14) for y in (0.17, 0.43)),
        *(ball(black, (x, 0.61, 0.78), 0.025) for x in (-0.2, -0.07, 0.07, 0.2)),
        rod(Surface(Texture.STRIPES, vivid(rng), vivid(rng), scale=0.05, gloss=0.7), 0.14, 0.43, (0.912, 1.06), 0.1),
        rod(palette.metal, 0.14, 0.43, (1.06, 1.075), 0.104),
        ball(black, (0.14, 0.43, 1.09), 0.018),
    ]
    return Piece(tuple(solids), 0.62, 0.66, 0.95)
