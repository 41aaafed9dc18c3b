"""Bending: a photograph taken from the side is no affine copy. Where many more matches fit a projective transform, that one is used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.matching.scene_kernels import TOLERANCE

Matrix = NDArray[np.float64]

#: Tolerances of the rounds: the affine transform is some way off at the edges.
_ROUNDS = (0.04, 0.025, TOLERANCE, TOLERANCE)
#: Matches that must fit at all, and beyond those that fit the affine one: four more numbers must be worth it.
_MATCHES_MIN, _GAIN_MIN = 12, 4
#: How much nearer one corner may be to the camera than the middle.
_DEPTH_MIN = 0.4


def bent(pairs: Matrix, affine: Matrix, corners: Matrix) -> Matrix:
    """The (3, 3) transform of the (n, 4) places asked and held: projective where that fits clearly more of them, else the affine one."""
    whole = np.vstack([affine, (0.0, 0.0, 1.0)])
    found = whole
    for tolerance in _ROUNDS:
        fits = _off(found, pairs) <= tolerance
        if fits.sum() < _MATCHES_MIN:
            return whole
        found = _fitted(pairs[fits])
        if (_depths(found, corners) < _DEPTH_MIN).any() or np.linalg.det(found) <= 0:
            return whole
    gain = (_off(found, pairs) <= TOLERANCE).sum() - (_off(whole, pairs) <= TOLERANCE).sum()
    return found if gain >= _GAIN_MIN else whole


def _depths(transform: Matrix, places: Matrix) -> Matrix:
    depths: Matrix = places @ transform[2, :2] + transform[2, 2]
    depths /= max(float(depths.mean()), 1e-9)
    return depths


def _off(transform: Matrix, pairs: Matrix) -> Matrix:
    """How far each match lies from where the transform puts it."""
    moved = pairs[:, :2] @ transform[:, :2].T + transform[:, 2]
    depth = np.where(np.abs(moved[:, 2]) < 1e-9, 1e-9, moved[:, 2])
    off: Matrix = np.hypot(moved[:, 0] / depth - pairs[:, 2], moved[:, 1] / depth - pairs[:, 3])
    return off


def _fitted(pairs: Matrix) -> Matrix:
    """Least squares of the eight numbers of a projective transform, its last one held at 1, about the middle of the places."""
    shift = np.eye(3)
    shift[:2, 2] = -pairs[:, :2].mean(axis=0)
    x, y = (pairs[:, :2] + shift[:2, 2]).T
    u, v = pairs[:, 2], pairs[:, 3]
    zero, one = np.zeros(len(x)), np.ones(len(x))
    rows = np.concatenate(
        [
            np.stack([x, y, one, zero, zero, zero, -x * u, -y * u], axis=1),
            np.stack([zero, zero, zero, x, y, one, -x * v, -y * v], axis=1),
        ]
    )
    numbers = np.linalg.lstsq(rows, np.concatenate([u, v]), rcond=None)[0]
    made: Matrix = np.append(numbers, 1.0).reshape(3, 3) @ shift
    return made
