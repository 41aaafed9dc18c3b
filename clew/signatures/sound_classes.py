"""What makes a sound print chromaprint's: its window, its notes, and the sixteen questions it asks of them (algorithm 2, fpcalc's own).

Numbers as published with chromaprint (Lukáš Lalinský, "How does Chromaprint work?", 2011, and its configuration "test 2"): prints made with them
can be compared with those of any other program that speaks of chromaprint or AcoustID.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 11025
FRAME_SAMPLES = 4096
#: A frame begins every third of a frame: 8.08 times a second.
STEP_SAMPLES = FRAME_SAMPLES // 3
NOTES = 12
#: Each row of notes is a mean over so many frames, with these weights.
SMOOTHING = (0.25, 0.75, 1.0, 0.75, 0.25)
#: Rows quieter than this hold no note at all.
NORM_MIN = 0.01
#: Frequencies in between are heard, in Hz: A0 to A7.
_LOWEST_HZ, _HIGHEST_HZ = 28, 3520
_REFERENCE_HZ = 440 / 16
FIRST_BIN = round(FRAME_SAMPLES * _LOWEST_HZ / SAMPLE_RATE)
LAST_BIN = round(FRAME_SAMPLES * _HIGHEST_HZ / SAMPLE_RATE)
#: Each question: its shape, the first note, how many notes high, how many rows wide, and the three values between its four answers.
#: Shapes: 0 the whole, 1 upper half against lower, 2 later half against earlier, 3 corners against corners, 4 middle third of the notes against
#: the rest, 5 middle third of the time against the rest.
QUESTIONS = (
    (0, 4, 3, 15, (1.98215, 2.35817, 2.63523)),
    (4, 4, 6, 15, (-1.03809, -0.651211, -0.282167)),
    (1, 0, 4, 16, (-0.298702, 0.119262, 0.558497)),
    (3, 8, 2, 12, (-0.105439, 0.0153946, 0.135898)),
    (3, 4, 4, 8, (-0.142891, 0.0258736, 0.200632)),
    (4, 0, 3, 5, (-0.826319, -0.590612, -0.368214)),
    (1, 2, 2, 9, (-0.557409, -0.233035, 0.0534525)),
    (2, 7, 3, 4, (-0.0646826, 0.00620476, 0.0784847)),
    (2, 6, 2, 16, (-0.192387, -0.029699, 0.215855)),
    (2, 1, 3, 2, (-0.0397818, -0.00568076, 0.0292026)),
    (5, 10, 1, 15, (-0.53823, -0.369934, -0.190235)),
    (3, 6, 2, 10, (-0.124877, 0.0296483, 0.139239)),
    (2, 1, 1, 14, (-0.101475, 0.0225617, 0.231971)),
    (3, 5, 6, 4, (-0.0799915, -0.00729616, 0.063262)),
    (1, 9, 2, 12, (-0.272556, 0.019424, 0.302559)),
    (3, 4, 2, 14, (-0.164292, -0.0321188, 0.0846339)),
)
#: The widest question: so many rows make the first item of a print.
ROWS_WIDE = max(wide for _shape, _note, _high, wide, _values in QUESTIONS)
#: Frames and samples that the first item of a print takes; a shorter sound has none.
FRAMES_FIRST = ROWS_WIDE + len(SMOOTHING) - 1
SAMPLES_FIRST = FRAME_SAMPLES + (FRAMES_FIRST - 1) * STEP_SAMPLES
MS_PER_ITEM = 1000 * STEP_SAMPLES / SAMPLE_RATE
#: The sound that an item tells of: from its own time on, so long.
ITEM_SPAN_MS = 1000 * SAMPLES_FIRST / SAMPLE_RATE


@cache
def window() -> npt.NDArray[np.float32]:
    """Hamming's window over a frame, scaled so that the loudest sample is one; read-only."""
    made = ((0.54 - 0.46 * np.cos(2 * np.pi * np.arange(FRAME_SAMPLES) / (FRAME_SAMPLES - 1))) / 32767).astype(
        np.float32
    )
    made.flags.writeable = False
    return made


@cache
def notes(pitch_percent: int = 0) -> npt.NDArray[np.uint8]:
    """The note, 0 to 11, of every frequency of a frame as if the sound were so much higher; NOTES where it is not heard; (2049,), read-only."""
    hz = np.arange(FRAME_SAMPLES // 2 + 1) * SAMPLE_RATE / FRAME_SAMPLES * (1 + pitch_percent / 100)
    made = np.full(len(hz), NOTES, dtype=np.uint8)
    heard = np.flatnonzero((hz >= hz_of(FIRST_BIN)) & (hz < hz_of(LAST_BIN)))
    octaves = np.log(hz[heard] / _REFERENCE_HZ) / np.log(2.0)
    made[heard] = (NOTES * (octaves - np.floor(octaves))).astype(np.uint8)
    made.flags.writeable = False
    return made


def hz_of(bin_number: int) -> float:
    """The frequency of a bin of the transform, in Hz."""
    return bin_number * SAMPLE_RATE / FRAME_SAMPLES


@cache
def questions() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The questions as tables for the kernel: (16, 4) shape, note, height, width; (16, 3) values; read-only."""
    shapes = np.array([question[:4] for question in QUESTIONS], dtype=np.int64)
    values = np.array([question[4] for question in QUESTIONS], dtype=np.float64)
    shapes.flags.writeable = values.flags.writeable = False
    return shapes, values
