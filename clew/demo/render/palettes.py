"""Colour schemes: every room draws its woods, cloths, walls and floor from one palette, so that it looks furnished by someone."""

from __future__ import annotations

import random
from dataclasses import dataclass

from clew.demo.render.surfaces import Colour, Surface, Texture, hsv, shaded

# Hue, saturation and value of pine, oak, cherry, walnut, wenge, grey oak and white lacquer.
_WOODS = (
    (0.10, 0.45, 0.86),
    (0.09, 0.5, 0.68),
    (0.045, 0.62, 0.58),
    (0.06, 0.55, 0.4),
    (0.05, 0.4, 0.24),
    (0.09, 0.18, 0.6),
    (0.12, 0.05, 0.93),
)


@dataclass(frozen=True, slots=True)
class Palette:
    """The materials one room is furnished with; `accent` is a random source of its own for every further cloth."""

    wood: Surface
    other_wood: Surface
    cloth: Surface
    other_cloth: Surface
    metal: Surface
    pale: Surface
    hue: float

    @classmethod
    def drawn(cls, rng: random.Random) -> Palette:
        """A palette from a random source."""
        hue = rng.random()
        light, dark = rng.sample(_WOODS, 2)
        return cls(
            wood=wood_of(rng, light),
            other_wood=wood_of(rng, dark),
            cloth=cloth_of(rng, hue),
            other_cloth=cloth_of(rng, hue + rng.choice((0.5, 0.33, 0.1, 0.62))),
            metal=Surface(Texture.PLAIN, hsv(0.6, 0.06, rng.uniform(0.15, 0.6)), hsv(0.6, 0.06, 0.2), gloss=0.8),
            pale=Surface(Texture.PLAIN, hsv(0.1, 0.06, 0.95), hsv(0.1, 0.1, 0.85), gloss=0.2),
            hue=hue,
        )


def wood_of(rng: random.Random, shade: tuple[float, float, float]) -> Surface:
    """Furniture wood of one shade (hue, saturation, value)."""
    light = hsv(*shade)
    return Surface(
        Texture.WOOD,
        light,
        shaded(light, rng.uniform(0.35, 0.6)),
        gloss=rng.uniform(0.1, 0.5),
        seed=rng.randrange(9999),
    )


def any_wood(rng: random.Random) -> Surface:
    """Furniture wood of any shade."""
    return wood_of(rng, rng.choice(_WOODS))


def vivid(rng: random.Random) -> Colour:
    """A colour of any hue, mostly strong, sometimes dusty or almost white."""
    return hsv(rng.random(), rng.choice((0.75, 0.6, 0.4, 0.12)) + rng.uniform(-0.1, 0.15), rng.uniform(0.35, 0.95))


def cloth_of(rng: random.Random, hue: float) -> Surface:
    """Cloth around a hue: plain, woven, striped, dotted or checked, light on dark or dark on light."""
    first = hsv(hue + rng.uniform(-0.05, 0.05), rng.uniform(0.3, 0.8), rng.uniform(0.55, 0.95))
    second = hsv(hue + rng.choice((0.0, 0.08, 0.5)), rng.uniform(0.1, 0.7), rng.choice((0.2, 0.3, 0.95)))
    if rng.random() < 0.5:
        first, second = second, first
    kind = rng.choice((Texture.WEAVE, Texture.WEAVE, Texture.STRIPES, Texture.DOTS, Texture.CARPET, Texture.CHECKS))
    scale = rng.uniform(0.02, 0.04) if kind is Texture.CARPET else rng.uniform(0.07, 0.26)
    return Surface(kind, first, second, vivid(rng), scale=scale, seed=rng.randrange(9999))


def wall_of(rng: random.Random, hue: float) -> Surface:
    """A wall: paint, wallpaper, bricks, panels or tiles."""
    kind = rng.choice(
        (
            Texture.PAINT,
            Texture.PAINT,
            Texture.STRIPES,
            Texture.MOTIF,
            Texture.MOTIF,
            Texture.BRICKS,
            Texture.PANELS,
            Texture.TILES,
        )
    )
    seed = rng.randrange(9999)
    if kind is Texture.BRICKS:
        red = hsv(rng.uniform(0.0, 0.07), rng.uniform(0.25, 0.7), rng.uniform(0.5, 0.8))
        return Surface(kind, red, shaded(red, 0.55), hsv(0.1, 0.1, rng.uniform(0.4, 0.8)), scale=0.075, seed=seed)
    if kind is Texture.PANELS:
        light = hsv(*rng.choice(_WOODS))
        return Surface(kind, light, shaded(light, 0.6), scale=rng.uniform(0.09, 0.2), gloss=0.1, seed=seed)
    value = rng.choice((0.9, 0.85, 0.75, 0.5, 0.35))
    ground = hsv(hue + rng.uniform(-0.1, 0.1), rng.uniform(0.04, 0.4), value)
    figure = hsv(
        hue + rng.choice((0.0, 0.1, 0.5)),
        rng.uniform(0.08, 0.45),
        value * rng.choice((0.55, 0.7)) if value > 0.6 else 0.85,
    )
    scale = {Texture.PAINT: 1.0, Texture.TILES: rng.choice((0.1, 0.15, 0.3))}.get(kind, rng.uniform(0.16, 0.5))
    return Surface(
        kind, ground, shaded(ground, 0.8) if kind is Texture.PAINT else figure, vivid(rng), scale=scale, seed=seed
    )


def floor_of(rng: random.Random, hue: float) -> Surface:
    """A floor: boards, tiles, carpet, chequered tiles or stone."""
    kind = rng.choice((Texture.PLANKS, Texture.PLANKS, Texture.TILES, Texture.CARPET, Texture.MARBLE))
    seed = rng.randrange(9999)
    if kind is Texture.PLANKS:
        light = hsv(*rng.choice(_WOODS[:6]))
        return Surface(
            kind, light, shaded(light, 0.55), scale=rng.uniform(0.09, 0.2), gloss=rng.uniform(0.2, 0.9), seed=seed
        )
    if kind is Texture.MARBLE:
        # Stone is warm grey, or a little green or blue, its veins a shade darker.
        light = hsv(rng.choice((0.08, 0.1, 0.35, 0.6)), rng.uniform(0.03, 0.2), rng.uniform(0.5, 0.9))
        return Surface(
            kind, light, shaded(light, rng.uniform(0.3, 0.6)), scale=rng.uniform(0.3, 0.7), gloss=0.7, seed=seed
        )
    light = hsv(hue + rng.uniform(-0.15, 0.15), rng.uniform(0.05, 0.4), rng.uniform(0.55, 0.92))
    dark = hsv(hue + rng.uniform(-0.1, 0.4), rng.uniform(0.05, 0.5), rng.uniform(0.15, 0.6))
    scale = {Texture.TILES: rng.uniform(0.18, 0.5), Texture.CARPET: 0.07}[kind]
    gloss = 0.0 if kind is Texture.CARPET else rng.uniform(0.3, 1.0)
    return Surface(kind, light, dark, hsv(0.1, 0.1, rng.choice((0.25, 0.8))), scale=scale, gloss=gloss, seed=seed)
