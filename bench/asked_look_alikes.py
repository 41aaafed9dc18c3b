"""The look-alike peers' process: asked one picture at a time, answers each method's hash."""

from __future__ import annotations

import json
import subprocess

import numpy as np
from asked_peer import peer_program


class LookAlikes:
    """Every hash of perception and imagededup. `metrics`: method -> hamming or euclidean."""

    def __init__(self):
        program = peer_program("look_alikes")
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.metrics = json.loads(self._process.stdout.readline())

    def hashes(self, pixels):
        """Method -> its hash as an array of bytes or of float32; None where the method refuses."""
        self._process.stdin.write(f"{pixels.shape[0]} {pixels.shape[1]}\n".encode() + pixels.tobytes())
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return {name: self._read(name, digits) for name, digits in told.items()}

    def close(self):
        self._process.stdin.close()
        self._process.wait()

    def _read(self, name, digits):
        if digits is None:
            return None
        return np.frombuffer(bytes.fromhex(digits), np.float32 if self.metrics[name] == "euclidean" else np.uint8)


def distances(metric, asked, held):
    """From one hash to each row of many."""
    if metric == "euclidean":
        return np.linalg.norm(held - asked, axis=1)
    return np.bitwise_count(held ^ asked).sum(axis=1, dtype=np.int64)
