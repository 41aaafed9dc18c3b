"""Sensor print: the compact form of a residual or a fingerprint: halved, and of that the signs alone (Bayram, Sencar, Memon 2012).

Held form, little-endian: 16 bytes of header (magic, version, flags, width, height, rows and columns of blocks), a bit for every block whether
it is used, then for every block one word of 64 signs, row by row. A picture of 640 x 480 has 9.8 kB, one of a megapixel and more 33.3 kB.
It shows nothing of the scene but where it was plain; it tells which camera took it, so it is as sensitive as a serial number.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.kernel.errors import InputRefused
from clew.kernel.limits import SENSOR_SIDE_PIXELS_MAX
from clew.signatures.sensor_residual import BLOCK, SQUARE, Plane, SensorResidual, Used, cleaned, halved, spread_out

_MAGIC, _VERSION = b"CSN", 1
_HEADER = struct.Struct("<3sBIIHH")
_BLOCKS_MAX = SENSOR_SIDE_PIXELS_MAX // SQUARE
#: With fewer blocks than this, 40,000 halved pixels, a miss says nothing and a match little: small pictures, plain or blown out ones.
WEAK_BLOCKS_MAX = 640


class SensorPrintUnreadable(InputRefused):
    """This is not a sensor print of this version. Nothing was compared. Have it made again from the original."""


@dataclass(frozen=True, slots=True, eq=False)
class SensorPrint:
    """The signs of one picture's noise: `words` and `used` (rows, columns) of blocks of 8 x 8; `width`, `height` of the picture in pixels."""

    words: npt.NDArray[np.uint64]
    used: Used
    width: int
    height: int

    @property
    def is_weak(self) -> bool:
        """Whether so little of it is used that it neither finds nor is found."""
        return int(self.used.sum()) <= WEAK_BLOCKS_MAX

    @property
    def frame(self) -> tuple[int, int]:
        """The longer and the shorter side of the picture: prints of other frames lie elsewhere on the sensor."""
        return max(self.width, self.height), min(self.width, self.height)

    def plane(self) -> Plane:
        """The signs (h, w) as -1 and 1, zero where not used."""
        rows, columns = self.used.shape
        bits = np.unpackbits(self.words.astype("<u8").view(np.uint8).reshape(rows, columns, BLOCK), axis=2)
        signs = bits.reshape(rows, columns, BLOCK, BLOCK).swapaxes(1, 2).reshape(rows * BLOCK, columns * BLOCK)
        return np.asarray((2.0 * signs - 1.0) * spread_out(self.used, BLOCK), np.float32)

    def turned(self, quarters: int) -> SensorPrint:
        """As the picture turned counter-clockwise by so many quarters would have it."""
        plane, used = np.rot90(self.plane(), quarters), np.ascontiguousarray(np.rot90(self.used, quarters))
        sides = (self.height, self.width) if quarters % 2 else (self.width, self.height)
        return SensorPrint(words_of(plane), used, *sides)

    def laid_across(self) -> SensorPrint:
        """As a picture wider than high: turned where it stands upright, to whichever side."""
        return self.turned(1) if self.height > self.width else self

    def to_bytes(self) -> bytes:
        """The form that is kept."""
        header = _HEADER.pack(_MAGIC, _VERSION, self.width, self.height, *self.used.shape)
        return header + np.packbits(self.used).tobytes() + self.words.astype("<u8").tobytes()

    @classmethod
    def from_bytes(cls, content: bytes | memoryview) -> SensorPrint:
        """Read the kept form; raises SensorPrintUnreadable for anything else."""
        content = bytes(content)
        if len(content) < _HEADER.size:
            raise SensorPrintUnreadable
        magic, version, width, height, rows, columns = _HEADER.unpack_from(content)
        if (magic, version) != (_MAGIC, _VERSION) or max(rows, columns) > _BLOCKS_MAX:
            raise SensorPrintUnreadable
        fits = rows * SQUARE <= height and columns * SQUARE <= width
        count = rows * columns
        mask_bytes = (count + 7) // 8
        if not fits or len(content) != _HEADER.size + mask_bytes + 8 * count:
            raise SensorPrintUnreadable
        mask = np.frombuffer(content, np.uint8, mask_bytes, _HEADER.size)
        used = np.unpackbits(mask, count=count).astype(np.bool_).reshape(rows, columns)
        words = np.frombuffer(content, "<u8", count, _HEADER.size + mask_bytes).astype(np.uint64)
        return cls(words.reshape(rows, columns), used, width, height)


def print_of(residual: SensorResidual) -> SensorPrint:
    """The compact form of a residual, or of a fingerprint."""
    return SensorPrint(words_of(halved(cleaned(residual))), residual.used, residual.width, residual.height)


def words_of(plane: Plane) -> npt.NDArray[np.uint64]:
    """The signs of a plane (h, w) as words (h / 8, w / 8), one for each block of 8 x 8; what is not above zero has a bit of 0."""
    rows, columns = plane.shape[0] // BLOCK, plane.shape[1] // BLOCK
    blocks = (plane > 0).reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    packed = np.packbits(blocks.reshape(rows, columns, BLOCK * BLOCK), axis=2)
    return np.ascontiguousarray(packed).view("<u8").reshape(rows, columns).astype(np.uint64)
