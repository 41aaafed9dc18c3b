"""Small things that stand about on tables and shelves: vases, bowls, books, candles, frames, jars."""

from __future__ import annotations

import random

from clew.demo.render.palettes import any_wood, cloth_of, vivid
from clew.demo.render.pieces import ball, box, rod
from clew.demo.render.solids import Form, Solid
from clew.demo.render.surfaces import Surface, Texture, hsv

Solids = tuple[Solid, ...]


def trinket(rng: random.Random) -> Solids:
    """Any small thing, standing on z = 0 around the origin, within 0.16 m of it."""
    return rng.choice((_vase, _bowl, _books, _candles, _frame, _jar, _tray))(rng)


def _glazed(rng: random.Random) -> Surface:
    """Painted china."""
    kind = rng.choice((Texture.PLAIN, Texture.STRIPES, Texture.CHECKS, Texture.DOTS, Texture.MARBLE))
    return Surface(
        kind, vivid(rng), vivid(rng), vivid(rng), scale=rng.uniform(0.03, 0.09), gloss=0.8, seed=rng.randrange(9999)
    )


def _vase(rng: random.Random) -> Solids:
    glaze, high = _glazed(rng), rng.uniform(0.16, 0.3)
    bloom = Surface(Texture.LEAVES, vivid(rng), hsv(0.3, 0.7, 0.5), seed=rng.randrange(9999))
    stems = [
        ball(bloom, (rng.uniform(-0.07, 0.07), rng.uniform(-0.07, 0.07), high + rng.uniform(0.06, 0.18)), 0.05)
        for _ in range(rng.randint(2, 4))
    ]
    return (rod(glaze, 0.0, 0.0, (0.0, high), 0.055, taper=rng.choice((-0.3, 0.3))), *stems)


def _bowl(rng: random.Random) -> Solids:
    fruit = vivid(rng)
    skin = Surface(Texture.PLAIN, fruit, fruit, gloss=0.3, seed=rng.randrange(9999))
    balls = [ball(skin, (x, y, 0.1), 0.045) for x, y in ((-0.05, 0.0), (0.05, 0.02), (0.0, -0.05), (0.0, 0.06))]
    return (rod(_glazed(rng), 0.0, 0.0, (0.0, 0.09), 0.12, taper=0.3), *balls)


def _books(rng: random.Random) -> Solids:
    made, high = [], 0.0
    for _ in range(rng.randint(2, 5)):
        thick = rng.uniform(0.02, 0.05)
        cover = Surface(Texture.PLAIN, vivid(rng), vivid(rng), gloss=0.2)
        half = (rng.uniform(0.09, 0.13), rng.uniform(0.07, 0.1), thick / 2)
        made.append(Solid(Form.BOX, (0.0, 0.0, high + thick / 2), half, cover, yaw=rng.uniform(-0.4, 0.4)))
        high += thick
    return tuple(made)


def _candles(rng: random.Random) -> Solids:
    colour = vivid(rng)
    wax = Surface(Texture.PLAIN, colour, colour, gloss=0.2)
    return tuple(rod(wax, x, 0.02 * k, (0.0, rng.uniform(0.07, 0.25)), 0.025) for k, x in enumerate((-0.08, 0.0, 0.08)))


def _frame(rng: random.Random) -> Solids:
    canvas = Surface(Texture.ART, vivid(rng), vivid(rng), vivid(rng), seed=rng.randrange(9999), gloss=0.2)
    half = (rng.uniform(0.07, 0.12), 0.01, rng.uniform(0.08, 0.14))
    return (Solid(Form.BOX, (0.0, 0.0, half[2]), half, canvas, yaw=rng.uniform(-0.5, 0.5), tilt=-0.1),)


def _jar(rng: random.Random) -> Solids:
    high = rng.uniform(0.1, 0.22)
    return (
        rod(_glazed(rng), 0.0, 0.0, (0.0, high), 0.06),
        rod(any_wood(rng), 0.0, 0.0, (high, high + 0.02), 0.05),
        ball(any_wood(rng), (0.0, 0.0, high + 0.035), 0.018),
    )


def _tray(rng: random.Random) -> Solids:
    cups = [rod(_glazed(rng), x, y, (0.015, 0.1), 0.035, taper=0.15) for x, y in ((-0.07, 0.02), (0.06, -0.03))]
    return (box(cloth_of(rng, rng.random()), (-0.15, 0.15), (-0.1, 0.1), (0.0, 0.015)), *cups)
