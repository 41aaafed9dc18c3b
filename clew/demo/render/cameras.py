"""Where the photographer stands: tries several places for a view and takes the one that shows most of the room."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.demo.render.framing import frames_of
from clew.demo.render.solids import Bodies, Point
from clew.demo.render.tracing import see

#: The picture a place is judged by, in pixels.
_TRIAL = (24, 32)
#: Metres the eye keeps from everything.
_CLEAR_M = 0.3
#: How many standpoints are compared.
_JUDGED = 12


@dataclass(frozen=True, slots=True)
class Camera:
    """An eye, where it looks, and the focal length in picture heights; `roll` tips the horizon (radians)."""

    eye: Point
    target: Point
    focal: float
    roll: float = 0.0

    def numbers(self, width: int, height: int) -> npt.NDArray[np.float64]:
        """Eye 0-2, ray through the middle 3-5, steps of the ray per pixel across 6-8 and down 9-11."""
        forward = np.array(self.target) - np.array(self.eye)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        tipped_right = right * math.cos(self.roll) + down * math.sin(self.roll)
        tipped_down = down * math.cos(self.roll) - right * math.sin(self.roll)
        # The shorter side decides, so that an upright picture shows as much as a lying one.
        pixel = 1.0 / (self.focal * min(height, width * 0.75))
        return np.concatenate((self.eye, forward, tipped_right * pixel, tipped_down * pixel))


@dataclass(frozen=True, slots=True)
class Stage:
    """What a camera is chosen in: the room's size, its bodies, and which bodies are the thing."""

    size: Point
    bodies: Bodies
    things: range

    def is_clear(self, eye: Point) -> bool:
        """Nothing is within arm's length of the eye."""
        numbers, at = self.bodies.numbers, np.array(eye)
        inside = (at > numbers[:, 18:21] - _CLEAR_M) & (at < numbers[:, 21:24] + _CLEAR_M)
        return not bool(inside.all(axis=1).any())

    def trial(self, camera: Camera) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """What a small picture from there would see: faces and depths."""
        height, width = _TRIAL
        numbers = camera.numbers(width, height)
        faces, depths = np.empty(_TRIAL, dtype=np.int32), np.empty(_TRIAL, dtype=np.float32)
        frames = frames_of(self.bodies, numbers, width, height)
        see(self.bodies.numbers, self.bodies.forms, frames, np.array(self.size), numbers, faces, depths)
        return faces, depths


def wide_view(stage: Stage, rng: random.Random, start: float) -> Camera:
    """A view of the room: from near the wall in the direction `start` (radians) towards the far side, at about eye level."""
    best, best_worth, judged = None, -math.inf, 0
    for attempt in range(80):
        angle = start + rng.uniform(-0.5, 0.5)
        width, depth, height = stage.size
        out = rng.uniform(0.55, 0.92)
        eye = (
            width / 2 * (1.0 + out * math.cos(angle)),
            depth / 2 * (1.0 + out * math.sin(angle)),
            min(height - 0.35, rng.uniform(1.0, 1.9)),
        )
        if not stage.is_clear(eye) and attempt < 60:
            continue
        aside, ahead = rng.uniform(-0.6, 0.6), rng.uniform(0.1, 0.8)
        target = (
            width / 2 * (1.0 - ahead * math.cos(angle + aside)),
            depth / 2 * (1.0 - ahead * math.sin(angle + aside)),
            rng.uniform(0.5, 1.2),
        )
        camera = Camera(eye, target, rng.uniform(0.74, 1.2), rng.gauss(0.0, 0.02))
        worth = _worth(stage, camera)
        if worth > best_worth:
            best, best_worth = camera, worth
        judged += 1
        if judged == _JUDGED:
            break
    assert best is not None
    return best


def close_view(stage: Stage, rng: random.Random, start: float, place: Point, tall: float, share: float) -> Camera:
    """A view of one thing, `tall` metres high and standing at `place`, that fills about `share` of the picture's height."""
    best, best_worth, judged = None, -math.inf, 0
    for attempt in range(80):
        angle = start + rng.uniform(-1.0, 1.0) * (1.0 + attempt / 30.0)
        focal, pitch = rng.uniform(0.85, 1.3), rng.uniform(0.15, 0.6)
        far = focal * tall / share * rng.uniform(0.85, 1.15)
        eye = (
            place[0] + far * math.cos(pitch) * math.cos(angle),
            place[1] + far * math.cos(pitch) * math.sin(angle),
            place[2] + 0.5 * tall + far * math.sin(pitch),
        )
        if not all(0.15 < part < size - 0.15 for part, size in zip(eye, stage.size, strict=True)):
            continue
        if not stage.is_clear(eye) and attempt < 60:
            continue
        slip = 0.25 * tall / share
        target = (place[0] + rng.uniform(-slip, slip), place[1] + rng.uniform(-slip, slip), place[2] + 0.5 * tall)
        camera = Camera(eye, target, focal, rng.gauss(0.0, 0.03))
        faces, depths = stage.trial(camera)
        seen = float(np.isin(faces >> 3, np.array(stage.things)).mean())
        worth = min(seen / (share * share), 0.8) + 0.2 * rng.random() - 2.0 * float((depths < 0.25).mean())
        if worth > best_worth:
            best, best_worth = camera, worth
        judged += 1
        if judged == _JUDGED and best_worth > 0.3:
            break
    return best if best is not None else wide_view(stage, rng, start)


def _worth(stage: Stage, camera: Camera) -> float:
    """How much there is to see: many bodies, not one wall or one cupboard front, nothing right before the lens."""
    faces, depths = stage.trial(camera)
    _, counts = np.unique(faces, return_counts=True)
    shares = counts / faces.size
    variety = float(-(shares * np.log(shares)).sum())
    bare = float((faces >> 3 == len(stage.bodies.forms)).mean())
    return variety - 2.0 * bare - 4.0 * float((depths < 0.6).mean()) + 0.3 * math.log(float(depths.mean()))
