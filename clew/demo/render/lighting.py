"""The second pass of a picture: how much lamp, window, sun and open space every second pixel of every second row receives.

Each sample sends one ray to each light, aimed at one of sixteen places on it by turns over squares of four by four samples;
the paint pass averages such squares, which makes shadows soft.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clew.demo.render.bundles import BEST, DX, DY, DZ, KEY, OX, OY, OZ, RAYS, Bundle, Floats, meet_body
from clew.demo.render.kernels import kernel
from clew.demo.render.shading import may_shade, normal_at

#: Metres around a point within which things keep the sky of the room from it.
OPEN_REACH_M = 0.9
#: Rows of `facing`, by constant offsets as in a bundle: the normals, and the light that comes if nothing is in the way.
_NX, _NY, _NZ, _SHARE = (row * RAYS for row in range(4))


def _places_on_ball() -> npt.NDArray[np.float64]:
    """Sixteen points spread over the unit ball along a golden spiral, shape (16, 3)."""
    turns = np.arange(16)
    heights, angles = (turns + 0.5) / 8.0 - 1.0, 2.399963 * turns
    rings = np.sqrt(1.0 - heights * heights)
    return np.stack((rings * np.cos(angles), rings * np.sin(angles), heights), axis=1)


_PLACES = _places_on_ball()


@kernel
def _turn(i: int) -> int:
    """Which of sixteen places on a light the sample `i` of a square aims at."""
    return (5 * (4 * ((i >> 3) & 3) + (i & 3)) + 3) & 15


@kernel
def _aim_lamp(lights: Floats, rays: Bundle, facing: Bundle) -> float:
    """At the lamp, a ball. Like its sisters it fills directions and shares and returns the greatest share."""
    most = 0.0
    for i in range(RAYS):
        turn = _turn(i)
        dx = lights[0] + _PLACES[turn, 0] * lights[3] - rays[OX + i]
        dy = lights[1] + _PLACES[turn, 1] * lights[3] - rays[OY + i]
        dz = lights[2] + _PLACES[turn, 2] * lights[3] - rays[OZ + i]
        away = dx * dx + dy * dy + dz * dz
        cosine = (dx * facing[_NX + i] + dy * facing[_NY + i] + dz * facing[_NZ + i]) / math.sqrt(away)
        share = max(0.0, cosine) / (0.25 + away)
        rays[DX + i], rays[DY + i], rays[DZ + i], facing[_SHARE + i] = dx, dy, dz, share
        most = max(most, share)
    return most


@kernel
def _aim_window(lights: Floats, rays: Bundle, facing: Bundle) -> float:
    """At the sky in the window, a rectangle of four by four places."""
    most = 0.0
    for i in range(RAYS):
        turn = _turn(i)
        a, b = ((turn & 3) - 1.5) * 0.5, ((turn >> 2) - 1.5) * 0.5
        dx = lights[7] + a * lights[10] + b * lights[13] - rays[OX + i]
        dy = lights[8] + a * lights[11] + b * lights[14] - rays[OY + i]
        dz = lights[9] + a * lights[12] + b * lights[15] - rays[OZ + i]
        away = dx * dx + dy * dy + dz * dz
        arriving = dx * facing[_NX + i] + dy * facing[_NY + i] + dz * facing[_NZ + i]
        leaving = -(dx * lights[16] + dy * lights[17] + dz * lights[18])
        share = max(0.0, arriving) * max(0.0, leaving) / ((0.15 + away) * away)
        rays[DX + i], rays[DY + i], rays[DZ + i], facing[_SHARE + i] = dx, dy, dz, share
        most = max(most, share)
    return most


@kernel
def _aim_sun(lights: Floats, rays: Bundle, facing: Bundle) -> float:
    """At the sun, where the ray to it leaves through the window beside its middle bar."""
    wide = lights[10] ** 2 + lights[11] ** 2 + lights[12] ** 2 + 1e-12
    high = lights[13] ** 2 + lights[14] ** 2 + lights[15] ** 2 + 1e-12
    most = 0.0
    for i in range(RAYS):
        turn = _turn(i)
        sx, sy, sz = lights[22] + 0.012 * ((turn & 3) - 1.5), lights[23] + 0.012 * ((turn >> 2) - 1.5), lights[24]
        share = max(0.0, sx * facing[_NX + i] + sy * facing[_NY + i] + sz * facing[_NZ + i])
        through = min(-1e-6, sx * lights[16] + sy * lights[17] + sz * lights[18])
        x, y, z = lights[7] - rays[OX + i], lights[8] - rays[OY + i], lights[9] - rays[OZ + i]
        far = (x * lights[16] + y * lights[17] + z * lights[18]) / through
        rays[DX + i], rays[DY + i], rays[DZ + i] = far * sx, far * sy, far * sz
        x, y, z = far * sx - x, far * sy - y, far * sz - z
        a = abs(x * lights[10] + y * lights[11] + z * lights[12]) / wide
        b = abs(x * lights[13] + y * lights[14] + z * lights[15]) / high
        if far <= 0.0 or a > 1.0 or b > 1.0 or a < 0.04:
            share = 0.0
        facing[_SHARE + i] = share
        most = max(most, share)
    return most


@kernel
def _aim_around(room: Floats, rays: Bundle, facing: Bundle) -> None:
    """Into the half space over the point (ambient occlusion); walls near by count in part."""
    for i in range(RAYS):
        turn = _turn(i)
        dx = facing[_NX + i] + 0.98 * _PLACES[turn, 0]
        dy = facing[_NY + i] + 0.98 * _PLACES[turn, 1]
        dz = facing[_NZ + i] + 0.98 * _PLACES[turn, 2]
        length = OPEN_REACH_M / math.sqrt(dx * dx + dy * dy + dz * dz + 1e-12)
        dx, dy, dz = dx * length, dy * length, dz * length
        x, y, z = rays[OX + i], rays[OY + i], rays[OZ + i]
        tx = (room[0] - x if dx > 0.0 else x) / max(1e-6, abs(dx))
        ty = (room[1] - y if dy > 0.0 else y) / max(1e-6, abs(dy))
        tz = (room[2] - z if dz > 0.0 else z) / max(1e-6, abs(dz))
        rays[DX + i], rays[DY + i], rays[DZ + i] = dx, dy, dz
        facing[_SHARE + i] = min(1.0, 0.35 + 0.65 * max(0.0, min(tx, ty, tz)))


@kernel
def _shade(
    solids: Bundle, forms: npt.NDArray[np.int64], ball: Floats, end: Floats, spread: float, rays: Bundle, facing: Bundle
) -> None:
    """Take the share from every ray that meets a body before its end; `ball` is the middle and radius of the origins."""
    for i in range(RAYS):
        rays[BEST + i] = np.float32(1.0) if facing[_SHARE + i] > np.float32(0.0) else np.float32(-1.0)
        rays[KEY + i] = np.float32(0.0)
    for body in range(forms.shape[0]):
        if may_shade(solids[body], ball, ball[3], end, spread):
            meet_body(solids[body], forms[body], body, 0.0, rays)
    for i in range(RAYS):
        facing[_SHARE + i] = facing[_SHARE + i] if rays[BEST + i] == np.float32(1.0) else np.float32(0.0)


@kernel
def _stand(
    solids: Bundle,
    forms: npt.NDArray[np.int64],
    camera: Floats,
    faces: npt.NDArray[np.int32],
    depths: npt.NDArray[np.float32],
    top: int,
    left: int,
    rays: Bundle,
    facing: Bundle,
    ball: Floats,
) -> None:
    """Set origins and normals to what the square's samples see, and `ball` to the middle and radius of the ball around them."""
    height, width = faces.shape
    low, high = np.full(3, 1e9), np.full(3, -1e9)
    place = np.zeros(3)
    for i in range(RAYS):
        row, column = min(height - 1, 2 * (top + (i >> 3))), min(width - 1, 2 * (left + (i & 7)))
        across, down = column + 0.5 - 0.5 * width, row + 0.5 - 0.5 * height
        for k in range(3):
            ray = camera[3 + k] + across * camera[6 + k] + down * camera[9 + k]
            place[k] = camera[k] + depths[row, column] * ray
            low[k], high[k] = min(low[k], place[k]), max(high[k], place[k])
        nx, ny, nz = normal_at(solids, forms, faces[row, column], place[0], place[1], place[2])
        facing[_NX + i], facing[_NY + i], facing[_NZ + i] = nx, ny, nz
        # A little off the surface, so that rounding does not let it shade itself.
        rays[OX + i], rays[OY + i], rays[OZ + i] = place[0] + 0.002 * nx, place[1] + 0.002 * ny, place[2] + 0.002 * nz
    ball[3] = 0.0
    for k in range(3):
        ball[k] = 0.5 * (low[k] + high[k])
        ball[3] += 0.25 * (high[k] - low[k]) ** 2
    ball[3] = math.sqrt(ball[3]) + 0.002


