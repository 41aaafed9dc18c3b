"""Tunes: what the demo world sounds like. Made by arithmetic, as its rooms are, and the same each time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

#: Samples a second, as made, and as encoders take them.
RATE, ENCODED_RATE = 22050, 44100
_NOTES_PER_SECOND, _OVERTONES, _LOWEST_HZ = 4, 4, 130.8
# Semitones of a major scale.
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_LOUDNESS = 20_000


def tune_of(number: int, seconds: float) -> Samples:
    """A melody above a slower bass, another one for each number; (n,) samples of 16 bits at `RATE`."""
    rng = np.random.default_rng([20261101, number])
    sound = np.zeros(round(seconds * RATE))
    for notes_per_second, octaves, share in ((_NOTES_PER_SECOND, (1, 2), 1.0), (1, (0,), 0.6)):
        for note in range(round(seconds * notes_per_second)):
            semitones = rng.choice(_SCALE) + 12 * rng.choice(octaves)
            first = round(note / notes_per_second * RATE)
            struck = share * _struck(_LOWEST_HZ * 2 ** (semitones / 12), rng.uniform(0.6, 1.6))
            sound[first : first + len(struck)] += struck[: len(sound) - first]
    return np.asarray(sound / np.abs(sound).max() * _LOUDNESS, np.int16)


def _struck(hz: float, seconds: float) -> npt.NDArray[np.float64]:
    """One note that dies away."""
    t = np.arange(round(seconds * RATE)) / RATE
    tones = [np.sin(2 * np.pi * hz * n * t) / n for n in range(1, _OVERTONES + 1)]
    return np.asarray(np.sum(tones, axis=0) * np.exp(-3 * t / seconds))


def sound_file(samples: Samples, codec: str, form: str) -> bytes:
    """The bytes of a sound file in an encoding and a container that FFmpeg names so, such as "mp3" in "mp3"."""
    out = io.BytesIO()
    with av.open(out, "w", format=form, options={"fflags": "+bitexact"}) as container:
        stream = sound_stream(container, codec)
        for packet in sound_packets(stream, samples):
            container.mux(packet)
    return out.getvalue()


def sound_stream(container: Any, codec: str) -> Any:
    """A stream of one channel in an open container."""
    stream = container.add_stream(codec, rate=ENCODED_RATE)
    stream.bit_rate = 64_000
    stream.codec_context.layout = "mono"
    # No stamp of the encoder: the same bytes each time.
    stream.codec_context.options = {"flags": "+bitexact"}
    return stream


def sound_packets(stream: Any, samples: Samples) -> Iterator[Any]:
    """The encoded pieces of the samples, in the order of time."""
    context = stream.codec_context
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = RATE
    resampler = av.AudioResampler(context.format, "mono", ENCODED_RATE, context.frame_size or 1024)
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        piece.pts = None
        yield from stream.encode(piece)
    yield from stream.encode(None)
