"""Endings: whether a file ends before it should, told by its own frame of lengths and end marks. Only used once a decoder gave up."""

from __future__ import annotations

from clew.media import kinds
from clew.media.kinds import MediaType

# End marks: JPEG 2000's end of codestream (ITU-T T.800, A.4.4).
_CODESTREAM_END = b"\xff\xd9"
_RIFF_PARSERS = frozenset({"WEBP", "avi", "wav"})
_BOX_PARSERS = frozenset({"HEIF", "AVIF", "mov"})
# Boxes of one file: a film in fragments has thousands.
_BOXES_MAX = 100_000


def ends_early(media_type: MediaType, content: memoryview) -> bool:
    """Whether the bytes stop before the end that the format announces; False where the format announces none."""
    if media_type.parser in _RIFF_PARSERS:
        return int.from_bytes(content[4:8], "little") + 8 > len(content)
    if media_type.parser in _BOX_PARSERS:
        return _boxes_end_early(content)
    if media_type is kinds.JPEG_2000 or media_type.parser == kinds.JPEG_2000.parser:
        return bytes(content[-2:]) != _CODESTREAM_END
    if media_type.parser == kinds.BMP.parser:
        return int.from_bytes(content[2:6], "little") > len(content)
    if media_type.parser == kinds.TIFF.parser:
        return _directory_is_beyond(content)
    return len(content) < 32


def _boxes_end_early(content: memoryview) -> bool:
    """Walk the outermost boxes (ISO/IEC 14496-12, 4.2): size 1 means a 64-bit size follows, size 0 the rest of the file."""
    at = 0
    for _ in range(_BOXES_MAX):
        if at >= len(content):
            return at > len(content)
        size_bytes = int.from_bytes(content[at : at + 4], "big")
        if size_bytes == 1:
            size_bytes = int.from_bytes(content[at + 8 : at + 16], "big")
        if size_bytes == 0:
            return False
        if size_bytes < 8:
            return len(content) - at < 8
        at += size_bytes
    return False


def _directory_is_beyond(content: memoryview) -> bool:
    """Whether the first directory of a TIFF lies beyond the end (TIFF 6.0, section 2)."""
    order = "little" if bytes(content[:2]) == b"II" else "big"
    offset = int.from_bytes(content[4:8], "little" if order == "little" else "big")
    return offset + 2 > len(content)
