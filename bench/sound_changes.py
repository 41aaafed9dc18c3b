"""What happens to a sound on its way: written by other encoders, cut, retuned, drowned in noise, played through a telephone; through PyAV."""

from __future__ import annotations

import io
import wave

import av
import av.filter
import numpy as np
from sounds_made import RATE

#: Name -> how the changed samples are encoded: container, encoder, samples a second, bits a second.
ENCODINGS = {
    "mp3 128k": ("mp3", "libmp3lame", 44100, 128_000),
    "mp3 64k": ("mp3", "libmp3lame", 22050, 64_000),
    "aac 64k": ("mp4", "aac", 44100, 64_000),
    "opus 48k": ("ogg", "libopus", 48000, 48_000),
    "opus 24k": ("ogg", "libopus", 48000, 24_000),
    "amr 12k": ("3gp", "libopencore_amrnb", 8000, 12_200),
}
#: Name -> chain of filters.
CHAINS = {
    "volume -20 dB": "volume=-20dB",
    "telephone 300-3400 Hz": "highpass=f=300:poles=2,highpass=f=300:poles=2,lowpass=f=3400:poles=2,lowpass=f=3400:poles=2",
    **{
        f"pitch {p:+} %": f"asetrate={RATE * (100 + p) // 100},aresample={RATE},atempo={100 / (100 + p):.6f}"
        for p in (1, -1, 2, -2, 3)
    },
    **{f"speed {p:+} %": f"asetrate={RATE * (100 + p) // 100},aresample={RATE}" for p in (1, -1, 2, -2, 4)},
    **{f"tempo {p:+} %": f"atempo={(100 + p) / 100:.6f}" for p in (2, -2, 5, -5)},
}


def filtered(samples, chain):
    """The samples (n,) of 16 bits after a chain of ffmpeg's filters."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="s16", layout="mono")
    nodes = [source]
    for step in [*chain.split(","), f"aformat=sample_fmts=s16:channel_layouts=mono:sample_rates={RATE}"]:
        name, _, options = step.partition("=")
        nodes.append(graph.add(name, options))
    graph.link_nodes(*nodes, graph.add("abuffersink")).configure()
    graph.push(_frame(samples))
    graph.push(None)
    pulled = []
    while True:
        try:
            pulled.append(graph.pull().to_ndarray()[0])
        except (av.FFmpegError, EOFError):
            return np.concatenate(pulled)


def noisy(samples, decibels, rng):
    """The samples with white noise so many decibels below them."""
    loud = np.sqrt(np.mean(samples.astype(float) ** 2))
    return mixed(samples, rng.normal(0, loud * 10 ** (-decibels / 20), len(samples)))


def mixed(samples, other):
    """Both at once, without clipping."""
    together = samples.astype(float) + other[: len(samples)]
    return (together * min(1.0, 32000 / np.abs(together).max())).astype(np.int16)


def encoded(samples, name):
    """The samples as a file in one of ENCODINGS: its bytes and the name of its parser."""
    form, encoder, rate, bits = ENCODINGS[name]
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(encoder, rate=rate)
        stream.bit_rate = bits
        stream.codec_context.layout = "mono"
        frame = _frame(samples)
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout="mono",
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            piece.pts = None
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue(), {"mp4": "mov", "3gp": "mov"}.get(form, form)


def wav(samples, rate=RATE):
    """The samples as a WAV file's bytes."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def _frame(samples):
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = RATE
    return frame
