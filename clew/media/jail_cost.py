"""What cells cost: counted as they are buried, so that a promise about the dearest file can be held by measuring it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JailCost:
    """Of one jail since it was made: cells that ended, templates that were started, and the dearest cell of each kind.

    Memory is the peak in bytes that a cell had in RAM, with the decoders' own pages and the answer's, which it shares with others
    (getrusage(2), ru_maxrss); processor time is in seconds.
    """

    cells: int = 0
    templates: int = 0
    memory_bytes_max: int = 0
    cpu_seconds_max: float = 0.0

    def __add__(self, other: JailCost) -> JailCost:
        return JailCost(
            self.cells + other.cells,
            self.templates + other.templates,
            max(self.memory_bytes_max, other.memory_bytes_max),
            max(self.cpu_seconds_max, other.cpu_seconds_max),
        )
