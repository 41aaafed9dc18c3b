"""Answers of a cell, judged outside it: a captured decoder may have written them, so nothing is taken that is not checked here."""

from __future__ import annotations

import os
import signal
from typing import Any

from clew.kernel.limits import METADATA_FACTS_MAX, METADATA_TEXT_LETTERS_MAX
from clew.media.examination import Examination, MetadataValue, Unreadable, UnreadableReason
from clew.media.jail_parts import parts_told, picture_at, side
from clew.media.jail_wire import (
    HEADER_SIZE_BYTES,
    OUTCOME_ANSWERED,
    OUTCOME_MEMORY,
    OUTCOME_SIGNAL,
    OUTCOME_TIME,
    JailLimits,
    read_header,
)
from clew.media.kinds import MediaKind, MediaType

# What a cell may say of itself; the other reasons are found out from outside.
_TOLD_REASONS = frozenset(
    {
        UnreadableReason.TRUNCATED,
        UnreadableReason.TOO_MANY_PIXELS,
        UnreadableReason.DECODER_FAILED,
        UnreadableReason.MEMORY_EXCEEDED,
        UnreadableReason.NO_PREVIEW,
    },
)
_SEEN_REASONS = {OUTCOME_TIME: UnreadableReason.TIME_EXCEEDED, OUTCOME_MEMORY: UnreadableReason.MEMORY_EXCEEDED}
_SIGNALS: dict[int, UnreadableReason] = {
    signal.SIGSYS: UnreadableReason.FORBIDDEN_ACT,
    signal.SIGXCPU: UnreadableReason.TIME_EXCEEDED,
    # Not by us, so by the kernel: the machine ran out of memory, or the hard limit of processor time was reached.
    signal.SIGKILL: UnreadableReason.MEMORY_EXCEEDED,
}
# Numbers beyond this are nonsense in any format.
_NUMBER_MAX = 1e15
_FACT_NAME_LETTERS_MAX = 40


def judged(
    outcome: tuple[str, int], answer_fd: int, media_type: MediaType, limits: JailLimits
) -> Examination | Unreadable:
    """What the caller may believe of one cell: its outcome as the template saw it, and its header and pixels as far as they hold."""
    name, number = outcome
    if name in _SEEN_REASONS:
        return Unreadable(_SEEN_REASONS[name])
    if name == OUTCOME_SIGNAL:
        return Unreadable(_SIGNALS.get(number, UnreadableReason.DECODER_FAILED))
    if name != OUTCOME_ANSWERED:
        return Unreadable(UnreadableReason.DECODER_FAILED)
    length = int.from_bytes(os.pread(answer_fd, 4, 0), "little")
    header = read_header(memoryview(os.pread(answer_fd, min(4 + length, HEADER_SIZE_BYTES), 0)))
    if not isinstance(header, dict):
        return Unreadable(UnreadableReason.DECODER_FAILED)
    if "reason" in header:
        return _told(header)
    return _examination(header, answer_fd, media_type, limits) or Unreadable(UnreadableReason.DECODER_FAILED)


def _told(header: dict[str, Any]) -> Unreadable:
    reason = next((reason for reason in _TOLD_REASONS if header["reason"] == reason.value), None)
    width, height = side(header.get("width")), side(header.get("height"))
    if reason is UnreadableReason.TOO_MANY_PIXELS and width and height:
        return Unreadable(reason, f"{width:,} x {height:,}")
    return Unreadable(reason or UnreadableReason.DECODER_FAILED)


def _examination(
    header: dict[str, Any], answer_fd: int, media_type: MediaType, limits: JailLimits
) -> Examination | None:
    width, height = side(header.get("width")), side(header.get("height"))
    is_picture = media_type.kind is MediaKind.IMAGE
    orientation = header.get("exif_orientation")
    metadata = _metadata(header.get("metadata"))
    parts = parts_told(header, answer_fd, limits)
    if parts is None or metadata is None or type(orientation) is not int or not 1 <= orientation <= 8:
        return None
    if bool(header.get("has_pixels")) is not is_picture:
        return None
    if not is_picture:
        return Examination(media_type, None, width, height, orientation, metadata, **parts)
    if not width or not height or width * height > limits.frame_pixels_max:
        return None
    pixels = picture_at(answer_fd, HEADER_SIZE_BYTES, height, width)
    return Examination(media_type, pixels, width, height, orientation, metadata, **parts)


def _metadata(told: object) -> dict[str, MetadataValue] | None:
    """The facts, if every one is well-formed; None if any is not, for then the whole answer is suspect."""
    if not isinstance(told, dict) or len(told) > METADATA_FACTS_MAX:
        return None
    if all(_is_name(name) and _is_value(value) for name, value in told.items()):
        return dict(told)
    return None


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= _FACT_NAME_LETTERS_MAX and name.isascii() and name.isidentifier()


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= METADATA_TEXT_LETTERS_MAX and value.isprintable()
    # True of no infinity and of what is not a number; whole numbers longer than any float can be are compared all the same.
    return type(value) in {int, float} and isinstance(value, (int, float)) and abs(value) <= _NUMBER_MAX
