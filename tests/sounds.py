"""Sounds for tests: tunes made by arithmetic, the same on every machine, and files of them in many encodings."""

import io
import wave

import av
import numpy as np

RATE = 11025


def tune(number, seconds, *, rate=RATE, pitch=1.0):
    """A tune of so many seconds, every number another one: notes of five overtones, three a second, `pitch` times as high; (n,) of 16 bits."""
    rng = np.random.default_rng(number)
    t = np.arange(round(seconds * rate)) / rate
    # Noise of its own, so that the notes are the same at every rate.
    made = 0.003 * np.random.default_rng([number, rate]).normal(size=len(t))
    for _note in range(round(3 * seconds)):
        begin, long = rng.uniform(0, seconds), rng.uniform(0.3, 1.5)
        hz = pitch * 110 * 2 ** (rng.integers(0, 36) / 12)
        here = slice(round(begin * rate), round((begin + long) * rate))
        since = t[here] - begin
        for overtone in range(1, 6):
            if overtone * hz < rate / 2:
                made[here] += np.sin(2 * np.pi * overtone * hz * since) * np.exp(-3 * since / long) / overtone
    return (made / np.abs(made).max() * 20000).astype(np.int16)


def wav(samples, rate=RATE):
    """The bytes of a WAV file; samples (n,) or (n, channels)."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def encoded(samples, codec, form, *, rate=RATE, codec_rate=44100, bit_rate=64000):
    """The bytes of a file of one channel in another encoding."""
    out = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=codec_rate)
        stream.bit_rate = bit_rate
        stream.codec_context.layout = "mono"
        resampler = av.AudioResampler(
            stream.codec_context.format, "mono", codec_rate, stream.codec_context.frame_size or 1024
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            piece.pts = None
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue()


def bit_error(one, other):
    """The share of bits that differ, over the shorter of two prints."""
    length = min(len(one), len(other))
    return float(np.bitwise_count(one[:length] ^ other[:length]).mean()) / 32
