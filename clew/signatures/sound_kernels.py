"""Sound prints in compiled loops: a transform's energies folded into twelve notes, and rows of notes into 32-bit items.

No fastmath: an answer that lies on the edge between two values must fall as it falls elsewhere. Kernels allocate nothing.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt
from numba import types

from clew.signatures.sound_classes import (
    NORM_MIN,
    NOTES,
    ROWS_WIDE,
    SMOOTHING,
    notes,
    questions,
)

_SPECTRA = types.Array(types.complex64, 2, "C")
_BYTES_1D = types.Array(types.uint8, 1, "C", readonly=True)
_TABLE = types.Array(types.int64, 2, "C", readonly=True)
_VALUES = types.Array(types.float64, 2, "C", readonly=True)
_ROWS = types.float64[:, ::1]
_W0, _W1, _W2, _W3, _W4 = SMOOTHING


@numba.njit([types.void(_SPECTRA, _BYTES_1D, types.int64, types.int64, _ROWS)], cache=True, nogil=True)
def _fold(
    spectra: npt.NDArray[np.complex64],
    note_of: npt.NDArray[np.uint8],
    first: int,
    last: int,
    rows: npt.NDArray[np.float64],
) -> None:
    """The energies of each spectrum from the first frequency to the last, summed by note."""
    for frame in range(spectra.shape[0]):
        for note in range(NOTES):
            rows[frame, note] = 0.0
        for at in range(first, last + 1):
            value = spectra[frame, at]
            rows[frame, note_of[at]] += np.float64(value.real * value.real + value.imag * value.imag)


@numba.njit([types.void(_ROWS, _ROWS)], cache=True, nogil=True)
def _smooth(rows: npt.NDArray[np.float64], smooth: npt.NDArray[np.float64]) -> None:
    """Each row the weighted sum of five, of length one; of silence all zeros."""
    for at in range(smooth.shape[0]):
        squares = 0.0
        for note in range(NOTES):
            total = (
                rows[at, note] * _W0
                + rows[at + 1, note] * _W1
                + rows[at + 2, note] * _W2
                + rows[at + 3, note] * _W3
                + rows[at + 4, note] * _W4
            )
            smooth[at, note] = total
            squares += total * total
        norm = math.sqrt(squares)
        for note in range(NOTES):
            smooth[at, note] = smooth[at, note] / norm if norm >= NORM_MIN else 0.0


@numba.njit(
    types.float64(_ROWS, types.int64, types.int64, types.int64, types.int64), cache=True, nogil=True, inline="always"
)
def _area(sums: npt.NDArray[np.float64], row: int, note: int, row_end: int, note_end: int) -> float:
    """The sum over rows and notes up to the ends, which are not included."""
    total: float = sums[row_end, note_end] - sums[row, note_end] - sums[row_end, note] + sums[row, note]
    return total


@numba.njit(types.float64(_ROWS, types.int64, types.int64, types.int64, types.int64), cache=True, nogil=True)
def _answer(sums: npt.NDArray[np.float64], shape: int, note: int, high: int, wide: int) -> float:
    """How much more there is in one part of a rectangle, from the first row on, than in the rest; see `QUESTIONS`."""
    top = note + high
    whole = _area(sums, 0, note, wide, top)
    part, rest = whole, 0.0
    if shape == 1:
        part = _area(sums, 0, note + high // 2, wide, top)
        rest = _area(sums, 0, note, wide, note + high // 2)
    elif shape == 2:
        part = _area(sums, wide // 2, note, wide, top)
        rest = _area(sums, 0, note, wide // 2, top)
    elif shape == 3:
        half, middle = wide // 2, note + high // 2
        part = _area(sums, 0, middle, half, top) + _area(sums, half, note, wide, middle)
        rest = _area(sums, 0, note, half, middle) + _area(sums, half, middle, wide, top)
    elif shape == 4:
        third = high // 3
        part = _area(sums, 0, note + third, wide, note + 2 * third)
        rest = _area(sums, 0, note, wide, note + third) + _area(sums, 0, note + 2 * third, wide, top)
    elif shape == 5:
        third = wide // 3
        part = _area(sums, third, note, 2 * third, top)
        rest = _area(sums, 0, note, third, top) + _area(sums, 2 * third, note, wide, top)
    return math.log(1.0 + part) - math.log(1.0 + rest)


@numba.njit([types.void(_ROWS, _TABLE, _VALUES, _ROWS, types.uint32[::1])], cache=True, nogil=True)
def _items(
    smooth: npt.NDArray[np.float64],
    shapes: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    sums: npt.NDArray[np.float64],
    items: npt.NDArray[np.uint32],
) -> None:
    """An item from each row and those after it. Sums begin anew with every item, so that it is the same wherever a block begins."""
    for at in range(items.size):
        for row in range(ROWS_WIDE):
            along = 0.0
            for note in range(NOTES):
                along += smooth[at + row, note]
                sums[row + 1, note + 1] = sums[row, note + 1] + along
        bits = np.uint32(0)
        for question in range(shapes.shape[0]):
            answer = _answer(sums, shapes[question, 0], shapes[question, 1], shapes[question, 2], shapes[question, 3])
            # Gray's code: neighbouring answers differ by one bit.
            if answer < values[question, 1]:
                two = np.uint32(0) if answer < values[question, 0] else np.uint32(1)
            else:
                two = np.uint32(3) if answer < values[question, 2] else np.uint32(2)
            bits = np.uint32((bits << np.uint32(2)) | two)
        items[at] = bits


def rows_of(spectra: npt.NDArray[np.complex64], pitch_percent: int) -> npt.NDArray[np.float64]:
    """The twelve notes (n, 12) of spectra (n, 2049)."""
    rows = np.empty((len(spectra), NOTES), dtype=np.float64)
    note_of = notes(pitch_percent)
    heard = np.flatnonzero(note_of < NOTES)
    _fold(spectra, note_of, int(heard[0]), int(heard[-1]), rows)
    return rows


def items_of(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.uint32]:
    """The items of rows of notes (n, 12): one for each row but the last 19, none where there are fewer than 20."""
    smooth = np.empty((max(0, len(rows) - len(SMOOTHING) + 1), NOTES), dtype=np.float64)
    _smooth(rows, smooth)
    items = np.empty(max(0, len(smooth) - ROWS_WIDE + 1), dtype=np.uint32)
    _items(smooth, *questions(), np.zeros((ROWS_WIDE + 1, NOTES + 1)), items)
    return items
