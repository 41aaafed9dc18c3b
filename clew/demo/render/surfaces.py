"""What a thing is made of: a texture, three colours in linear light, a scale, gloss and glow."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from enum import IntEnum

Colour = tuple[float, float, float]

#: Columns of one surface in the array the kernels read.
SURFACE_COLUMNS = 15


class Texture(IntEnum):
    """The procedural textures; the numbers are what the kernels branch on."""

    PLAIN = 0
    PLANKS = 1
    TILES = 2
    CARPET = 3
    PAINT = 4
    STRIPES = 5
    MOTIF = 6
    BRICKS = 7
    PANELS = 8
    WOOD = 9
    WEAVE = 10
    RUG = 11
    ART = 12
    SKY = 13
    BOOKS = 14
    CLOCK = 15
    LEAVES = 16
    DOTS = 17
    MARBLE = 18
    CHECKS = 19
    FOLDS = 20


@dataclass(frozen=True, slots=True)
class Surface:
    """One material. `scale` is the size of its pattern in metres; `gloss` and `glow` run from 0 up."""

    texture: Texture
    first: Colour
    second: Colour
    third: Colour = (0.05, 0.05, 0.05)
    scale: float = 0.1
    gloss: float = 0.0
    glow: float = 0.0
    seed: int = 0

    def row(self) -> list[float]:
        """The surface as one row of the kernels' array."""
        colours = [*self.first, *self.second, *self.third]
        return [float(self.texture), *colours, self.scale, self.gloss, self.glow, float(self.seed), 0.0]


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """A colour as painters mix it (all 0..1, the hue wraps), in linear light."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, min(1.0, max(0.0, saturation)), min(1.0, max(0.0, value)))
    return (red**2.2, green**2.2, blue**2.2)


def shaded(colour: Colour, factor: float) -> Colour:
    """The same colour, lighter or darker."""
    return (colour[0] * factor, colour[1] * factor, colour[2] * factor)
