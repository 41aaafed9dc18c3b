"""The directory at the end of a zip file: which members there are, for documents whose first member does not say what they are.

APPNOTE 4.3.12 and 4.3.16. Only comparisons of bytes: nothing is unpacked, so it is safe outside the jail.
"""

from __future__ import annotations

from collections.abc import Iterator

from clew.kernel.limits import DOCUMENT_MEMBERS_MAX

_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
# The end record, and the longest comment that may follow it.
_END_SIZE_BYTES, _COMMENT_BYTES_MAX = 22, 65_535
_NAME = 46


def listed_members(content: memoryview) -> Iterator[tuple[bytes, int]]:
    """Name and beginning of each member that the directory of a whole zip file lists; none where it has no sound one."""
    tail_at = max(0, len(content) - _END_SIZE_BYTES - _COMMENT_BYTES_MAX)
    found = bytes(content[tail_at:]).rfind(_END)
    if found < 0:
        return
    end = tail_at + found
    at = end - _number(content, end + 12, 4)
    # Something may stand before the zip file: places are then counted from where it begins.
    begins = at - _number(content, end + 16, 4)
    for _ in range(DOCUMENT_MEMBERS_MAX):
        if at < 0 or at + _NAME > end or bytes(content[at : at + 4]) != _ENTRY:
            return
        name_length, extra, comment = (_number(content, at + place, 2) for place in (28, 30, 32))
        yield bytes(content[at + _NAME : at + _NAME + name_length]), begins + _number(content, at + 42, 4)
        at += _NAME + name_length + extra + comment


def _number(content: memoryview, at: int, size_bytes: int) -> int:
    return int.from_bytes(content[at : at + size_bytes], "little")
