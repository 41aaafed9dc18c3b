"""The floor plan: finds each piece a place along a wall or on the floor where it touches nothing that stands already."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from clew.demo.render.pieces import Piece

#: Metres kept free between neighbours, and between furniture and wall.
_GAP_M = 0.04
#: How often a place is tried before a piece is left out.
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Taken:
    """An axis-parallel block of the room that something stands or hangs in."""

    x: tuple[float, float]
    y: tuple[float, float]
    z: tuple[float, float]

    def touches(self, other: Taken) -> bool:
        """The two blocks share some space."""
        return all(
            mine[0] < its[1] and its[0] < mine[1]
            for mine, its in ((self.x, other.x), (self.y, other.y), (self.z, other.z))
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece came to stand: the middle of its back, and its turn in radians."""

    x: float
    y: float
    yaw: float


class Plan:
    """The growing plan of one room; `pieces` are already in the room's frame."""

    def __init__(self, width: float, depth: float, rng: random.Random) -> None:
        self.width = width
        self.depth = depth
        self.pieces: list[Piece] = []
        self._rng = rng
        self._taken: list[Taken] = []
        self._rugs: list[Taken] = []

    def against_wall(self, piece: Piece) -> Place | None:
        """Put a piece with its back to some wall; None where no wall has room for it."""
        walls = [(self.width, self.depth, 0.0), (self.width, self.depth, math.pi)]
        walls += [(self.depth, self.width, -math.pi / 2), (self.depth, self.width, math.pi / 2)]
        gap = 0.0 if piece.bottom > 0.0 or piece.height > 2.05 else _GAP_M
        for _ in range(_TRIES):
            length, across, yaw = self._rng.choice(walls)
            if piece.width + 2 * _GAP_M > length or piece.depth > across:
                continue
            along = self._rng.uniform(piece.width / 2 + _GAP_M, length - piece.width / 2 - _GAP_M)
            place = self._at_wall(along, gap, yaw)
            if self._put(piece, place):
                return place
        return None

    def _at_wall(self, along: float, gap: float, yaw: float) -> Place:
        """A place `gap` from the wall that a piece turned by `yaw` has at its back."""
        if yaw == 0.0:
            return Place(along, gap, yaw)
        if yaw == math.pi:
            return Place(along, self.depth - gap, yaw)
        return Place(gap if yaw < 0.0 else self.width - gap, along, yaw)

    def in_the_open(self, piece: Piece, place: Place) -> bool:
        """Put a piece exactly there if nothing is in the way."""
        block = _block(piece, place)
        is_inside = (
            block.x[0] > 0.1 and block.y[0] > 0.1 and block.x[1] < self.width - 0.1 and block.y[1] < self.depth - 0.1
        )
        return is_inside and self._put(piece, place)

    def on_the_floor(self, piece: Piece) -> bool:
        """Lay a rug: furniture may stand on it, another rug may not."""
        for _ in range(_TRIES):
            yaw = self._rng.choice((0.0, math.pi / 2))
            x, y = self._rng.uniform(0.6, self.width - 0.6), self._rng.uniform(0.6, self.depth - 0.6)
            place = Place(x + math.sin(yaw) * piece.depth / 2, y - math.cos(yaw) * piece.depth / 2, yaw)
            block = _block(piece, place)
            if min(block.x[0], block.y[0]) < 0.05 or block.x[1] > self.width - 0.05 or block.y[1] > self.depth - 0.05:
                continue
            spot = Taken((x - 0.3, x + 0.3), (y - 0.3, y + 0.3), (0.0, 0.7))
            is_bare = not any(spot.touches(taken) for taken in self._taken)
            laid = piece if is_bare else Piece(piece.solids, piece.width, piece.depth, piece.height, is_flat=True)
            self.pieces.append(laid.placed(place.x, place.y, place.yaw))
            return True
        return False

    def _put(self, piece: Piece, place: Place) -> bool:
        block = _block(piece, place)
        if any(block.touches(taken) for taken in self._taken):
            return False
        self._taken.append(block)
        self.pieces.append(piece.placed(place.x, place.y, place.yaw))
        return True


def _block(piece: Piece, place: Place) -> Taken:
    """The space a piece would take at a place, its gap to neighbours included."""
    cosine, sine = math.cos(place.yaw), math.sin(place.yaw)
    half = piece.width / 2 + _GAP_M
    corners = [
        (cosine * x - sine * y + place.x, sine * x + cosine * y + place.y)
        for x in (-half, half)
        for y in (0.0, piece.depth)
    ]
    xs, ys = zip(*corners, strict=True)
    return Taken((min(xs), max(xs)), (min(ys), max(ys)), (piece.bottom, piece.height))
