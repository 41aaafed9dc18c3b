"""Small cameras for the tests: pictures of made-up light, so that no room has to be rendered."""

from functools import cache

import cv2
import numpy as np

from clew.demo.sensors import SensorCamera

WIDTH, HEIGHT = 640, 480


@cache
def light(number, width=WIDTH, height=HEIGHT):
    """Soft shapes of middle lightness, with a few edges: what a wall with things on it is to a sensor."""
    rng = np.random.default_rng((number, 5))
    small = rng.uniform(90, 200, (6, 8, 3)).astype(np.float32)
    shapes = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    for x, y, radius in zip(
        rng.integers(0, width, 6), rng.integers(0, height, 6), rng.integers(10, 60, 6), strict=True
    ):
        cv2.circle(shapes, (int(x), int(y)), int(radius), rng.uniform(60, 220, 3).tolist(), -1, cv2.LINE_AA)
    return np.clip(shapes, 20, 235).astype(np.uint8)


def photograph(camera, shot, *, world=7, scene=None):
    """Pixels of a made-up camera."""
    return SensorCamera(world, camera).photograph(light(shot if scene is None else scene), shot)
