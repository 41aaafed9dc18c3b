"""Furniture that stands: beds, sofas, tables, chairs, shelves, cupboards, desks, plants, lamps, radiators, rugs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from clew.demo.render.palettes import Palette, any_wood, cloth_of, vivid
from clew.demo.render.pieces import Piece, ball, box, legs, rod
from clew.demo.render.solids import Form, Solid
from clew.demo.render.surfaces import Surface, Texture, hsv, shaded

Maker = Callable[[random.Random, Palette], Piece]


def bed(rng: random.Random, palette: Palette) -> Piece:
    """A bed with its head at the wall: frame, mattress, blanket, pillows."""
    width, depth, high = rng.choice((0.95, 1.4, 1.7)), 2.05, rng.uniform(0.38, 0.55)
    head = rng.uniform(0.75, 1.25)
    solids = [
        box(palette.wood, (-width / 2, width / 2), (0.0, 0.06), (0.0, head)),
        box(palette.wood, (-width / 2, width / 2), (0.06, depth), (0.12, high - 0.14)),
        box(palette.pale, (-width / 2 + 0.03, width / 2 - 0.03), (0.06, depth - 0.03), (high - 0.14, high)),
        box(palette.cloth, (-width / 2, width / 2), (0.65, depth + 0.01), (high - 0.2, high + 0.05)),
        box(palette.wood, (-width / 2, width / 2), (depth, depth + 0.05), (0.0, high + rng.choice((-0.1, 0.15)))),
    ]
    for side in (-1, 1) if width > 1.2 else (0,):
        centre = (side * width / 4, 0.36, high + 0.07)
        solids.append(
            Solid(Form.BALL, centre, (0.34, 0.24, 0.11), palette.other_cloth if rng.random() < 0.5 else palette.pale)
        )
    return Piece(tuple(solids), width, depth + 0.06, head, ((0.0, 1.2, high + 0.05),))


def sofa(rng: random.Random, palette: Palette) -> Piece:
    """A sofa or armchair: seat, back, arms, cushions."""
    width, depth, back = rng.choice((0.95, 1.5, 1.95)), rng.uniform(0.8, 0.95), rng.uniform(0.72, 0.95)
    cloth, arm = palette.cloth, 0.16
    solids = [
        box(cloth, (-width / 2, width / 2), (0.0, depth), (0.1, 0.3)),
        box(cloth, (-width / 2, width / 2), (0.0, 0.22), (0.1, back)),
        box(cloth, (-width / 2, -width / 2 + arm), (0.0, depth), (0.1, 0.58)),
        box(cloth, (width / 2 - arm, width / 2), (0.0, depth), (0.1, 0.58)),
        *legs(palette.other_wood, width, depth, 0.1, 0.06, is_round=False),
    ]
    seats = max(1, round((width - 2 * arm) / 0.65))
    span = (width - 2 * arm) / seats
    for seat in range(seats):
        left = -width / 2 + arm + seat * span
        solids.append(box(cloth, (left + 0.01, left + span - 0.01), (0.22, depth - 0.01), (0.3, 0.45)))
        if rng.random() < 0.7:
            cushion = Solid(
                Form.BOX, (left + span / 2, 0.33, 0.62), (0.19, 0.06, 0.19), palette.other_cloth, tilt=-0.35
            )
            solids.append(cushion)
    return Piece(tuple(solids), width, depth, back, ((0.0, 0.62, 0.45),))


def table(rng: random.Random, palette: Palette) -> Piece:
    """A table: round on one foot, or square on four legs."""
    high = rng.choice((0.42, 0.74, 0.76))
    if rng.random() < 0.35:
        radius = rng.uniform(0.4, 0.6)
        solids = [
            rod(palette.wood, 0.0, radius, (high - 0.04, high), radius),
            rod(palette.other_wood, 0.0, radius, (0.04, high - 0.04), 0.05),
            rod(palette.other_wood, 0.0, radius, (0.0, 0.04), radius * 0.6, taper=-0.3),
        ]
        return Piece(tuple(solids), 2 * radius, 2 * radius, high, ((0.0, radius, high), (0.25, radius - 0.1, high)))
    width, depth = rng.uniform(0.9, 1.7), rng.uniform(0.6, 0.9)
    solids = [
        box(palette.wood, (-width / 2, width / 2), (0.0, depth), (high - 0.04, high)),
        *legs(palette.wood, width, depth, high - 0.04, rng.uniform(0.05, 0.09), is_round=rng.random() < 0.4),
    ]
    if rng.random() < 0.4:
        solids.append(
            box(palette.other_cloth, (-width / 6, width / 6), (-0.005, depth + 0.005), (high - 0.16, high + 0.004))
        )
    return Piece(
        tuple(solids),
        width,
        depth,
        high,
        ((0.0, depth / 2, high + 0.004), (-width / 3, depth / 2, high), (width / 3, depth / 2, high)),
    )


def chair(rng: random.Random, palette: Palette) -> Piece:
    """A chair, facing away from its back at y = 0."""
    wood = rng.choice((palette.wood, palette.other_wood, palette.metal))
    high, back = 0.45, rng.uniform(0.82, 1.05)
    solids = [
        box(palette.other_cloth, (-0.2, 0.2), (0.02, 0.42), (high - 0.05, high)),
        *legs(wood, 0.42, 0.42, high - 0.05, 0.04, is_round=False),
    ]
    solids += [box(wood, (x - 0.02, x + 0.02), (0.0, 0.04), (high, back)) for x in (-0.18, 0.18)]
    slats = rng.choice((1, 3, 4))
    step = (back - high - 0.1) / slats
    for slat in range(slats):
        low = high + 0.1 + slat * step
        solids.append(box(wood, (-0.18, 0.18), (0.005, 0.03), (low, low + step * (0.9 if slats == 1 else 0.5))))
    return Piece(tuple(solids), 0.45, 0.48, back, ((0.0, 0.22, high),))


def bookcase(rng: random.Random, palette: Palette) -> Piece:
    """Shelves with books and gaps."""
    width, depth, high = rng.uniform(0.7, 1.5), 0.3, rng.choice((1.1, 1.7, 2.05))
    wood = rng.choice((palette.wood, palette.other_wood))
    floors = round(high / 0.36)
    step = (high - 0.03) / floors
    solids = [box(wood, (x - 0.015, x + 0.015), (0.0, depth), (0.0, high)) for x in (-width / 2, width / 2)]
    solids.append(box(replace(wood, first=shaded(wood.first, 0.5)), (-width / 2, width / 2), (0.0, 0.015), (0.0, high)))
    for floor in range(floors + 1):
        low = floor * step
        solids.append(box(wood, (-width / 2, width / 2), (0.0, depth), (low, low + 0.03)))
        if floor < floors and rng.random() < 0.8:
            start, end = sorted((rng.uniform(-0.5, -0.2), rng.uniform(0.1, 0.5)))
            spines = Surface(Texture.BOOKS, vivid(rng), vivid(rng), vivid(rng), seed=rng.randrange(9999))
            solids.append(
                box(
                    spines,
                    (start * width + 0.02, end * width - 0.02),
                    (0.02, depth - 0.05),
                    (low + 0.03, low + step - 0.02),
                )
            )
    return Piece(tuple(solids), width + 0.03, depth, high, ((0.0, depth / 2, high + 0.03),))


def cupboard(rng: random.Random, palette: Palette) -> Piece:
    """A wardrobe, chest of drawers or sideboard with fronts and knobs."""
    wood = rng.choice((palette.wood, palette.other_wood, any_wood(rng)))
    width, depth, high = rng.choice(((1.0, 0.55, 1.95), (0.9, 0.45, 0.85), (1.6, 0.45, 0.75), (1.3, 0.6, 2.1)))
    rows, columns = (1, 2) if high > 1.5 else rng.choice(((3, 1), (2, 2), (4, 2), (1, 3)))
    front = replace(wood, second=wood.first, first=shaded(wood.first, 0.8), seed=wood.seed + 1)
    solids = [
        box(wood, (-width / 2, width / 2), (0.0, depth), (0.06, high)),
        box(palette.metal, (-width / 2 + 0.03, width / 2 - 0.03), (0.03, depth - 0.03), (0.0, 0.06)),
    ]
    for row in range(rows):
        for column in range(columns):
            left, right = (-width / 2 + (column + part) * width / columns for part in (0.02, 0.98))
            low, top = (0.06 + (row + part) * (high - 0.06) / rows for part in (0.03, 0.97))
            solids.append(box(front, (left, right), (depth, depth + 0.02), (low, top)))
            knob = right - 0.06 if rows == 1 and column == 0 else left + 0.06 if rows == 1 else (left + right) / 2
            solids.append(ball(palette.metal, (knob, depth + 0.035, (low + top) / 2), 0.022))
    return Piece(
        tuple(solids), width, depth + 0.05, high, ((-width / 4, depth / 2, high), (width / 4, depth / 2, high))
    )


def desk(rng: random.Random, palette: Palette) -> Piece:
    """A writing desk with drawers on one side and a dark screen."""
    width, depth, high = rng.uniform(1.1, 1.5), 0.65, 0.74
    side = rng.choice((-1, 1))
    x = side * (width / 2 - 0.22)
    solids = [
        box(palette.wood, (-width / 2, width / 2), (0.0, depth), (high - 0.035, high)),
        box(palette.other_wood, (x - 0.2, x + 0.2), (0.03, depth - 0.03), (0.0, high - 0.035)),
        *(
            box(palette.wood, (x - 0.18, x + 0.18), (depth - 0.03, depth - 0.015), (low, low + 0.19))
            for low in (0.06, 0.27, 0.48)
        ),
        *(
            box(
                palette.metal,
                (-side * (width / 2 - 0.04) - 0.02, -side * (width / 2 - 0.04) + 0.02),
                (y, y + 0.04),
                (0.0, high - 0.035),
            )
            for y in (0.04, depth - 0.08)
        ),
    ]
    if rng.random() < 0.7:
        dark = Surface(Texture.PLAIN, hsv(0.6, 0.2, 0.12), hsv(0.6, 0.3, 0.2), gloss=1.0)
        solids += [
            box(dark, (-0.28, 0.28), (0.16, 0.19), (high + 0.1, high + 0.46)),
            box(palette.metal, (-0.03, 0.03), (0.14, 0.18), (high, high + 0.2)),
        ]
    return Piece(tuple(solids), width, depth, high, ((-side * width / 4, depth * 0.65, high), (x, depth / 2, high)))


def plant(rng: random.Random, _palette: Palette) -> Piece:
    """A pot with a bush of leafy balls."""
    leaf = Surface(
        Texture.LEAVES,
        hsv(rng.uniform(0.22, 0.38), 0.75, 0.3),
        hsv(rng.uniform(0.2, 0.35), 0.6, 0.75),
        seed=rng.randrange(9999),
    )
    pot = Surface(Texture.STRIPES, vivid(rng), vivid(rng), scale=0.06)
    high = rng.uniform(0.3, 1.0)
    solids = [rod(pot, 0.0, 0.22, (0.0, 0.3), 0.15, taper=0.2), rod(any_wood(rng), 0.0, 0.22, (0.3, high + 0.2), 0.02)]
    for _ in range(rng.randint(4, 8)):
        centre = (rng.uniform(-0.16, 0.16), 0.24 + rng.uniform(-0.1, 0.14), high + rng.uniform(0.1, 0.5))
        solids.append(
            ball(replace(leaf, seed=rng.randrange(9999)), centre, rng.uniform(0.1, 0.2), rng.uniform(0.08, 0.22))
        )
    return Piece(tuple(solids), 0.5, 0.5, high + 0.7)


def floor_lamp(rng: random.Random, palette: Palette) -> Piece:
    """A standing lamp with a glowing shade."""
    high = rng.uniform(1.35, 1.7)
    shade = Surface(Texture.STRIPES, hsv(0.1, 0.35, 1.0), hsv(0.09, 0.5, 0.9), scale=0.08, glow=2.5)
    solids = (
        rod(palette.metal, 0.0, 0.22, (0.0, 0.03), 0.15),
        rod(palette.metal, 0.0, 0.22, (0.03, high), 0.015),
        rod(shade, 0.0, 0.22, (high - 0.05, high + 0.25), 0.18, taper=-0.3),
    )
    return Piece(solids, 0.44, 0.44, high + 0.25, lamp=(0.0, 0.22, high + 0.1))


def radiator(rng: random.Random, palette: Palette) -> Piece:
    """A radiator of upright ribs."""
    ribs, high = rng.randint(6, 12), rng.uniform(0.45, 0.7)
    width = ribs * 0.08
    solids = [
        box(palette.pale, (-width / 2 + 0.08 * rib, -width / 2 + 0.08 * rib + 0.055), (0.04, 0.13), (0.1, high))
        for rib in range(ribs)
    ]
    solids.append(box(palette.pale, (-width / 2, width / 2), (0.06, 0.1), (0.14, 0.18)))
    return Piece(tuple(solids), width, 0.14, high)


def rug(rng: random.Random, palette: Palette) -> Piece:
    """A bordered rug."""
    width, depth = rng.uniform(1.2, 2.4), rng.uniform(0.9, 1.7)
    surface = Surface(
        Texture.RUG, palette.cloth.first, palette.other_cloth.second, vivid(rng), seed=rng.randrange(9999)
    )
    rug_body = replace(box(surface, (-width / 2, width / 2), (0.0, depth), (0.0, 0.012)), has_shadow=False)
    return Piece((rug_body,), width, depth, 0.012, ((0.0, depth / 2, 0.012),), is_flat=True)


def crates(rng: random.Random, palette: Palette) -> Piece:
    """A stack of boxes in bright colours."""
    solids, high = [], 0.0
    for _ in range(rng.randint(2, 4)):
        size = rng.uniform(0.22, 0.4)
        surface = rng.choice((cloth_of(rng, rng.random()), any_wood(rng), palette.other_wood))
        solids.append(
            Solid(
                Form.BOX,
                (rng.uniform(-0.05, 0.05), 0.28, high + size / 2),
                (size / 2 * 1.3, size / 2, size / 2),
                surface,
                yaw=rng.uniform(-0.3, 0.3),
            )
        )
        high += size
    return Piece(tuple(solids), 0.6, 0.6, high, ((0.0, 0.28, high),))
