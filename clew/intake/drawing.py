"""Drawing: a match as a picture, before anybody has looked at one: which region of either picture is the same, and which seconds.

Only outlines, worked out from what the match keeps; the pages lay them over the pictures once somebody asks for those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

#: Units of a drawing's width; heights follow the picture.
WIDTH = 1000
#: Where the bar of this file ends and that of the held file begins, and the height of both with what joins them.
BAR, LOWER, HEIGHT = 24, 96, 120
#: A second of a long film would be thinner than a line.
_PIECE_WIDTH_MIN = 3

_Turn = Callable[[float, float], tuple[float, float]]
# EXIF 2.32, tag 0x0112: where a place of the stored picture is once it stands upright.
_UPRIGHT: dict[int, _Turn] = {
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}


class Pictured(Protocol):
    """What must be known of a media to draw on it."""

    width: int | None
    height: int | None
    metadata: dict[str, Any]


def _as_stored(x: float, y: float) -> tuple[float, float]:
    return x, y


@dataclass(frozen=True, slots=True)
class Regions:
    """What to draw over one picture: its size in units, the corners of the region as SVG takes them, and the details that lie alike."""

    width: int
    height: int
    corners: str
    points: Sequence[tuple[float, float]]

    @property
    def dot(self) -> float:
        """How large a detail is drawn."""
        return 0.008 * max(self.width, self.height)


def regions_of(fit: Mapping[str, Any] | None, media: Pictured, *, is_held: bool) -> Regions | None:
    """What a scene fit draws over one of its two pictures; None where it draws nothing."""
    if not fit or fit["kind"] != "scene" or not media.width or not media.height:
        return None
    orientation = media.metadata.get("orientation", 1)
    height = round(WIDTH * media.height / media.width)
    turn = _UPRIGHT.get(orientation, _as_stored)
    sides = (height, WIDTH) if orientation in {5, 6, 7, 8} else (WIDTH, height)

    def placed(x: float, y: float) -> tuple[float, float]:
        across, down = turn(x, y)
        return round(across * sides[0], 1), round(down * sides[1], 1)

    corners = [placed(*point) for point in fit["held" if is_held else "asked"]]
    points = [placed(*(pair[2:] if is_held else pair[:2])) for pair in fit["points"]]
    return Regions(*sides, " ".join(f"{x:g},{y:g}" for x, y in corners), points)


@dataclass(frozen=True, slots=True)
class Strip:
    """One piece of two time lines: the band that joins them as SVG takes it, and in words."""

    band: str
    words: str


@dataclass(frozen=True, slots=True)
class Seconds:
    """Two time lines, of this file above and of the held one below, drawn to one scale, and the pieces that join them."""

    asked_width: float
    held_width: float
    asked_words: str
    held_words: str
    strips: Sequence[Strip]


def seconds_of(pieces: Sequence[Sequence[float]], asked_ms: float | None, held_ms: float | None) -> Seconds | None:
    """The drawing of pieces (asked from, asked to, held from, held to, in milliseconds); None where there are none.

    Where a length is not known, the last piece ends it.
    """
    if not pieces:
        return None
    asked = max([asked_ms or 0, *(piece[1] for piece in pieces), 1])
    held = max([held_ms or 0, *(piece[3] for piece in pieces), 1])
    unit = WIDTH / max(asked, held)
    return Seconds(
        round(asked * unit, 1),
        round(held * unit, 1),
        clock(asked),
        clock(held),
        [_strip(piece, unit) for piece in pieces],
    )


def _strip(piece: Sequence[float], unit: float) -> Strip:
    (top_from, top_to), (low_from, low_to) = _span(piece[0], piece[1], unit), _span(piece[2], piece[3], unit)
    corners = (
        (top_from, 0), (top_to, 0), (top_to, BAR), (low_to, LOWER), (low_to, HEIGHT), (low_from, HEIGHT), (low_from, LOWER), (top_from, BAR),
    )  # fmt: skip
    words = (
        f"{clock(piece[0])} to {clock(piece[1])} of this file is {clock(piece[2])} to {clock(piece[3])} of the held one"
    )
    return Strip(" ".join(f"{x:g},{y:g}" for x, y in corners), words)


def _span(from_ms: float, to_ms: float, unit: float) -> tuple[float, float]:
    start = round(from_ms * unit, 1)
    return start, round(max(to_ms * unit, start + _PIECE_WIDTH_MIN), 1)


def clock(time_ms: float) -> str:
    """Hours, minutes and seconds."""
    minutes, seconds = divmod(int(time_ms) // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
