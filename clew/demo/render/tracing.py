"""The first pass of a picture: what each pixel sees, and how far away it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clew.demo.render.bundles import BEST, DX, DY, DZ, KEY, OX, OY, OZ, RAYS, Bundle, Floats, meet_body, meet_room
from clew.demo.render.kernels import kernel

#: Side in pixels of the squares that are one bundle of rays.
TILE = 8


@kernel
def _aim(camera: Floats, left: float, top: float, rays: Bundle) -> None:
    """Point the bundle at the square of pixels whose first is `left` and `top` from the middle of the picture."""
    for i in range(RAYS):
        across, down = left + (i & 7), top + (i >> 3)
        rays[OX + i], rays[OY + i], rays[OZ + i] = camera[0], camera[1], camera[2]
        rays[DX + i] = camera[3] + across * camera[6] + down * camera[9]
        rays[DY + i] = camera[4] + across * camera[7] + down * camera[10]
        rays[DZ + i] = camera[5] + across * camera[8] + down * camera[11]


@kernel
def _farthest(rays: Bundle) -> float:
    """The greatest distance any ray of the bundle has still to go."""
    worst = rays[BEST]
    for i in range(1, RAYS):
        worst = max(worst, rays[BEST + i])
    return float(worst)


@kernel
def see(
    solids: Bundle,
    forms: npt.NDArray[np.int64],
    frames: Floats,
    room: Floats,
    camera: Floats,
    faces: npt.NDArray[np.int32],
    depths: npt.NDArray[np.float32],
) -> None:
    """Fill `faces` (H, W) with 8 * body + face (the room is the body after the last) and `depths` with ray parameters.

    `frames` (M, 6), nearest first: a body's bounds on the picture in pixels, its least depth, and which body it is.
    `camera` holds the eye 0-2, the ray through the middle of the picture 3-5, and the steps of the ray from pixel to
    pixel, across 6-8 and down 9-11; the ray's middle part is a unit vector, so that parameters are depths.
    """
    height, width = faces.shape
    rays = np.zeros(8 * RAYS, dtype=np.float32)
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            _aim(camera, left + 0.5 - 0.5 * width, top + 0.5 - 0.5 * height, rays)
            meet_room(room, forms.shape[0], rays)
            farthest = _farthest(rays)
            for place in range(frames.shape[0]):
                frame = frames[place]
                if frame[4] > farthest:
                    break
                if frame[0] < left + TILE and frame[2] > left and frame[1] < top + TILE and frame[3] > top:
                    body = int(frame[5])
                    meet_body(solids[body], forms[body], body, 0.02, rays)
                    farthest = _farthest(rays)
            for i in range(RAYS):
                row, column = top + (i >> 3), left + (i & 7)
                if row < height and column < width:
                    faces[row, column] = int(rays[KEY + i])
                    depths[row, column] = rays[BEST + i]
