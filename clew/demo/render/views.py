"""The pictures of the demo world: one room from one standpoint, with or without a thing that turns up in other rooms."""

from __future__ import annotations

import random
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from clew.demo.render.belongings import belonging
from clew.demo.render.cameras import Camera, Stage, close_view, wide_view
from clew.demo.render.developing import develop, exposure_of, film_curve
from clew.demo.render.framing import frames_of
from clew.demo.render.lighting import light
from clew.demo.render.painting import paint_picture
from clew.demo.render.rooms import Room, room_of
from clew.demo.render.solids import Bodies, Point, Solid, bodies_of
from clew.demo.render.tracing import see

_CURVE = film_curve()
#: Turn from one view to the next: the golden angle never repeats.
_TURN = 2.399963
#: How much of the picture's height a thing fills, from across the room and from near by.
_FAR_SHARE, _NEAR_SHARE = 0.3, 0.55


def picture_of(
    place: int, view: int, *, thing: int | None = None, width: int = 640, height: int = 480
) -> npt.NDArray[np.uint8]:
    """Room `place` from standpoint `view`, (height, width, 3) RGB; the same arguments give the same pixels.

    With `thing`, that thing stands in the room and the picture is of it: even views from across the room, odd views from
    near by. A room and a thing are the same in every picture they are in.
    """
    stage, room, camera = _scene(place, view, thing)
    rng = random.Random(f"picture {place} {view} {thing}")  # noqa: S311 - a picture, not a secret
    numbers = camera.numbers(width, height)
    size, lights = np.array(stage.size), room.lights.numbers
    bodies = stage.bodies
    faces, depths = np.empty((height, width), dtype=np.int32), np.empty((height, width), dtype=np.float32)
    see(bodies.numbers, bodies.forms, frames_of(bodies, numbers, width, height), size, numbers, faces, depths)
    shares = np.zeros(((height + 1) // 2, (width + 1) // 2, 4), dtype=np.float32)
    light(bodies.numbers, bodies.forms, size, numbers, lights, faces, depths, shares)
    glow = np.empty((height, width, 3), dtype=np.float32)
    paint_picture(bodies.numbers, bodies.forms, bodies.surfaces, size, numbers, lights, faces, depths, shares, glow)
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    exposure = exposure_of(glow) * rng.uniform(0.85, 1.2)
    develop(glow, faces, _CURVE, exposure, rng.uniform(1.0, 4.0), rng.randrange(1 << 30), pixels)
    return pixels


def warm_up() -> None:
    """Compile or load all kernels; the first picture of a process is then as quick as the next."""
    picture_of(0, 0, width=64, height=48)


@lru_cache(maxsize=64)
def _scene(place: int, view: int, thing: int | None) -> tuple[Stage, Room, Camera]:
    """The bodies of a picture and where it is taken from."""
    room, stage, spot = _stage(place, thing)
    start = random.Random(f"start {place} {thing}").uniform(0.0, 6.3) + _TURN * view  # noqa: S311 - a picture, not a secret
    rng = random.Random(f"view {place} {view} {thing}")  # noqa: S311 - a picture, not a secret
    if thing is None or spot is None:
        return stage, room, wide_view(stage, rng, start)
    share = _NEAR_SHARE if view % 2 else _FAR_SHARE
    return stage, room, close_view(stage, rng, start, spot, belonging(thing).height, share)


@lru_cache(maxsize=16)
def _stage(place: int, thing: int | None) -> tuple[Room, Stage, Point | None]:
    """The room with everything in it, and where the thing stands."""
    room = room_of(place)
    solids: list[Solid] = [*room.fixed]
    for piece in room.pieces:
        solids += piece.solids
    spot = None if thing is None else _spot_for(room, thing)
    for standing in room.standings:
        if spot is None or np.hypot(standing.place[0] - spot[0], standing.place[1] - spot[1]) > 0.45:
            solids += standing.solids
    first = len(solids)
    if thing is not None and spot is not None:
        turn = random.Random(f"turn {place} {thing}").uniform(-3.1, 3.1)  # noqa: S311 - a picture, not a secret
        solids += [solid.moved(*spot, turn) for solid in belonging(thing).solids]
    bodies = _with_planes(bodies_of(solids), room)
    size = (room.width, room.depth, room.height)
    return room, Stage(size, bodies, range(first, len(solids))), spot


def _spot_for(room: Room, thing: int) -> Point:
    """Where the thing stands in that room: on a table, bed, rug or low cupboard, or else in the middle of the floor."""
    places = [standing.place for standing in room.standings if standing.place[2] < 1.1]
    if not places:
        return (room.width / 2, room.depth / 2, 0.0)
    return random.Random(f"spot {room.number} {thing}").choice(places)  # noqa: S311 - a picture, not a secret


def _with_planes(bodies: Bodies, room: Room) -> Bodies:
    """The bodies with the room's six surfaces after theirs, as the paint pass expects."""
    planes = np.array([surface.row() for surface in room.planes])
    return Bodies(bodies.numbers, bodies.forms, np.concatenate((bodies.surfaces, planes)), bodies.corners)