@kernel
def _keep(facing: Bundle, top: int, left: int, which: int, shares: npt.NDArray[np.float32]) -> None:
    """Write the square's shares of one light into the picture's."""
    for i in range(RAYS):
        row, column = top + (i >> 3), left + (i & 7)
        if row < shares.shape[0] and column < shares.shape[1]:
            shares[row, column, which] = facing[_SHARE + i]


@kernel
def light(
    solids: Bundle,
    forms: npt.NDArray[np.int64],
    room: Floats,
    camera: Floats,
    lights: Floats,
    faces: npt.NDArray[np.int32],
    depths: npt.NDArray[np.float32],
    shares: npt.NDArray[np.float32],
) -> None:
    """Fill `shares` (ceil(H / 2), ceil(W / 2), 4), which must be zero, with the shares of lamp, window, sun and open space.

    `lights`: lamp place 0-2, radius 3, colour 4-6; window middle 7-9, half sides 10-12 and 13-15, inward normal 16-18,
    colour 19-21; direction to the sun 22-24, colour 25-27; ambient colour 28-30. A light without red is out.
    """
    rays, facing = np.zeros(8 * RAYS, dtype=np.float32), np.zeros(4 * RAYS, dtype=np.float32)
    ball, sun = np.zeros(4), np.zeros(3)
    lamp, pane = lights[0:3], lights[7:10]
    half_pane = math.sqrt(
        lights[10] ** 2 + lights[11] ** 2 + lights[12] ** 2 + lights[13] ** 2 + lights[14] ** 2 + lights[15] ** 2
    )
    for top in range(0, shares.shape[0], 8):
        for left in range(0, shares.shape[1], 8):
            _stand(solids, forms, camera, faces, depths, top, left, rays, facing, ball)
            if lights[4] > 0.0 and _aim_lamp(lights, rays, facing) > 0.0:
                _shade(solids, forms, ball, lamp, lights[3], rays, facing)
                _keep(facing, top, left, 0, shares)
            if lights[19] > 0.0 and _aim_window(lights, rays, facing) > 0.0:
                _shade(solids, forms, ball, pane, half_pane, rays, facing)
                _keep(facing, top, left, 1, shares)
            if lights[25] > 0.0 and _aim_sun(lights, rays, facing) > 0.0:
                for k in range(3):
                    sun[k] = ball[k] + 9.0 * lights[22 + k]
                _shade(solids, forms, ball, sun, ball[3] + 0.2, rays, facing)
                _keep(facing, top, left, 2, shares)
            _aim_around(room, rays, facing)
            _shade(solids, forms, ball, ball[0:3], ball[3] + OPEN_REACH_M, rays, facing)
            _keep(facing, top, left, 3, shares)
