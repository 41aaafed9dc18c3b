"""The third pass of a picture: textures, the filtered light on them, and what the window leaves on glossy things."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clew.demo.render.bundles import Bundle, Floats
from clew.demo.render.kernels import kernel
from clew.demo.render.shading import normal_at
from clew.demo.render.textures import colour_at


@kernel
def _room_colour(room: Floats, surfaces: Floats, face: int, x: float, y: float, z: float) -> tuple[float, float, float]:
    """The colour of a wall, the floor or the ceiling; the six surfaces stand after those of the bodies."""
    which = surfaces.shape[0] - 6 + face
    if face < 2:
        return colour_at(surfaces, which, y, z, 0.5 * room[1], 0.5 * room[2])
    if face < 4:
        return colour_at(surfaces, which, x, z, 0.5 * room[0], 0.5 * room[2])
    return colour_at(surfaces, which, x, y, 0.5 * room[0], 0.5 * room[1])


@kernel
def _body_colour(
    solids: Bundle, form: int, surfaces: Floats, body: int, face: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """The colour of a body's face; textures lie in metres from the middle of the face."""
    x, y, z = x - solids[body, 9], y - solids[body, 10], z - solids[body, 11]
    lx = solids[body, 12] * (solids[body, 0] * x + solids[body, 1] * y + solids[body, 2] * z)
    ly = solids[body, 13] * (solids[body, 3] * x + solids[body, 4] * y + solids[body, 5] * z)
    lz = solids[body, 14] * (solids[body, 6] * x + solids[body, 7] * y + solids[body, 8] * z)
    if form == 0 and face < 2:
        return colour_at(surfaces, body, ly, lz, solids[body, 13], solids[body, 14])
    if form == 0 and face < 4:
        return colour_at(surfaces, body, lx, lz, solids[body, 12], solids[body, 14])
    if form == 0 or (form == 2 and face >= 4):
        return colour_at(surfaces, body, lx, ly, solids[body, 12], solids[body, 13])
    return colour_at(
        surfaces, body, math.atan2(ly, lx) * solids[body, 12], lz, math.pi * solids[body, 12], solids[body, 14]
    )


@kernel
def _soften(
    faces: npt.NDArray[np.int32], shares: npt.NDArray[np.float32], row: int, column: int, soft: npt.NDArray[np.float32]
) -> None:
    """The mean of the four by four light samples around a pixel that lie on the same face, into `soft` (4)."""
    key, count = faces[row, column], 0
    lamp = pane = sun = free = np.float32(0.0)
    first_row, first_column = max(0, (row - 3) >> 1), max(0, (column - 3) >> 1)
    for i in range(first_row, min(shares.shape[0], first_row + 4)):
        for j in range(first_column, min(shares.shape[1], first_column + 4)):
            if faces[2 * i, 2 * j] == key:
                lamp += shares[i, j, 0]
                pane += shares[i, j, 1]
                sun += shares[i, j, 2]
                free += shares[i, j, 3]
                count += 1
    if count == 0:
        i, j, count = row >> 1, column >> 1, 1
        lamp, pane, sun, free = shares[i, j, 0], shares[i, j, 1], shares[i, j, 2], shares[i, j, 3]
    part = np.float32(1.0) / np.float32(count)
    soft[0], soft[1], soft[2], soft[3] = lamp * part, pane * part, sun * part, free * part


@kernel
def _shine(
    lights: Floats, x: float, y: float, z: float, rx: float, ry: float, rz: float, normal: tuple[float, float, float]
) -> float:
    """How much of the bright window a polished point mirrors towards the eye (Fresnel by Schlick), 0..1."""
    nx, ny, nz = normal
    along = rx * nx + ry * ny + rz * nz
    mx, my, mz = rx - 2.0 * along * nx, ry - 2.0 * along * ny, rz - 2.0 * along * nz
    through = mx * lights[16] + my * lights[17] + mz * lights[18]
    if through >= -1e-6:
        return 0.0
    ax, ay, az = lights[7] - x, lights[8] - y, lights[9] - z
    far = (ax * lights[16] + ay * lights[17] + az * lights[18]) / through
    ax, ay, az = far * mx - ax, far * my - ay, far * mz - az
    wide = lights[10] ** 2 + lights[11] ** 2 + 1e-12
    a = abs(ax * lights[10] + ay * lights[11]) / wide
    b = abs(az) / (lights[15] + 1e-12)
    if a > 1.1 or b > 1.1:
        return 0.0
    inside = min(1.0, 3.0 * (1.1 - a)) * min(1.0, 3.0 * (1.1 - b))
    grazing = 1.0 - min(1.0, abs(along) / math.sqrt(rx * rx + ry * ry + rz * rz))
    return float(inside * (0.06 + 0.94 * grazing * grazing * grazing * grazing * grazing))


@kernel
def paint_picture(
    solids: Bundle,
    forms: npt.NDArray[np.int64],
    surfaces: Floats,
    room: Floats,
    camera: Floats,
    lights: Floats,
    faces: npt.NDArray[np.int32],
    depths: npt.NDArray[np.float32],
    shares: npt.NDArray[np.float32],
    glow: npt.NDArray[np.float32],
) -> None:
    """Fill `glow` (H, W, 3) with the light that reaches the lens, linear, from what `see` and `light` found."""
    height, width = faces.shape
    softened, known = np.zeros((width // 2 + 1, 4), dtype=np.float32), np.full((width // 2 + 1, 2), -1)
    for row in range(height):
        down = row + 0.5 - 0.5 * height
        for column in range(width):
            across = column + 0.5 - 0.5 * width
            rx = camera[3] + across * camera[6] + down * camera[9]
            ry = camera[4] + across * camera[7] + down * camera[10]
            rz = camera[5] + across * camera[8] + down * camera[11]
            depth, key = depths[row, column], faces[row, column]
            x, y, z = camera[0] + depth * rx, camera[1] + depth * ry, camera[2] + depth * rz
            body, face = key >> 3, key & 7
            if body == forms.shape[0]:
                body += face
                red, green, blue = _room_colour(room, surfaces, face, x, y, z)
            else:
                red, green, blue = _body_colour(solids, forms[body], surfaces, body, face, x, y, z)
            window = (column + 1) >> 1
            # Two by two pixels share their sixteen samples where they lie on one face.
            if known[window, 0] != (row + 1) >> 1 or known[window, 1] != key:
                known[window, 0], known[window, 1] = (row + 1) >> 1, key
                _soften(faces, shares, row, column, softened[window])
            lamp, pane, sun = softened[window, 0], softened[window, 1], softened[window, 2]
            free = 0.12 + 0.88 * softened[window, 3]
            mirrored, own = 0.0, surfaces[body, 12]
            if surfaces[body, 11] > 0.0 and lights[19] > 0.0:
                normal = normal_at(solids, forms, key, x, y, z)
                mirrored = 0.35 * surfaces[body, 11] * _shine(lights, x, y, z, rx, ry, rz, normal)
            red *= free * lights[28] + lamp * lights[4] + pane * lights[19] + sun * lights[25] + own
            green *= free * lights[29] + lamp * lights[5] + pane * lights[20] + sun * lights[26] + own
            blue *= free * lights[30] + lamp * lights[6] + pane * lights[21] + sun * lights[27] + own
            glow[row, column, 0] = red + mirrored * lights[19]
            glow[row, column, 1] = green + mirrored * lights[20]
            glow[row, column, 2] = blue + mirrored * lights[21]
