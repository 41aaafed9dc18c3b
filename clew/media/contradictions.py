"""Contradictions: where two parts of a file, or the file and its sender, say different things. Told, never resolved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

#: What is said twice, and by whom.
_SAID_TWICE = (
    ("camera make", "camera_make", "xmp_camera_make"),
    ("camera model", "camera_model", "xmp_camera_model"),
    ("serial number of the camera", "camera_serial_number", "xmp_camera_serial_number"),
    ("city", "iptc_city", "xmp_city"),
    ("country", "iptc_country", "xmp_country"),
    ("creator", "artist", "xmp_creator"),
    ("creator", "iptc_by_line", "xmp_creator"),
)
_SOURCES = {"xmp": "XMP", "iptc": "IPTC"}
_DATE = re.compile(r"^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)")
# Clocks without a zone may be half a day off in either direction, and more at the date line.
_APART_MAX = dt.timedelta(hours=15)


def contradictions(facts: Mapping[str, Any], modified_at: dt.datetime | None = None) -> list[str]:
    """A sentence for each contradiction. `modified_at` is when the sender's system says the file was last changed."""
    told = []
    for what, one, two in _SAID_TWICE:
        if _differ(facts.get(one), facts.get(two)):
            told.append(
                f"{_source(one)} and {_source(two)} name different things as {what}: {facts[one]} and {facts[two]}."
            )
    taken, by_xmp = _moment(facts.get("taken_at")), _moment(facts.get("xmp_taken_at"))
    if taken and by_xmp and abs(taken - by_xmp) > _APART_MAX:
        told.append(
            f"EXIF and XMP name different times at which it was taken: {facts['taken_at']} and {facts['xmp_taken_at']}."
        )
    if taken and modified_at and modified_at.astimezone(dt.UTC).replace(tzinfo=None) < taken - _APART_MAX:
        told.append(f"The file was last changed on {modified_at:%Y-%m-%d}, before it was taken: {facts['taken_at']}.")
    if facts.get("exif_thumbnail_differs"):
        told.append(
            "The thumbnail inside EXIF shows another picture or another cut than the file: it was changed after it was taken."
        )
    return told


def _source(name: str) -> str:
    return _SOURCES.get(name.partition("_")[0], "EXIF")


def _differ(one: Any, two: Any) -> bool:
    return bool(one and two) and str(one).strip().casefold() != str(two).strip().casefold()


def _moment(text: Any) -> dt.datetime | None:
    found = _DATE.match(str(text or ""))
    try:
        year, month, day, hour, minute = (int(part) for part in found.groups()) if found else (0, 0, 0, 0, 0)
        return dt.datetime(year, month, day, hour, minute)  # noqa: DTZ001 - cameras name no zone
    except ValueError:
        return None
