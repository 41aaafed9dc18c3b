"""What belongs together: the furniture along the walls of a bedroom, a parlour, a study, and the table in the middle."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from clew.demo.render.furniture import Maker, bed, bookcase, chair, crates, cupboard, desk, sofa, table
from clew.demo.render.kitchen import counter, stove
from clew.demo.render.palettes import Palette
from clew.demo.render.plans import Place, Plan


def _bedroom(rng: random.Random) -> list[Maker]:
    return [bed, cupboard, *rng.sample([cupboard, desk, chair, bookcase, crates, bed], 3)]


def _parlour(rng: random.Random) -> list[Maker]:
    return [sofa, cupboard, *rng.sample([bookcase, sofa, cupboard, crates, table, chair], 4)]


def _study(rng: random.Random) -> list[Maker]:
    return [desk, bookcase, *rng.sample([bookcase, chair, cupboard, sofa, desk, crates], 4)]


def _kitchen(rng: random.Random) -> list[Maker]:
    return [counter, stove, *rng.sample([counter, cupboard, table, chair, bookcase, crates], 3)]


def _lumber_room(rng: random.Random) -> list[Maker]:
    return [crates, cupboard, crates, *rng.sample([bookcase, table, chair, crates, sofa, bed], 4)]


#: A room is one of these.
SUITES: tuple[Callable[[random.Random], list[Maker]], ...] = (_bedroom, _parlour, _study, _kitchen, _lumber_room)


def in_the_middle(rng: random.Random, palette: Palette, plan: Plan) -> None:
    """A table away from the walls, with chairs at its long sides where there is room for them."""
    made = table(rng, palette)
    x, y = plan.width * rng.uniform(0.35, 0.65), plan.depth * rng.uniform(0.35, 0.65)
    is_lengthwise = rng.random() < 0.5
    place = Place(x, y - made.depth / 2, 0.0) if is_lengthwise else Place(x + made.depth / 2, y, math.pi / 2)
    if not plan.in_the_open(made, place) or made.height < 0.6:
        return
    around = made.depth / 2 + 0.55
    seat = chair(rng, palette)
    for side in rng.sample((-1, 1), rng.randint(1, 2)):
        for along in (0.0,) if made.width < 1.2 else (-made.width / 4, made.width / 4):
            # A chair faces away from its back, so the one below looks up and the one above looks down.
            turn = 0.0 if side < 0 else math.pi
            if is_lengthwise:
                plan.in_the_open(seat, Place(x + along, y + side * around, turn))
            else:
                plan.in_the_open(seat, Place(x + side * around, y + along, turn - math.pi / 2))
