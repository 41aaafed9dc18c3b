"""Real sounds for the benchmarks: music on hold, game music and telephone prompts of Debian's packages, fetched where apt can, else none."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import av
import numpy as np
from sounds_made import RATE

MUSIC = ("asterisk-moh-opsound-wav", "extremetuxracer-data", "hyperrogue-music")
SPEECH = ("asterisk-core-sounds-en-wav", "asterisk-core-sounds-fr-wav")


def real_sounds(packages, seconds_min):
    """Name -> samples (n,) at 22,050 a second, of every sound of the packages that is so long; empty where they cannot be had."""
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        return {}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in packages:
            got = subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True, check=False)
            for archive in Path(folder).glob(f"{package}_*.deb"):
                subprocess.run(["dpkg", "-x", str(archive), folder], check=True)
            if got.returncode:
                print(f"{package} cannot be had here; going on without it", flush=True)
        for path in sorted(p for p in Path(folder).rglob("*") if p.suffix in {".wav", ".ogg"} and p.is_file()):
            samples = _decoded(path)
            if len(samples) >= seconds_min * RATE:
                found[f"{path.parent.name}/{path.name}"] = samples
    return found


def _decoded(path):
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    parts = [np.empty(0, np.int16)]
    # Some packages hold stand-ins of a few bytes.
    with contextlib.suppress(av.FFmpegError), av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    return np.concatenate(parts)
