"""The peer's process: kept running, so that its start is not measured, and asked one picture at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
#: ThreatExchange's own PDQ hasher, at full size.
THREATEXCHANGE = "threatexchange_pdq"
#: The strong one: Pillow's draft mode and Meta's C++ at 512 pixels.
STRONG = "draft_pdq"


def peer_program(name):
    """The command that runs a peer of that name; ends the benchmark where peers are not installed."""
    if not PYTHON.exists():
        sys.exit("The peers are not installed. Nothing was measured. Run: make bench-env")
    return [str(PYTHON), str(ROOT / "bench" / "peers" / f"{name}.py")]


class Peer:
    """A PDQ hasher of others."""

    def __init__(self, name=THREATEXCHANGE):
        self._process = subprocess.Popen(peer_program(name), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def hash(self, path):
        """Seconds from file to hash by the clock and of the processor, the hash in hexadecimal digits, its quality."""
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        seconds, processor_seconds, digest, quality = self._process.stdout.readline().split()
        return float(seconds), float(processor_seconds), digest, int(quality)

    def close(self):
        """End it."""
        self._process.stdin.close()
        self._process.wait()
