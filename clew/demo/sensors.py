"""Sensors: cameras of made-up makes whose pictures carry the noise of one sensor, so that "the same camera" can be measured with known truth.

A rendered picture is light. It falls through a Bayer filter on photosites, each of which is a little more or less sensitive than its
neighbours: the fixed, multiplicative pattern (photo-response non-uniformity) that tells a sensor. Then come shot noise, read noise, twelve
bits, the interpolation of colours, the display's gamma, sharpening, and a JPEG with the model's tables and EXIF. Cameras of one model share
the uneven amplification of their columns and rows, which must not be taken for a sensor. What is left out: the lens and its correction,
noise reduction, and all that telephones compute from many pictures.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from clew.demo.camera_models import MODELS, CameraModel
from clew.demo.render.views import picture_of
from clew.signatures.opencv import cv2

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]

#: The spread of sensitivities: what is written of consumer cameras is 0.5 to 1 %; drawn for each camera from this range.
PRNU_MIN, PRNU_MAX = 0.005, 0.010
#: Electrons at white, and of reading noise: a sensor of some size at its lowest sensitivity and at twice that.
_ELECTRONS_AT_WHITE = (40_000, 20_000)
_READ_NOISE_ELECTRONS = 5.0
#: How much of what a blur of one pixel takes away is added again.
_SHARPENING = 0.8
#: Uneven columns and rows, the same in every camera of a model.
_LINES_SPREAD = 0.002
_GAMMA = 2.2
_WHITE = 4095


@dataclass(frozen=True, slots=True)
class SensorCamera:
    """Camera `number` of a world; another world has other cameras under the same numbers."""

    world: int
    number: int

    @property
    def model(self) -> CameraModel:
        """What was bought: several cameras are of one model."""
        return MODELS[self._draw("model").randrange(len(MODELS))]

    @property
    def serial(self) -> str:
        """The serial number of its body."""
        return f"{self._draw('serial').randrange(10**9):09}"

    @property
    def lens_serial(self) -> str:
        """The serial number of its lens."""
        return f"L{self._draw('lens').randrange(10**7):07}"

    @property
    def prnu(self) -> float:
        """The standard deviation of its photosites' sensitivities, as a share."""
        return self._draw("prnu").uniform(PRNU_MIN, PRNU_MAX)

    def photograph(self, light: Pixels, shot: int) -> Pixels:
        """What this camera makes of a rendered picture (H, W, 3), even sides; `shot` numbers the exposure and its noise."""
        height, width = light.shape[:2]
        rng = np.random.default_rng((self.world, self.number, shot, 7))
        electrons_at_white = _ELECTRONS_AT_WHITE[int(rng.integers(2))]
        linear = (light.astype(np.float32) / 255.0) ** _GAMMA
        electrons = _mosaic(linear) * np.float32(electrons_at_white)
        electrons *= self.pattern(height, width) * self.model_lines(height, width)
        spread = np.sqrt(electrons + np.float32(_READ_NOISE_ELECTRONS**2))
        electrons += spread * rng.standard_normal((height, width), dtype=np.float32)
        raw = np.clip(np.rint(electrons * (_WHITE / electrons_at_white)), 0, _WHITE).astype(np.uint16)
        seen = cv2.cvtColor(raw, cv2.COLOR_BayerRGGB2RGB).astype(np.float32) / _WHITE
        shown = 255.0 * seen ** (1 / _GAMMA)
        shown += _SHARPENING * (shown - cv2.GaussianBlur(shown, (0, 0), 1.0))
        return np.asarray(np.clip(np.rint(shown), 0, 255), np.uint8)

    def pattern(self, height: int, width: int) -> Plane:
        """The sensitivities of its photosites, (height, width) around 1. A camera has one sensor: ask for one size."""
        return _pattern(self.world, self.number, self.prnu, height, width)

    def model_lines(self, height: int, width: int) -> Plane:
        """The amplification of columns and rows, (height, width) around 1, of all cameras of this model."""
        rng = np.random.default_rng((sum(self.model.name.encode()), 11))
        across, down = rng.normal(1.0, _LINES_SPREAD, width), rng.normal(1.0, _LINES_SPREAD, height)
        return np.asarray(down[:, None] * across[None, :], np.float32)

    def file_of(self, light: Pixels, shot: int, *, with_serials: bool = True) -> bytes:
        """The JPEG file it writes, with or without the serial numbers in its EXIF."""
        serials = (self.serial, self.lens_serial) if with_serials else None
        return self.model.jpeg_of(self.photograph(light, shot), serials)

    def _draw(self, what: str) -> random.Random:
        return random.Random(f"{self.world} camera {self.number} {what}")  # noqa: S311 - a demo, not a secret


def light_of(place: int, view: int, width: int, height: int) -> Pixels:
    """What falls into a camera: the rendered picture at that size, (height, width, 3), made from one of twice its sides so that the grain
    of the rendered one is halved.
    """
    drawn = picture_of(place, view, width=2 * width, height=2 * height)
    return np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=32)
def _pattern(world: int, number: int, prnu: float, height: int, width: int) -> Plane:
    rng = np.random.default_rng((world, number, height, width))
    return np.asarray(1.0 + prnu * rng.standard_normal((height, width), dtype=np.float32), np.float32)


def _mosaic(linear: Plane) -> Plane:
    """Of each pixel the one colour that its photosite sees: red and green in even rows, green and blue in odd ones."""
    seen = linear[:, :, 1].copy()
    seen[0::2, 0::2] = linear[0::2, 0::2, 0]
    seen[1::2, 1::2] = linear[1::2, 1::2, 2]
    return seen
