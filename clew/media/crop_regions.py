"""Regions of a picture that a crop shows or a mask hides: a box or an outline, in whole pixels of the picture as it was decoded.

Corners lie on the lines between pixels: (0, 0) is the upper left corner of the picture, (width, height) the lower right one. A pixel belongs
to a region when its middle does, so no rounding decides and everybody who computes it finds the same pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from clew.kernel.errors import ClewError
from clew.kernel.limits import CROP_CORNERS_MAX, CROP_PLACE_PIXELS_MAX

Corner = tuple[int, int]
Edge = tuple[Corner, Corner]
Flags = npt.NDArray[np.bool_]


class RegionRefused(ClewError):
    """This region cannot be cut out: {reason}. No crop was made. Draw it again."""

    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Box:
    """Columns `left` to `right` and rows `top` to `bottom`, the last of each not in it. Raises RegionRefused where it holds nothing."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        _require_places((self.left, self.top, self.right, self.bottom))
        if self.left >= self.right or self.top >= self.bottom:
            raise RegionRefused(reason="it is empty")

    @property
    def bounds(self) -> Box:
        """Itself: the smallest box around it."""
        return self

    def inside(self, within: Box) -> Flags:
        """(height, width): which pixels of the other box lie in this one."""
        flags = np.zeros((within.bottom - within.top, within.right - within.left), dtype=np.bool_)
        rows = slice(max(0, self.top - within.top), max(0, self.bottom - within.top))
        columns = slice(max(0, self.left - within.left), max(0, self.right - within.left))
        flags[rows, columns] = True
        return flags

    def as_json(self) -> dict[str, Any]:
        """For the proof: its four sides."""
        return {"box": [self.left, self.top, self.right, self.bottom]}


@dataclass(frozen=True, slots=True)
class Polygon:
    """An outline of (x, y) corners, closed by itself. Raises RegionRefused where it crosses or touches itself or encloses nothing."""

    corners: tuple[Corner, ...]

    def __post_init__(self) -> None:
        if not 3 <= len(self.corners) <= CROP_CORNERS_MAX:
            raise RegionRefused(reason=f"an outline has 3 to {CROP_CORNERS_MAX} corners")
        _require_places([place for corner in self.corners for place in corner])
        if _meets_itself(self.corners):
            raise RegionRefused(reason="its outline crosses or touches itself")

    @property
    def bounds(self) -> Box:
        """The smallest box around it."""
        across, down = zip(*self.corners, strict=True)
        return Box(min(across), min(down), max(across), max(down))

    def inside(self, within: Box) -> Flags:
        """(height, width): which pixels of the box have their middle inside the outline. Whole numbers all through."""
        height, width = within.bottom - within.top, within.right - within.left
        turns = np.zeros((height, width + 1), dtype=np.bool_)
        for (x1, y1), (x2, y2) in _edges(self.corners):
            if y1 == y2:
                continue
            (top_x, top), (bottom_x, bottom) = ((x1, y1), (x2, y2)) if y1 < y2 else ((x2, y2), (x1, y1))
            rows = np.arange(max(top, within.top), min(bottom, within.bottom), dtype=np.int64)
            down, across = bottom - top, bottom_x - top_x
            # The first column whose middle lies to the right of the edge, at the height of the middle of each row.
            first = (2 * down * top_x + (2 * (rows - top) + 1) * across - down) // (2 * down) + 1
            turns[rows - within.top, np.clip(first - within.left, 0, width)] ^= True
        inside: Flags = np.logical_xor.accumulate(turns, axis=1)[:, :width]
        return inside

    def as_json(self) -> dict[str, Any]:
        """For the proof: its corners in their order."""
        return {"polygon": [list(corner) for corner in self.corners]}


Region = Box | Polygon


def region_of(told: dict[str, Any]) -> Region:
    """The region of `as_json`. Raises RegionRefused for what is none."""
    try:
        match told:
            case {"box": [left, top, right, bottom]}:
                return Box(left, top, right, bottom)
            case {"polygon": [*corners]}:
                return Polygon(tuple((x, y) for x, y in corners))
    except (TypeError, ValueError):
        pass
    raise RegionRefused(reason="it is neither a box nor an outline")


def _require_places(places: Any) -> None:
    if any(type(place) is not int or abs(place) > CROP_PLACE_PIXELS_MAX for place in places):
        raise RegionRefused(reason="its corners are not whole pixels near the picture")


def _edges(corners: tuple[Corner, ...]) -> Iterator[Edge]:
    yield from zip(corners, (*corners[1:], corners[0]), strict=True)


def _meets_itself(corners: tuple[Corner, ...]) -> bool:
    """Whether two edges share more than the corner between neighbours, or the outline encloses nothing."""
    edges = list(_edges(corners))
    if sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in edges) == 0:
        return True
    last = len(edges) - 1
    for (at, one), (other_at, other) in combinations(enumerate(edges), 2):
        if other_at - at == 1 or (at, other_at) == (0, last):
            # Neighbours: the far end of neither may lie on the other. The corner between them is theirs.
            shared = one[1] if other_at - at == 1 else one[0]
            far_of_one, far_of_other = (next((end for end in edge if end != shared), None) for edge in (one, other))
            if far_of_one is None or far_of_other is None:
                return True
            if _on(far_of_one, other) or _on(far_of_other, one):
                return True
        elif _meet(one, other):
            return True
    return False


def _side(edge: Edge, place: Corner) -> int:
    (x1, y1), (x2, y2) = edge
    turned = (x2 - x1) * (place[1] - y1) - (y2 - y1) * (place[0] - x1)
    return (turned > 0) - (turned < 0)


def _on(place: Corner, edge: Edge) -> bool:
    (x1, y1), (x2, y2) = edge
    return _side(edge, place) == 0 and min(x1, x2) <= place[0] <= max(x1, x2) and min(y1, y2) <= place[1] <= max(y1, y2)


def _meet(one: Edge, other: Edge) -> bool:
    if _side(one, other[0]) * _side(one, other[1]) < 0 and _side(other, one[0]) * _side(other, one[1]) < 0:
        return True
    return any(_on(end, other) for end in one) or any(_on(end, one) for end in other)
