"""Identifiers: time-ordered UUIDs (version 7, RFC 9562), so that new rows land at the end of an index."""

from __future__ import annotations

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last_stamp = 0


def new_id() -> uuid.UUID:
    """A new UUID version 7 (RFC 9562, section 5.7), strictly increasing inside this process.

    The 12 bits after the millisecond hold its fraction (method 3 of section 6.2), so ids made in one millisecond keep their order.
    """
    global _last_stamp  # noqa: PLW0603 - one counter per process is the point
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    stamp = (milliseconds << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        stamp = max(stamp, _last_stamp + 1)
        _last_stamp = stamp
    random_bits = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = ((stamp >> 12) << 80) | (0x7 << 76) | ((stamp & 0xFFF) << 64) | (0b10 << 62) | random_bits
    return uuid.UUID(int=value)
