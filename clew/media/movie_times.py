"""Times of a movie: when its header says it was made and changed, and the place in QuickTime's words (ISO/IEC 14496-12, 8.2.2; ISO 6709)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_BOXES_MAX = 10_000
# Seconds are counted from here (14496-12, 8.2.2.3).
_EPOCH = dt.datetime(1904, 1, 1, tzinfo=dt.UTC)
_PLACE = re.compile(r"^([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?")


def movie_header_facts(content: memoryview) -> dict[str, Any]:
    """`header_created_at` and `header_changed_at` of the movie header; none where it cannot be found."""
    movie = _box(content, b"moov")
    header = _box(movie, b"mvhd") if movie is not None else None
    if header is None or len(header) < 20:
        return {}
    width = 8 if header[0] == 1 else 4
    times = [int.from_bytes(header[4 + width * place : 4 + width * (place + 1)], "big") for place in range(2)]
    facts = {}
    for name, seconds in zip(("header_created_at", "header_changed_at"), times, strict=True):
        if 0 < seconds < 2**33:
            facts[name] = (_EPOCH + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return facts


def _box(content: memoryview, wanted: bytes) -> memoryview | None:
    at = 0
    for _ in range(_BOXES_MAX):
        if at + 8 > len(content):
            return None
        size_bytes, start = int.from_bytes(content[at : at + 4], "big"), 8
        if size_bytes == 1:
            size_bytes, start = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        if content[at + 4 : at + 8] == wanted:
            return content[at + start : at + size_bytes if size_bytes else len(content)]
        if size_bytes < 8:
            return None
        at += size_bytes
    return None


def place_facts(location: str) -> dict[str, Any]:
    """Degrees, and metres above the sea, of a place as QuickTime writes it; none where it is no place on Earth."""
    found = _PLACE.match(location)
    if found is None:
        return {}
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return {}
    altitude = {"gps_altitude_metres": float(found[3])} if found[3] else {}
    return {"gps_latitude": latitude, "gps_longitude": longitude, **altitude}
