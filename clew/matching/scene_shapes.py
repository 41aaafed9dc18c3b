"""Shapes on two pictures: what is common to both when one lies on the other, as polygons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def applied(transform: Matrix, places: Matrix) -> Matrix:
    """The (k, 2) places moved by a (2, 3) or (3, 3) affine transform."""
    moved: Matrix = places @ transform[:2, :2].T + transform[:2, 2]
    return moved


def overlap(query_corners: Matrix, transform: Matrix, held_corners: Matrix) -> Matrix:
    """The question's outline laid onto the held picture and cut off at its edges: (k, 2) corners in held units, none if they miss."""
    polygon = applied(transform, query_corners)
    # Both run the same way round, since no transform here is a mirror image (Sutherland and Hodgman 1974).
    for begin, end in zip(held_corners, np.roll(held_corners, -1, axis=0), strict=True):
        if not len(polygon):
            break
        along = end - begin
        sides = along[0] * (polygon[:, 1] - begin[1]) - along[1] * (polygon[:, 0] - begin[0])
        polygon = _cut(polygon, sides)
    return polygon


def _cut(polygon: Matrix, sides: NDArray[np.float64]) -> Matrix:
    """What of the polygon lies where `sides` is not negative."""
    kept = []
    for at in range(len(polygon)):
        before = at - 1
        if (sides[at] < 0) != (sides[before] < 0):
            share = sides[before] / (sides[before] - sides[at])
            kept.append(polygon[before] + share * (polygon[at] - polygon[before]))
        if sides[at] >= 0:
            kept.append(polygon[at])
    return np.array(kept).reshape(-1, 2)


def area(polygon: Matrix) -> float:
    """The area of a polygon of (k, 2) corners."""
    if len(polygon) < 3:
        return 0.0
    x, y = polygon.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0)
