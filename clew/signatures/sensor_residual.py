"""Sensor residual: what is left of a picture when the scene is taken away, in which the pattern of one sensor lies under much other noise.

The middle of the picture, less its local means, weakened where a scene has edges (the local Wiener estimate of Mihcak, Kozintsev and
Ramchandran 1999, over means of 5 x 5 instead of wavelets); less the mean of every row and column, and less what stands out in its spectrum:
amplification of lines, interpolation of colours, blocks of JPEG (Chen, Fridrich, Goljan, Lukas 2008, section III). Several residuals of one
camera give the estimate of its pattern of most likelihood (the same, eq. 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.kernel.errors import InputRefused
from clew.kernel.limits import SENSOR_SIDE_PIXELS_MAX
from clew.signatures.opencv import cv2
from clew.signatures.pdq import PixelsUnusable

Plane = npt.NDArray[np.float32]
Used = npt.NDArray[np.bool_]

#: Sides of the squares that are used or left out whole: of a picture's pixels, and of a print's, which is half as fine.
SQUARE, BLOCK = 16, 8
#: The side of the means, the noise that is expected, in levels of 255, and the sides of windows in which the scene's variance is looked for.
_MEAN_SIDE, _SIGMA = 5, 3.0
_WINDOWS = (3, 5, 7, 9)
#: Blocks with so much at the ends of the scale hold no pattern, nor do those so flat that compression left nothing of them.
_CLIPPED_SHARE_MAX, _DARK, _LIGHT, _SPREAD_MIN = 0.1, 4.0, 251.0, 0.05


class ResidualsUnlike(InputRefused):
    """These pictures are not of one size, so that they cannot come from one sensor as they are. Nothing was compared."""


@dataclass(frozen=True, slots=True, eq=False)
class SensorResidual:
    """The noise of one picture, or the pattern estimated from several.

    `noise` (h, w), sides multiples of 16, zero where not used; `light` (h, w) levels of 255; `used` (h / 16, w / 16).
    `width` and `height` are those of the picture in pixels, as the sensor has them: no turn that EXIF asks for.
    """

    noise: Plane
    light: Plane
    used: Used
    width: int
    height: int

    @property
    def used_share(self) -> float:
        """How much of it holds noise, 0 to 1."""
        return float(self.used.mean()) if self.used.size else 0.0


def residual_of(pixels: npt.NDArray[np.uint8], *, side_pixels_max: int = SENSOR_SIDE_PIXELS_MAX) -> SensorResidual:
    """The residual of a picture (H, W, 3) RGB or (H, W) grey: of its middle, at most so many pixels of each side. Raises PixelsUnusable.

    Where the picture is smaller than 16 pixels on a side nothing is left. Time and memory are bounded by `side_pixels_max`.
    """
    is_grey = pixels.ndim == 2
    if pixels.dtype != np.uint8 or not (is_grey or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise PixelsUnusable
    height, width = pixels.shape[:2]
    sides = [min(side_pixels_max, side) // SQUARE * SQUARE for side in (height, width)]
    if min(sides) == 0:
        nothing = np.zeros((0, 0), dtype=np.float32)
        return SensorResidual(nothing, nothing, np.zeros((0, 0), dtype=np.bool_), width, height)
    # Of even sides the same middle is cut out when the picture is turned upside down.
    top, left = (height - sides[0]) // 2, (width - sides[1]) // 2
    middle = np.ascontiguousarray(pixels[top : top + sides[0], left : left + sides[1]])
    light = (middle if is_grey else cv2.cvtColor(middle, cv2.COLOR_RGB2GRAY)).astype(np.float32)
    used = _used(light)
    detail = light - cv2.boxFilter(light, -1, (_MEAN_SIDE, _MEAN_SIDE), borderType=cv2.BORDER_REFLECT)
    return SensorResidual(_level(_noise_part(detail, _SIGMA**2), used), light, used, width, height)


def fingerprint_of(residuals: Sequence[SensorResidual]) -> SensorResidual:
    """The pattern of the camera that took all of these; raises ResidualsUnlike where they differ in size or there are none."""
    sizes = {(residual.width, residual.height, residual.noise.shape) for residual in residuals}
    if len(sizes) != 1:
        raise ResidualsUnlike
    first = residuals[0]
    above, below = np.zeros_like(first.noise), np.full_like(first.noise, 1e-6)
    for residual in residuals:
        mask = spread_out(residual.used, SQUARE)
        above += mask * residual.noise * residual.light
        below += mask * residual.light**2
    used = np.asarray(np.any([residual.used for residual in residuals], axis=0), np.bool_)
    light = np.full_like(first.light, 128.0)
    return SensorResidual(_level(128.0 * above / below, used), light, used, first.width, first.height)


def cleaned(residual: SensorResidual) -> Plane:
    """The noise (h, w) without what stands out in its spectrum; zero where not used."""
    if not residual.noise.size:
        return residual.noise
    return np.asarray(_without_lines(residual.noise) * spread_out(residual.used, SQUARE), np.float32)


def levelled(plane: Plane) -> Plane:
    """A plane of joined noise (h, w) less the means of its columns and rows and less what stands out in its spectrum."""
    plane = plane - plane.mean(axis=0, keepdims=True)
    return _without_lines(plane - plane.mean(axis=1, keepdims=True))


def _without_lines(plane: Plane) -> Plane:
    spectrum = np.fft.rfft2(plane)
    size = np.abs(spectrum).astype(np.float32) / np.float32(np.sqrt(plane.size))
    kept = _noise_part(size, max(float(plane.var()), 1e-9)) / np.maximum(size, 1e-9)
    return np.asarray(np.fft.irfft2(spectrum * kept, plane.shape), np.float32)


def halved(plane: Plane) -> Plane:
    """The means of two by two, (h / 2, w / 2): compression leaves little of what is finer."""
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32) if plane.size else plane


def spread_out(used: Used, side: int) -> Plane:
    """One for every pixel of a used square of that side, zero for others, (h, w)."""
    return np.asarray(np.repeat(np.repeat(used, side, axis=0), side, axis=1), np.float32)


def _noise_part(plane: Plane, variance: float) -> Plane:
    """Of a plane around zero what is noise of that variance: the rest has more in some window around it."""
    square, scene = plane * plane, np.full_like(plane, np.inf)
    for side in _WINDOWS:
        around = cv2.boxFilter(square, -1, (side, side), borderType=cv2.BORDER_REFLECT)
        scene = np.minimum(scene, np.maximum(around - np.float32(variance), 0))
    return np.asarray(plane * (variance / (scene + variance)), np.float32)


def _used(light: Plane) -> Used:
    rows, columns = light.shape[0] // SQUARE, light.shape[1] // SQUARE
    blocks = light.reshape(rows, SQUARE, columns, SQUARE)
    clipped = ((blocks < _DARK) | (blocks > _LIGHT)).mean(axis=(1, 3))
    return np.asarray((clipped <= _CLIPPED_SHARE_MAX) & (blocks.std(axis=(1, 3)) >= _SPREAD_MIN), np.bool_)


def _level(noise: Plane, used: Used) -> Plane:
    """The noise less the means of its columns and rows, of what is used of them."""
    mask = spread_out(used, SQUARE)
    noise = noise * mask
    for axis in (0, 1):
        count = np.maximum(mask.sum(axis=axis, keepdims=True), 1)
        noise = (noise - noise.sum(axis=axis, keepdims=True) / count) * mask
    return np.asarray(noise, np.float32)
