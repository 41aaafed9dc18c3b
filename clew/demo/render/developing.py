"""The last pass of a picture, the camera's own: exposure, softened edges, vignetting, film curve, sensor noise, 8 bits."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clew.demo.render.kernels import kernel

#: Entries of the film curve, for exposed light 0..4.
CURVE_STEPS = 4096
_LIGHT_MAX = 4.0
#: Where the mean brightness of a picture is brought (the photographer's middle grey, a little brighter).
_MIDDLE = 0.2


def film_curve() -> npt.NDArray[np.float32]:
    """Exposed light 0..4 to 0..255: linear in the dark, rolling off into white, with display gamma."""
    exposed = np.linspace(0.0, _LIGHT_MAX, CURVE_STEPS)
    rolled = exposed * (1.0 + exposed / 6.0) / (1.0 + 0.75 * exposed)
    return np.asarray(255.0 * np.minimum(1.0, rolled / rolled[-1] * 1.12) ** (1 / 2.2), dtype=np.float32)


def exposure_of(glow: npt.NDArray[np.float32]) -> float:
    """The factor that brings the picture's logarithmic mean to middle grey, from every eighth pixel."""
    brightness = glow[::8, ::8].mean(axis=2)
    return float(_MIDDLE / np.exp(np.log(brightness + 1e-3).mean()))


@kernel
def develop(
    glow: npt.NDArray[np.float32],
    faces: npt.NDArray[np.int32],
    curve: npt.NDArray[np.float32],
    exposure: float,
    grain: float,
    seed: int,
    pixels: npt.NDArray[np.uint8],
) -> None:
    """Fill `pixels` (H, W, 3); where neighbours belong to different faces the light is averaged, so edges are not jagged."""
    height, width = faces.shape
    mixed = np.zeros(3, dtype=np.float32)
    state = np.uint64(seed * 2 + 1)
    for row in range(height):
        y = (row - 0.5 * height) / height
        for column in range(width):
            x = (column - 0.5 * width) / width
            up, below = max(0, row - 1), min(height - 1, row + 1)
            left, right = max(0, column - 1), min(width - 1, column + 1)
            key = faces[row, column]
            here = glow[row, column]
            is_edge = (
                faces[up, column] != key
                or faces[below, column] != key
                or faces[row, left] != key
                or faces[row, right] != key
            )
            for k in range(3):
                mixed[k] = here[k]
                if is_edge:
                    mixed[k] = 0.4 * here[k] + 0.15 * (
                        glow[up, column, k] + glow[below, column, k] + glow[row, left, k] + glow[row, right, k]
                    )
            state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            out = x * x + y * y
            shade = exposure * (1.0 - 0.9 * out * math.sqrt(out)) * (CURVE_STEPS - 1) / 4.0
            for k in range(3):
                speck = (
                    float((state >> np.uint64(24 + 12 * k)) & np.uint64(1023)) / 1023.0
                    + float((state >> np.uint64(20 + 12 * k)) & np.uint64(255)) / 255.0
                    - 1.0
                )
                place = min(CURVE_STEPS - 1.0, max(0.0, mixed[k] * shade))
                value = curve[int(place)] + grain * speck
                pixels[row, column, k] = np.uint8(min(255.0, max(0.0, value + 0.5)))
