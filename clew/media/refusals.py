"""Refusals that name their limit: an officer who is told "too large" is told what would not have been."""

from __future__ import annotations

from dataclasses import replace

from clew.kernel.limits import FILM_SIZE_BYTES_MAX, MIB
from clew.media.examination import Unreadable, UnreadableReason
from clew.media.jail_wire import JailLimits


def size_words(size_bytes: int) -> str:
    """A limit of bytes as people say it, such as "256 MiB" or "4 GiB"."""
    if size_bytes % (1024 * MIB) == 0:
        return f"{size_bytes // (1024 * MIB):,} GiB"
    if size_bytes % MIB == 0:
        return f"{size_bytes // MIB:,} MiB"
    return f"{size_bytes:,} bytes"


def pixel_words(pixels: int) -> str:
    """A limit of pixels, such as "100 megapixels"."""
    return f"{pixels // 1_000_000:,} megapixels" if pixels % 1_000_000 == 0 else f"{pixels:,} pixels"


def with_limit(found: Unreadable, limits: JailLimits, *, is_picture: bool) -> Unreadable:
    """The refusal with the limit that was in force, where it was one of a limit."""
    match found.reason:
        case UnreadableReason.TOO_MANY_PIXELS:
            limit = pixel_words(limits.frame_pixels_max)
        case UnreadableReason.TOO_LARGE:
            limit = size_words(limits.picture_size_bytes_max if is_picture else FILM_SIZE_BYTES_MAX)
        case UnreadableReason.TIME_EXCEEDED:
            limit = f"{limits.cpu_seconds_max:,} seconds of computing, {limits.wall_seconds_max:,} by the clock"
        case UnreadableReason.MEMORY_EXCEEDED:
            limit = f"{size_words(limits.memory_bytes_max)} beside its pixels"
        case UnreadableReason.ARCHIVE:
            limit = "one level, no archive in an archive"
        case _:
            return found
    return replace(found, limit=limit)
