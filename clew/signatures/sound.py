"""Sound prints: 32 bits for every eighth of a second, which stay much the same when sound is compressed, cut, or played in another room.

The print is chromaprint's: which of twelve notes sound, and how that changes over two seconds. A sound is taken as it comes, in pieces of any
length; what is held meanwhile is a few seconds, and the print is the same as if it had been there whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from numpy.fft import rfft
from numpy.lib.stride_tricks import sliding_window_view

from clew.signatures.sound_classes import FRAME_SAMPLES, FRAMES_FIRST, NOTES, STEP_SAMPLES, window
from clew.signatures.sound_kernels import items_of, rows_of

Samples = npt.NDArray[np.int16]
Items = npt.NDArray[np.uint32]

#: Frames transformed at once: half a megabyte, which stays in the processor's cache.
_BLOCK_FRAMES = 32
#: Tunings in which a sound that is asked about is heard, in percent: a film played at 25 frames instead of 24 apart, copies are retuned by less.
TUNINGS = (0, -2, -1, 1, 2)


class SoundStream:
    """A print in the making: samples are fed as they come, items grow."""

    def __init__(self, tunings: Sequence[int] = (0,)) -> None:
        self._waiting: list[Samples] = []
        self._waiting_samples = 0
        self._rows: dict[int, npt.NDArray[np.float64]] = {tuning: np.empty((0, NOTES)) for tuning in tunings}
        self._items: dict[int, list[Items]] = {tuning: [] for tuning in tunings}
        self.samples = 0

    def feed(self, samples: Samples) -> None:
        """Take samples, (n,) at 11,025 a second."""
        self.samples += len(samples)
        self._waiting.append(samples)
        self._waiting_samples += len(samples)
        # Decoders give a tenth of a second at a time.
        if self._waiting_samples >= FRAME_SAMPLES + _BLOCK_FRAMES * STEP_SAMPLES:
            self._hear_waiting()

    def _hear_waiting(self) -> None:
        held = np.concatenate([np.empty(0, dtype=np.int16), *self._waiting])
        frames = max(0, (len(held) - FRAME_SAMPLES) // STEP_SAMPLES + 1)
        left = held[frames * STEP_SAMPLES :].copy()
        self._waiting, self._waiting_samples = [left], len(left)
        if not frames:
            return
        framed = sliding_window_view(held, FRAME_SAMPLES)[::STEP_SAMPLES]
        for begin in range(0, frames, _BLOCK_FRAMES):
            self._hear(framed[begin : begin + _BLOCK_FRAMES])

    def _hear(self, framed: Samples) -> None:
        spectra = rfft(framed * window(), axis=1).astype(np.complex64, copy=False)
        for tuning, before in self._rows.items():
            rows = np.concatenate([before, rows_of(spectra, tuning)])
            items = items_of(rows)
            self._items[tuning].append(items)
            # The next item begins with the row after the last one's first.
            self._rows[tuning] = rows[len(items) :]

    def items(self, tuning: int = 0) -> Items:
        """What there is of the print, (m,) so far."""
        self._hear_waiting()
        return np.concatenate([np.empty(0, dtype=np.uint32), *self._items[tuning]])

    def tunings(self) -> dict[int, Items]:
        """What there is of the prints, by tuning."""
        return {tuning: self.items(tuning) for tuning in self._items}


def sound_prints(samples: Samples) -> Items:
    """The print of a sound, (n,) samples at 11,025 a second, one channel: (m,) items of 32 bits, about eight a second, none of a sound
    shorter than 2.8 seconds. Equal to `fpcalc -raw`; see decision 0010 for how nearly.
    """
    return sound_variants_of(samples, (0,))[0]


def sound_variants_of(samples: Samples, tunings: Sequence[int] = TUNINGS) -> dict[int, Items]:
    """The prints of a sound as if it were tuned so many percent higher, for each of the tunings; made in one pass."""
    stream = SoundStream(tunings)
    stream.feed(samples)
    return stream.tunings()


def warm_up() -> None:
    """Load the kernels from numba's cache, compiling them where they are not there."""
    sound_prints(np.arange(FRAMES_FIRST * STEP_SAMPLES + FRAME_SAMPLES, dtype=np.int16))
