"""The things that turn up again: a bag, a globe, a tower of blocks; the same number is the same thing in every room."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from clew.demo.render.palettes import vivid
from clew.demo.render.pieces import ball, box, rod
from clew.demo.render.solids import Form, Solid
from clew.demo.render.surfaces import Colour, Surface, Texture, hsv

_PATTERNS = (Texture.STRIPES, Texture.DOTS, Texture.CHECKS, Texture.MOTIF, Texture.WEAVE)


@dataclass(frozen=True, slots=True)
class Belonging:
    """A thing that stands on z = 0 around the origin, its front towards -y; `reach` is its radius in metres."""

    name: str
    solids: tuple[Solid, ...]
    reach: float
    height: float


def belonging(number: int) -> Belonging:
    """The thing of that number: its kind goes by turns, its colours and pattern are its own."""
    rng = random.Random(f"belonging {number}")  # noqa: S311 - a picture, not a secret
    name, make, reach, height = _KINDS[number % len(_KINDS)]
    return Belonging(name, make(rng), reach, height)


def _contrast(rng: random.Random) -> tuple[Colour, Colour, Colour]:
    """Three colours that stand out from each other: a strong one, a light or dark one, another strong one."""
    hue = rng.random()
    plain = rng.choice((hsv(0.1, 0.06, 0.97), hsv(0.65, 0.5, 0.13), hsv(0.14, 0.7, 0.98)))
    return hsv(hue, 0.85, rng.uniform(0.5, 0.85)), plain, hsv(hue + rng.uniform(0.3, 0.6), 0.85, 0.8)


def _patterned(rng: random.Random, scale: float, gloss: float = 0.1) -> Surface:
    """Cloth, card or china in a bold pattern, `scale` metres wide."""
    return Surface(rng.choice(_PATTERNS), *_contrast(rng), scale=scale, gloss=gloss, seed=rng.randrange(9999))


def _plain(rng: random.Random, gloss: float = 0.2) -> Surface:
    colour = vivid(rng)
    return Surface(Texture.PLAIN, colour, colour, gloss=gloss)


def _bag(rng: random.Random) -> tuple[Solid, ...]:
    cloth, strap = _patterned(rng, 0.11), _plain(rng)
    handles = [
        box(strap, (x - 0.015, x + 0.015), (y - 0.006, y + 0.006), (0.3, 0.46))
        for x in (-0.09, 0.09)
        for y in (-0.07, 0.07)
    ]
    bows = [box(strap, (-0.105, 0.105), (y - 0.006, y + 0.006), (0.445, 0.47)) for y in (-0.07, 0.07)]
    return (
        box(cloth, (-0.2, 0.2), (-0.085, 0.085), (0.0, 0.32)),
        box(strap, (-0.205, 0.205), (-0.09, 0.09), (0.29, 0.315)),
        box(_plain(rng), (-0.08, 0.08), (-0.1, -0.085), (0.06, 0.18)),
        *handles,
        *bows,
    )


def _blocks(rng: random.Random) -> tuple[Solid, ...]:
    made, high = [], 0.0
    for _ in range(6):
        half = rng.uniform(0.04, 0.055)
        surface = _patterned(rng, 0.04) if rng.random() < 0.5 else _plain(rng)
        made.append(
            Solid(
                Form.BOX,
                (rng.uniform(-0.015, 0.015), 0.0, high + half),
                (half * 1.4, half, half),
                surface,
                yaw=rng.uniform(-0.6, 0.6),
            )
        )
        high += 2 * half
    return (*made, Solid(Form.CYLINDER, (0.0, 0.0, high + 0.05), (0.06, 0.06, 0.05), _plain(rng), taper=-0.95))


def _jug(rng: random.Random) -> tuple[Solid, ...]:
    glaze = Surface(Texture.STRIPES, *_contrast(rng), scale=rng.uniform(0.05, 0.09), gloss=0.7)
    grip = _plain(rng, 0.7)
    return (
        rod(glaze, 0.0, 0.0, (0.0, 0.27), 0.1, taper=0.12),
        rod(_plain(rng, 0.7), 0.0, 0.0, (0.27, 0.285), 0.115),
        box(grip, (0.1, 0.18), (-0.015, 0.015), (0.2, 0.23)),
        box(grip, (0.155, 0.185), (-0.015, 0.015), (0.06, 0.23)),
        box(grip, (0.09, 0.18), (-0.015, 0.015), (0.05, 0.08)),
    )


def _globe(rng: random.Random) -> tuple[Solid, ...]:
    water, land = hsv(rng.uniform(0.5, 0.65), 0.75, 0.7), hsv(rng.uniform(0.08, 0.35), 0.6, 0.75)
    world = Surface(Texture.MARBLE, land, water, vivid(rng), scale=0.22, gloss=0.5, seed=rng.randrange(9999))
    stand = _plain(rng, 0.5)
    return (
        rod(stand, 0.0, 0.0, (0.0, 0.03), 0.11, taper=-0.2),
        rod(stand, 0.0, 0.0, (0.03, 0.12), 0.02),
        Solid(Form.BALL, (0.0, 0.0, 0.25), (0.15, 0.15, 0.15), world, tilt=0.4),
        Solid(Form.CYLINDER, (0.0, 0.0, 0.25), (0.163, 0.163, 0.006), stand, tilt=0.4),
        ball(stand, (0.0, -0.062, 0.395), 0.016),
    )


def _lamp(rng: random.Random) -> tuple[Solid, ...]:
    foot = _patterned(rng, 0.05, 0.6)
    shade = Surface(rng.choice((Texture.STRIPES, Texture.DOTS, Texture.CHECKS)), *_contrast(rng), scale=0.08, glow=0.35)
    return (
        ball(foot, (0.0, 0.0, 0.1), 0.09, 0.1),
        rod(_plain(rng), 0.0, 0.0, (0.19, 0.27), 0.012),
        rod(shade, 0.0, 0.0, (0.24, 0.44), 0.14, taper=-0.3),
    )


def _chest(rng: random.Random) -> tuple[Solid, ...]:
    card, lid, ribbon = _patterned(rng, 0.08), _patterned(rng, 0.08), _plain(rng)
    return (
        box(card, (-0.18, 0.18), (-0.13, 0.13), (0.0, 0.2)),
        box(lid, (-0.19, 0.19), (-0.14, 0.14), (0.2, 0.26)),
        box(ribbon, (-0.025, 0.025), (-0.144, 0.144), (0.0, 0.264)),
        ball(ribbon, (-0.045, 0.0, 0.285), 0.045, 0.03),
        ball(ribbon, (0.045, 0.0, 0.285), 0.045, 0.03),
    )


def _pot(rng: random.Random) -> tuple[Solid, ...]:
    leaf = Surface(
        Texture.LEAVES,
        hsv(rng.uniform(0.24, 0.36), 0.8, 0.35),
        hsv(rng.uniform(0.2, 0.33), 0.6, 0.85),
        seed=rng.randrange(9999),
    )
    blooms = [
        ball(_plain(rng), (rng.uniform(-0.11, 0.11), rng.uniform(-0.11, 0.11), rng.uniform(0.32, 0.42)), 0.035)
        for _ in range(5)
    ]
    return (
        rod(_patterned(rng, 0.07, 0.5), 0.0, 0.0, (0.0, 0.2), 0.12, taper=0.18),
        rod(_plain(rng), 0.0, 0.0, (0.2, 0.225), 0.15),
        ball(leaf, (0.0, 0.0, 0.29), 0.14, 0.1),
        *blooms,
    )


def _engine(rng: random.Random) -> tuple[Solid, ...]:
    body, wheel = _plain(rng, 0.4), _plain(rng, 0.4)
    wheels = [
        Solid(Form.CYLINDER, (x, y, 0.05), (0.05, 0.05, 0.015), wheel, tilt=1.5707963)
        for x in (-0.13, 0.0, 0.13)
        for y in (-0.1, 0.1)
    ]
    boiler = Solid(
        Form.CYLINDER,
        (-0.07, 0.0, 0.17),
        (0.075, 0.075, 0.13),
        _patterned(rng, 0.06, 0.4),
        yaw=1.5707963,
        tilt=1.5707963,
    )
    return (
        box(body, (-0.2, 0.2), (-0.085, 0.085), (0.06, 0.1)),
        boiler,
        box(_patterned(rng, 0.06), (0.05, 0.2), (-0.085, 0.085), (0.1, 0.29)),
        box(wheel, (0.03, 0.22), (-0.1, 0.1), (0.29, 0.315)),
        rod(_plain(rng), -0.14, 0.0, (0.23, 0.34), 0.03, taper=0.25),
        *wheels,
    )


Maker = Callable[[random.Random], tuple[Solid, ...]]

#: Name, maker, reach and height in metres.
_KINDS: tuple[tuple[str, Maker, float, float], ...] = (
    ("bag", _bag, 0.23, 0.47),
    ("tower of blocks", _blocks, 0.1, 0.65),
    ("striped jug", _jug, 0.19, 0.29),
    ("globe", _globe, 0.17, 0.41),
    ("table lamp", _lamp, 0.18, 0.44),
    ("box with a ribbon", _chest, 0.24, 0.31),
    ("flower pot", _pot, 0.17, 0.45),
    ("toy engine", _engine, 0.24, 0.34),
)
