"""Sensor bank: the prints of one frame size, and which of them agree with a print or a fingerprint in more signs than chance has it.

Only prints of one frame are compared here, since only they lie on the sensor alike: pictures of different sizes from one camera are cut or
scaled, and are compared pair by pair where somebody asks (`peak_searched`). One print against n reads 4 kB to 33 kB for each, in order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clew.kernel.errors import InputRefused
from clew.kernel.limits import SENSOR_CANDIDATES_MAX, SENSOR_PRINTS_COMPARED_MAX
from clew.matching.device_kernels import agreements
from clew.signatures.sensor_print import SensorPrint, words_of
from clew.signatures.sensor_residual import Plane

#: The square of how many standard deviations the agreeing signs lie above half: below it nothing is compared in full.
SQUARED_MIN = 9.0


class PrintsRefused(InputRefused):
    """The sensor prints cannot be compared with each other: {reason}. Nothing was compared."""


class SensorBank:
    """Prints of one frame, laid across, in memory: as many bytes as they are kept in."""

    def __init__(self, prints: Sequence[SensorPrint]) -> None:
        """Raises PrintsRefused where they are of several frames, or more than can be compared."""
        laid = [one.laid_across() for one in prints]
        if len({(one.frame, one.used.shape) for one in laid}) > 1:
            raise PrintsRefused(reason="they are of more than one size")
        if len(laid) > SENSOR_PRINTS_COMPARED_MAX:
            raise PrintsRefused(reason=f"they are more than {SENSOR_PRINTS_COMPARED_MAX:,}")
        self._prints = laid
        blocks = laid[0].used.size if laid else 0
        self._words = np.empty((len(laid), blocks), dtype=np.uint64)
        self._used = np.empty((len(laid), blocks), dtype=np.uint8)
        for row, one in enumerate(laid):
            self._words[row], self._used[row] = one.words.ravel(), one.used.ravel()

    def __len__(self) -> int:
        return len(self._prints)

    def print_at(self, row: int) -> SensorPrint:
        """The print in that row, laid across."""
        return self._prints[row]

    def scores(self, one: SensorPrint) -> npt.NDArray[np.float64]:
        """How many standard deviations above half the signs of each row agree with this print, (n,)."""
        agreeing, compared = np.empty(len(self), dtype=np.int64), np.empty(len(self), dtype=np.int64)
        used = np.ascontiguousarray(one.used.ravel(), dtype=np.uint8)
        agreements(np.ascontiguousarray(one.words.ravel()), used, self._words, self._used, agreeing, compared)
        return np.asarray((2 * agreeing - compared) / np.sqrt(np.maximum(compared, 1)), np.float64)

    def candidates(
        self, plane: Plane, like: SensorPrint, count_max: int = SENSOR_CANDIDATES_MAX
    ) -> list[tuple[int, int]]:
        """Rows worth comparing in full with a plane (h, w), each with the quarters by which the plane is to be turned; the likest first.

        `like` says the plane's frame and what of it is used.
        """
        found: list[tuple[float, int, int]] = []
        for quarters in self.turns(like):
            turned = np.ascontiguousarray(np.rot90(plane, quarters))
            used = np.ascontiguousarray(np.rot90(like.used, quarters))
            scores = self.scores(SensorPrint(words_of(turned), used, *like.frame))
            rows = np.flatnonzero((scores > 0) & (scores**2 >= SQUARED_MIN))
            best = rows[np.argsort(-scores[rows], kind="stable")][:count_max]
            found += [(float(scores[row]), int(row), quarters) for row in best]
        return [(row, quarters) for _score, row, quarters in sorted(found, reverse=True)[:count_max]]

    @staticmethod
    def turns(like: SensorPrint) -> tuple[int, ...]:
        """The quarters of turn in which two prints laid across may lie on each other: of a square four, else none or half."""
        return (0, 1, 2, 3) if like.width == like.height else (0, 2)
