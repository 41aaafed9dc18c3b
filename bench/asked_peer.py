"""The peer's process: kept running, so that its start is not measured, and asked one picture at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [str(ROOT / ".venv-bench" / "bin" / "python"), str(ROOT / "bench" / "peers" / "threatexchange_pdq.py")]


class Peer:
    """ThreatExchange's PDQ hasher."""

    def __init__(self):
        if not Path(PROGRAM[0]).exists():
            sys.exit("The peers are not installed. Nothing was measured. Run: make bench-env")
        self._process = subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def hash(self, path):
        """Seconds from file to hash, the hash in hexadecimal digits, its quality."""
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        seconds, digest, quality = self._process.stdout.readline().split()
        return float(seconds), digest, int(quality)

    def close(self):
        """End it."""
        self._process.stdin.close()
        self._process.wait()
