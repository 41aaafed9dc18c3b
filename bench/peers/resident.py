"""Memory of a peer's process that is its own; the mapped file of hashes is not."""

from pathlib import Path


def resident_bytes():
    """Anonymous memory in use (proc(5), RssAnon)."""
    with Path("/proc/self/status").open() as lines:
        (own,) = [line for line in lines if line.startswith("RssAnon")]
    return int(own.split()[1]) * 1024
