"""The eight ways a picture can be turned and mirrored (the dihedral group of the square), in the reference's names and order."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt


class Orientation(StrEnum):
    """How a picture was turned or mirrored; the angles count counter-clockwise, as `numpy.rot90` does."""

    ORIGINAL = "original"
    ROTATE90 = "rotate90"
    ROTATE180 = "rotate180"
    ROTATE270 = "rotate270"
    #: Upside down: the first row becomes the last.
    FLIPX = "flipx"
    #: Mirrored: left becomes right.
    FLIPY = "flipy"
    #: Mirrored at the main diagonal: rows become columns.
    FLIPPLUS1 = "flipplus1"
    #: Mirrored at the other diagonal.
    FLIPMINUS1 = "flipminus1"

    @property
    def is_transposed(self) -> bool:
        """Rows and columns have changed places."""
        return _MOVES[self][0]

    @property
    def rows_reversed(self) -> bool:
        """The rows of the original run backwards (before they change places with the columns)."""
        return _MOVES[self][1]

    @property
    def columns_reversed(self) -> bool:
        """The columns of the original run backwards (before they change places with the rows)."""
        return _MOVES[self][2]

    def applied_to(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """The picture (H, W) or (H, W, C) so turned, as a view."""
        rows = slice(None, None, -1) if self.rows_reversed else slice(None)
        columns = slice(None, None, -1) if self.columns_reversed else slice(None)
        moved = pixels[rows, columns]
        return moved.swapaxes(0, 1) if self.is_transposed else moved


# Each orientation as: reverse the rows?, reverse the columns?, then transpose? stored transposed-first for the reader.
_MOVES: dict[Orientation, tuple[bool, bool, bool]] = {
    Orientation.ORIGINAL: (False, False, False),
    Orientation.ROTATE90: (True, False, True),
    Orientation.ROTATE180: (False, True, True),
    Orientation.ROTATE270: (True, True, False),
    Orientation.FLIPX: (False, True, False),
    Orientation.FLIPY: (False, False, True),
    Orientation.FLIPPLUS1: (True, False, False),
    Orientation.FLIPMINUS1: (True, True, True),
}
