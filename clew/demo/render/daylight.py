"""The light of a room: a lamp in the evening, the sky and perhaps the sun through the window by day."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.demo.render.fittings import Opening
from clew.demo.render.plans import Place
from clew.demo.render.solids import Point
from clew.demo.render.surfaces import hsv

#: Numbers the kernels read; `lighting.light` says which is which.
_COLUMNS = 31


@dataclass(frozen=True, slots=True)
class Lights:
    """The room's light as the kernels read it, shape (31,)."""

    numbers: npt.NDArray[np.float64]


def lights_of(rng: random.Random, lamp: Point, window: Place | None, opening: Opening, is_evening: bool) -> Lights:
    """The light of a room with a lamp and, where a wall had place for it, a window."""
    numbers = np.zeros(_COLUMNS)
    numbers[0:3], numbers[3] = lamp, 0.14
    strength = rng.uniform(2.2, 3.4) if is_evening or window is None else 0.0
    numbers[4:7] = np.multiply(hsv(rng.uniform(0.07, 0.13), rng.uniform(0.1, 0.35), 1.0), strength)
    numbers[16:19] = (0.0, 0.0, -1.0)
    numbers[7:10], numbers[24] = (0.0, 0.0, 1e3), -1.0
    tint = hsv(rng.uniform(0.55, 0.62), rng.uniform(0.0, 0.15), 1.0)
    if window is not None:
        _open(numbers, window, opening)
        area = opening.width * (opening.top - opening.sill)
        numbers[19:22] = np.multiply(tint, 0.0 if is_evening else area * rng.uniform(2.2, 3.5))
        _shine_in(rng, numbers, window, is_evening)
    ambient = rng.uniform(0.12, 0.2) if is_evening else rng.uniform(0.2, 0.4)
    numbers[28:31] = np.multiply(tint, ambient)
    return Lights(numbers)


def _open(numbers: npt.NDArray[np.float64], window: Place, opening: Opening) -> None:
    """The window's middle, half sides and inward normal."""
    inward = (-math.sin(window.yaw), math.cos(window.yaw))
    across = (math.cos(window.yaw), math.sin(window.yaw))
    # A little into the room, so that the pane itself does not stand in its light.
    numbers[7:10] = (window.x + 0.03 * inward[0], window.y + 0.03 * inward[1], (opening.sill + opening.top) / 2)
    numbers[10:13] = (across[0] * opening.width / 2, across[1] * opening.width / 2, 0.0)
    numbers[13:16] = (0.0, 0.0, (opening.top - opening.sill) / 2)
    numbers[16:19] = (*inward, 0.0)


def _shine_in(rng: random.Random, numbers: npt.NDArray[np.float64], window: Place, is_evening: bool) -> None:
    """The sun outside, on two days of three."""
    aside, high = rng.uniform(-0.9, 0.9), rng.uniform(0.35, 0.9)
    inward = np.array((-math.sin(window.yaw), math.cos(window.yaw), 0.0))
    across = np.array((math.cos(window.yaw), math.sin(window.yaw), 0.0))
    towards = -inward + aside * across + np.array((0.0, 0.0, high))
    numbers[22:25] = towards / np.linalg.norm(towards)
    strength = 0.0 if is_evening or rng.random() < 0.33 else rng.uniform(1.5, 3.2)
    numbers[25:28] = np.multiply(hsv(rng.uniform(0.08, 0.13), rng.uniform(0.1, 0.35), 1.0), strength)
