"""Sounds for tests: tones that change like speech or music, told apart by number, as bytes of a container."""

import io

import av
import numpy as np

RATE = 44_100


def samples(number, seconds=20):
    """Mono samples (n,) int16: chords of a random tune, the same for the same number."""
    rng = np.random.default_rng(number)
    pieces = []
    while sum(map(len, pieces)) < seconds * RATE:
        long = rng.uniform(0.15, 0.6)
        at = np.arange(int(long * RATE)) / RATE
        chord = sum(
            np.sin(2 * np.pi * hz * at) * rng.uniform(0.3, 1) for hz in 110 * 2 ** (rng.integers(0, 48, 4) / 12)
        )
        pieces.append(chord * np.exp(-2 * at))
    whole = np.concatenate(pieces)[: int(seconds * RATE)]
    return (9000 * whole / np.abs(whole).max()).astype(np.int16)


def sound(heard, *, codec="aac", form="mp4", bit_rate=96_000):
    """The samples as a file."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.layout = "mono"
        if bit_rate:
            stream.bit_rate = bit_rate
        for start in range(0, len(heard), 1024):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(heard[None, start : start + 1024]), "s16", "mono")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
