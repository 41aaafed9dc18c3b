"""A PNG without its colour profile, for one whose profile is too large to be read: the picture is good without it."""

from __future__ import annotations

from clew.kernel.limits import JPEG_SEGMENTS_MAX

_SIGNATURE_BYTES, _CHUNK_BYTES = 8, 12


def without_profile(content: memoryview) -> bytes | None:
    """The file without its chunk `iCCP` (PNG 11.3.2.3), which comes before the picture; None where it has none."""
    at = _SIGNATURE_BYTES
    for _ in range(JPEG_SEGMENTS_MAX):
        name = bytes(content[at + 4 : at + 8])
        if len(name) < 4 or name == b"IDAT":
            return None
        behind = at + _CHUNK_BYTES + int.from_bytes(content[at : at + 4], "big")
        if name == b"iCCP":
            return bytes(content[:at]) + bytes(content[behind:])
        at = behind
    return None
