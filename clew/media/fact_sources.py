"""Sources of facts: from which part of a file each fact of its metadata comes, told by its name. No source is believed more than another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

_Value = TypeVar("_Value")

#: In the order in which they are shown. The last one is for facts that a film or sound tells in its container.
_PREFIXES = {
    "jpeg_": "JPEG structure",
    "exif_": "EXIF",
    "gps_": "EXIF",
    "xmp": "XMP",
    "iptc_": "IPTC",
    "icc_": "Colour profile",
    "png_": "PNG text",
    "gif_": "GIF comment",
    "raw_": "Raw file",
    "document_": "Document",
    "embedded": "Files inside",
}
_FILE = "The file itself"
_OF_THE_FILE = frozenset(
    {
        *("width", "height", "format", "mode", "frames", "streams", "duration_seconds", "bit_rate", "has_video", "has_audio"),
        *("codec", "frame_rate", "audio_codec", "sample_rate", "channels", "trailing_bytes", "trailing_looks_like"),
        *("frames_hashed", "hashed_until_seconds", "frames_told"),
    }
)  # fmt: skip
_OF_CAMERA = {"image": "EXIF", "document": "Document"}
_ORDER = (_FILE, *dict.fromkeys(_PREFIXES.values()), "Container")


def source_of(name: str, kind: str) -> str:
    """The part of a file of this kind from which a fact of this name comes, in words."""
    if name in _OF_THE_FILE:
        return _FILE
    of_camera = _OF_CAMERA.get(kind, "Container")
    found = next((source for prefix, source in _PREFIXES.items() if name.startswith(prefix)), of_camera)
    return of_camera if name.startswith("gps_") else found


def by_source(facts: Mapping[str, _Value], kind: str) -> dict[str, dict[str, _Value]]:
    """The facts by their source, sources in a fixed order, names in that of the alphabet."""
    grouped: dict[str, dict[str, _Value]] = {}
    for name in sorted(facts):
        grouped.setdefault(source_of(name, kind), {})[name] = facts[name]
    return {source: grouped[source] for source in _ORDER if source in grouped}
