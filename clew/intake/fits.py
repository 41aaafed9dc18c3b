"""Fits: how a part of one file lies in another, as a match keeps it and a page draws it: regions of pictures, seconds of sounds.

Places in a picture are fractions of its width and height as it is stored, (0, 0) being the upper left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

Point = tuple[float, float]
#: Decimals of a fraction: a thousandth of a picture is finer than anybody draws.
_DECIMALS = 4
#: Pairs of points that are kept: enough to see that they agree.
POINTS_KEPT_MAX = 60
PIECES_KEPT_MAX = 20


class Fit(Protocol):
    """How well and where two files fit."""

    @property
    def strength(self) -> int:
        """The more, the surer; comparable between fits of one kind."""

    @property
    def counts(self) -> bool:
        """Whether it makes a file resemble what is held; a shared caption or frame does not."""

    @property
    def words(self) -> str:
        """The reason of a verdict."""

    def turned(self) -> Fit:
        """The same as the held file sees it."""

    def as_json(self) -> dict[str, Any]:
        """As matches keep it and programs are told it."""


@dataclass(frozen=True, slots=True)
class SceneFit:
    """How two pictures fit: how many details of both lie alike, where, and what that makes of them.

    `asked` and `held` are the corners of what both show, in either picture. `points` are pairs of places, asked and held. `coverage` is the
    share of either picture's area that both show.
    """

    grade: str
    details: int
    asked: Sequence[Point]
    held: Sequence[Point]
    points: Sequence[tuple[Point, Point]]
    coverage: tuple[float, float]
    is_mirrored: bool = False

    @property
    def strength(self) -> int:
        """Details that lie alike."""
        return self.details

    @property
    def counts(self) -> bool:
        """Whether the pictures themselves have something in common, and not only what was laid over them."""
        return self.grade != "shared"

    @property
    def words(self) -> str:
        """What the pictures have in common."""
        mirrored = ", mirrored" if self.is_mirrored else ""
        return {
            "copy": f"the same picture, changed or cut{mirrored}: {self.details} details lie alike",
            "part": f"a part of the same picture{mirrored}: {self.details} details lie alike",
            "shared": f"shares a part with something held, such as a caption, a frame or a logo ({self.details} details)",
        }[self.grade]

    def turned(self) -> SceneFit:
        """The same as the held picture sees it."""
        return replace(
            self,
            asked=self.held,
            held=self.asked,
            points=[(held, asked) for asked, held in self.points],
            coverage=(self.coverage[1], self.coverage[0]),
        )

    def as_json(self) -> dict[str, Any]:
        """As matches keep it and programs are told it."""
        return {
            "kind": "scene",
            "grade": self.grade,
            "details": self.details,
            "asked": [_rounded(point) for point in self.asked],
            "held": [_rounded(point) for point in self.held],
            "points": [[*_rounded(asked), *_rounded(held)] for asked, held in self.points[:POINTS_KEPT_MAX]],
            "coverage": _rounded(self.coverage),
            "mirrored": self.is_mirrored,
        }


@dataclass(frozen=True, slots=True)
class SoundPieceFit:
    """Milliseconds from and to in the sound that was asked about, the same in the held one, and the share of bits that differ."""

    asked_from_ms: int
    asked_to_ms: int
    held_from_ms: int
    held_to_ms: int
    bit_error: float


@dataclass(frozen=True, slots=True)
class SoundFit:
    """How two sounds fit: which seconds of the one are which of the other, the longest piece first."""

    pieces: Sequence[SoundPieceFit]
    #: How much quicker the asked sound runs than the held one.
    speed: float = 1.0

    @property
    def strength(self) -> int:
        """Milliseconds that are the same."""
        return sum(piece.asked_to_ms - piece.asked_from_ms for piece in self.pieces)

    @property
    def counts(self) -> bool:
        """Always."""
        return True

    @property
    def words(self) -> str:
        """The longest piece."""
        piece = self.pieces[0]
        changed = f", at {self.speed:.0%} of its speed" if round(self.speed, 3) != 1 else ""
        return (
            f"the same sound{changed}: seconds {piece.asked_from_ms / 1000:.0f} to {piece.asked_to_ms / 1000:.0f} are seconds "
            f"{piece.held_from_ms / 1000:.0f} to {piece.held_to_ms / 1000:.0f} of a held file"
        )

    def turned(self) -> SoundFit:
        """The same as the held sound hears it."""
        return SoundFit(
            [
                SoundPieceFit(
                    piece.held_from_ms, piece.held_to_ms, piece.asked_from_ms, piece.asked_to_ms, piece.bit_error
                )
                for piece in self.pieces
            ],
            1 / self.speed,
        )

    def as_json(self) -> dict[str, Any]:
        """As matches keep it and programs are told it."""
        return {
            "kind": "sound",
            "pieces": [
                [p.asked_from_ms, p.asked_to_ms, p.held_from_ms, p.held_to_ms, round(p.bit_error, _DECIMALS)]
                for p in self.pieces[:PIECES_KEPT_MAX]
            ],
            "speed": round(self.speed, _DECIMALS),
        }


def _rounded(numbers: Sequence[float]) -> list[float]:
    return [round(float(number), _DECIMALS) for number in numbers]
