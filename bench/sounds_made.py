"""Sounds for the benchmarks, made by arithmetic: tunes of several voices with drums, and speech-like babble; every number another one."""

from __future__ import annotations

import numpy as np

RATE = 22050


def sound(number, seconds):
    """A sound of so many seconds: two of three are music, the others speech; (n,) of 16 bits at 22,050 a second."""
    rng = np.random.default_rng([1, number])
    made = _speech(rng, seconds) if number % 3 == 2 else _music(rng, seconds)
    return (made / np.abs(made).max() * 16000).astype(np.int16)


def _put(track, at_seconds, tone):
    begin = round(at_seconds * RATE)
    room = track[begin : begin + len(tone)]
    room += tone[: len(room)]


def _tone(rng, hz, seconds, brightness, shake):
    t = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * hz * t + shake * np.sin(2 * np.pi * rng.uniform(4, 7) * t)
    made = sum(brightness**k * np.sin((k + 1) * phase) for k in range(6) if (k + 1) * hz < RATE / 2)
    return made * np.minimum(1, t / 0.02) * np.exp(-t * rng.uniform(0.5, 3) / seconds)


def _music(rng, seconds):
    """Chords that follow a scale, a tune above them, a bass and drums, in a tempo and key of its own; four parts, each varied."""
    track = np.zeros(seconds * RATE)
    beat = 60 / rng.uniform(70, 160)
    key = rng.uniform(48, 60)
    scale = np.array([[0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 3, 5, 7, 9, 10]][rng.integers(3)])
    bright = rng.uniform(0.3, 0.8, 3)
    hit = rng.normal(size=round(0.15 * RATE)) * np.exp(-np.arange(round(0.15 * RATE)) / RATE * rng.uniform(25, 60))
    loud_drums = rng.uniform(0, 1.5)

    def hz(step, octave=0):
        return 440 * 2 ** ((key + scale[step % 7] + 12 * (step // 7 + octave) - 69) / 12)

    step, at = int(rng.integers(0, 7)), 0.0
    while at < seconds:
        chord = int(rng.integers(0, 7))
        long = beat * int(rng.choice([2, 4]))
        for third in (0, 2, 4):
            _put(track, at, 0.5 * _tone(rng, hz(chord + third), long, bright[0], 0.0))
        _put(track, at, 0.8 * _tone(rng, hz(chord, -2), long, bright[1], 0.0))
        inside = 0.0
        while inside < long - 1e-9:
            short = beat * float(rng.choice([0.25, 0.5, 0.5, 1, 1.5]))
            step = int(np.clip(step + rng.integers(-3, 4), -3, 12))
            if rng.random() < 0.85:
                _put(track, at + inside, _tone(rng, hz(step, 1), short, bright[2], rng.uniform(0, 0.3)))
            if rng.random() < 0.7:
                _put(track, at + inside, loud_drums * hit * rng.uniform(0.3, 1))
            inside += short
        at += long
    return track


def _speech(rng, seconds):
    """Syllables: a voice of gliding pitch through two or three resonances, or a hiss; and the pauses between sentences."""
    track = np.zeros(seconds * RATE)
    voice = rng.uniform(90, 230)
    at = 0.1
    while at < seconds:
        for _syllable in range(int(rng.integers(4, 16))):
            long = rng.uniform(0.09, 0.28)
            _put(track, at, _syllable_of(rng, voice, long))
            at += long * rng.uniform(0.8, 1.1)
        at += rng.uniform(0.15, 0.7)
    return track + 1e-3 * np.abs(track).max() * rng.normal(size=len(track))


def _syllable_of(rng, voice, long):
    n = round(long * RATE)
    t = np.arange(n) / RATE
    shape = np.sin(np.pi * np.arange(n) / n) ** 0.5
    resonances = rng.uniform([250, 800, 2000], [850, 2300, 3200])
    if rng.random() < 0.2:
        spectrum = np.fft.rfft(rng.normal(size=n))
        middle = rng.uniform(1500, 6000)
        return 0.4 * shape * np.fft.irfft(spectrum * np.exp(-(((np.fft.rfftfreq(n, 1 / RATE) - middle) / 900) ** 2)), n)
    pitch = voice * 2 ** (rng.normal(0, 0.15) + rng.normal(0, 0.2) * t / long)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    made = np.zeros(n)
    for k in range(1, int(4000 / voice)):
        loud = sum(np.exp(-(((k * voice - peak) / (80 + 0.08 * peak)) ** 2)) for peak in resonances) + 0.03
        made += loud / k**0.5 * np.sin(k * phase)
    return shape * made
