"""What passes between the caller, the jail's template process and a cell: limits and errands one way, a header, pixels and parts back.

A cell answers in a piece of shared memory: first a header (length, then JSON), then the pixels of a picture, then the parts that the header
names (see `jail_parts`). Nothing in it is believed until `jail_answer` has checked it, because a captured decoder may have written it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clew.kernel.limits import (
    FRAME_PIXELS_MAX,
    JAIL_CPU_SECONDS_MAX,
    JAIL_MEMORY_BYTES_MAX,
    JAIL_PARTS_BYTES_MAX,
    JAIL_WALL_SECONDS_MAX,
    PICTURE_SIZE_BYTES_MAX,
)

PAGE_SIZE_BYTES = 4096
#: The header's place at the beginning of the shared memory: whole pages, so pixels begin on a page. The names of a thousand embedded files
#: and all facts fit, each letter escaped; only pages that are written exist.
HEADER_SIZE_BYTES = 1024 * 1024
#: The longest message on a socket; errands and outcomes are far shorter.
MESSAGE_SIZE_BYTES = 4096

#: Exit statuses of a cell, chosen away from those of Python and the shell.
EXIT_ANSWERED = 0
EXIT_WALLS_FAILED = 71
EXIT_CELL_FAILED = 72
EXIT_MEMORY_EXCEEDED = 73

#: Outcomes that the template tells of a cell; a number after "signal" says which one ended it.
OUTCOME_ANSWERED = "answered"
OUTCOME_FAILED = "failed"
OUTCOME_SIGNAL = "signal"
OUTCOME_TIME = "time"
OUTCOME_MEMORY = "memory"
OUTCOME_BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class JailLimits:
    """What one file may cost. The defaults are the house's; tests use smaller ones."""

    memory_bytes_max: int = JAIL_MEMORY_BYTES_MAX
    cpu_seconds_max: int = JAIL_CPU_SECONDS_MAX
    wall_seconds_max: float = JAIL_WALL_SECONDS_MAX
    frame_pixels_max: int = FRAME_PIXELS_MAX
    picture_size_bytes_max: int = PICTURE_SIZE_BYTES_MAX

    @property
    def parts_start(self) -> int:
        """Where the parts begin in the shared memory: on the page behind the largest picture."""
        return HEADER_SIZE_BYTES + -(-3 * self.frame_pixels_max // PAGE_SIZE_BYTES) * PAGE_SIZE_BYTES

    @property
    def answer_size_bytes(self) -> int:
        """The shared memory for one answer: header, the largest picture, and parts. Only pages that are written exist."""
        return self.parts_start + JAIL_PARTS_BYTES_MAX


def shared_content(content: bytes) -> int:
    """A file descriptor of an unnamed memory file that holds `content` and can no longer be changed by anyone."""
    fd = os.memfd_create("clew-content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(fd, rest) :]
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    except BaseException:
        os.close(fd)
        raise
    return fd


def shared_answer(size_bytes: int) -> int:
    """A file descriptor of an empty memory file of a size that nobody can change, so that reading it can never fail."""
    fd = os.memfd_create("clew-answer", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(fd, size_bytes)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    except BaseException:
        os.close(fd)
        raise
    return fd


def write_header(place: memoryview, header: Mapping[str, Any]) -> None:
    """Write a cell's header; the length goes last, so a half-written header reads as none."""
    text = json.dumps(header, allow_nan=False).encode()
    if len(text) > HEADER_SIZE_BYTES - 4:
        text = b'{"reason": "decoder_failed"}'
    place[4 : 4 + len(text)] = text
    place[:4] = len(text).to_bytes(4, "little")


def read_header(place: memoryview) -> object:
    """What stands in the header: any JSON value, or None where there is none. The caller judges it."""
    size_bytes = int.from_bytes(place[:4], "little")
    if not 0 < size_bytes <= HEADER_SIZE_BYTES - 4:
        return None
    try:
        value: object = json.loads(bytes(place[4 : 4 + size_bytes]))
    except (ValueError, RecursionError):
        return None
    return value
