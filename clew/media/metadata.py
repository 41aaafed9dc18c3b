"""Metadata: a flat dictionary of what a file tells of itself, bounded in number and length. Read only inside the jail."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from PIL import ExifTags, Image

from clew.kernel.limits import METADATA_FACTS_MAX, METADATA_TEXT_LETTERS_MAX
from clew.media.examination import MetadataValue, Pixels
from clew.media.exif_thumbnail import exif_thumbnail_facts
from clew.media.iptc import iptc_facts
from clew.media.jpeg_facts import jpeg_facts, trailing_facts
from clew.media.jpeg_structure import png_end
from clew.media.xmp import xmp_facts

# Facts by EXIF tag (EXIF 2.32, tables 4, 7 and 8): first those of the picture's own directory, then those of the photograph.
_PICTURE_TAGS = {
    "camera_make": ExifTags.Base.Make,
    "camera_model": ExifTags.Base.Model,
    "software": ExifTags.Base.Software,
    "artist": ExifTags.Base.Artist,
    "copyright": ExifTags.Base.Copyright,
    "description": ExifTags.Base.ImageDescription,
    "changed_at": ExifTags.Base.DateTime,
    "orientation": ExifTags.Base.Orientation,
    "host_computer": ExifTags.Base.HostComputer,
}
_PHOTOGRAPH_TAGS = {
    "taken_at": ExifTags.Base.DateTimeOriginal,
    "taken_at_offset": ExifTags.Base.OffsetTimeOriginal,
    "digitised_at": ExifTags.Base.DateTimeDigitized,
    "exposure_seconds": ExifTags.Base.ExposureTime,
    "f_number": ExifTags.Base.FNumber,
    "iso_speed": ExifTags.Base.ISOSpeedRatings,
    "focal_length_mm": ExifTags.Base.FocalLength,
    "focal_length_35mm": ExifTags.Base.FocalLengthIn35mmFilm,
    "flash": ExifTags.Base.Flash,
    "camera_serial_number": ExifTags.Base.BodySerialNumber,
    "camera_owner": ExifTags.Base.CameraOwnerName,
    "lens_make": ExifTags.Base.LensMake,
    "lens_model": ExifTags.Base.LensModel,
    "lens_serial_number": ExifTags.Base.LensSerialNumber,
    "image_unique_id": ExifTags.Base.ImageUniqueID,
}
_PNG_KEYS = (
    "Title",
    "Author",
    "Description",
    "Copyright",
    "Creation Time",
    "Software",
    "Disclaimer",
    "Source",
    "Comment",
)
# Beyond any date, size or count; larger numbers do not fit the database's columns.
_NUMBER_MAX = 1e15


def picture_facts(im: Image.Image, pixels: Pixels, content: memoryview) -> dict[str, MetadataValue]:
    """Facts of an opened and loaded picture, each source for itself (see `fact_sources`); sides in pixels, places in degrees.

    A damaged part gives fewer facts and is told, never an error.
    """
    height, width = pixels.shape[:2]
    facts: dict[str, Any] = {
        "width": width,
        "height": height,
        "format": im.format,
        "mode": im.mode,
    }
    sources: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
        ("frames", lambda: _frames(im)),
        ("exif", lambda: _exif_facts(im)),
        ("exif_thumbnail", lambda: exif_thumbnail_facts(im, pixels)),
        ("xmp", lambda: xmp_facts(im.info["xmp"]) if im.info.get("xmp") else {}),
        ("iptc_told", lambda: iptc_facts(im)),
        ("structure", lambda: _structure(im, content)),
    )
    for part, told in sources:
        try:
            facts |= told()
        except Exception:  # noqa: BLE001 - these parts are as hostile as the rest, and the picture is good without them
            facts[part] = "damaged"
    return bounded(facts)


def _frames(im: Image.Image) -> dict[str, Any]:
    """How many frames there are; counting them walks through the whole file, so what is damaged behind the first shows here."""
    return {"frames": getattr(im, "n_frames", 1)}


def _structure(im: Image.Image, content: memoryview) -> dict[str, Any]:
    """Facts that only one format has."""
    if im.format in {"JPEG", "MPO"}:
        return jpeg_facts(content)
    if im.format == "PNG":
        end = png_end(content)
        return {**_png_text(im), **(trailing_facts(content, end) if end else {})}
    return {"gif_comment": im.info.get("comment")} if im.format == "GIF" else {}


def _png_text(im: Image.Image) -> dict[str, Any]:
    """The well-known text chunks of a PNG (PNG 11.3.3), and the others together."""
    texts = {str(key): str(value) for key, value in getattr(im, "text", {}).items() if not str(key).startswith("XML:")}
    facts = {f"png_{key.lower().replace(' ', '_')}": texts.pop(key) for key in _PNG_KEYS if key in texts}
    if texts:
        facts["png_other_text"] = "; ".join(f"{key}: {value}" for key, value in texts.items())
    return facts


def _exif_facts(im: Image.Image) -> dict[str, Any]:
    return exif_facts_of(im.getexif())


def exif_facts_of(exif: Image.Exif) -> dict[str, Any]:
    """The facts of an EXIF block, unbounded as yet; raises whatever Pillow raises on a damaged one."""
    facts: dict[str, Any] = {name: exif.get(tag) for name, tag in _PICTURE_TAGS.items()}
    photograph = exif.get_ifd(ExifTags.IFD.Exif)
    facts |= {name: photograph.get(tag) for name, tag in _PHOTOGRAPH_TAGS.items()}
    note = photograph.get(ExifTags.Base.MakerNote)
    facts["exif_maker_note_bytes"] = len(note) if isinstance(note, bytes) else None
    return facts | _place(exif.get_ifd(ExifTags.IFD.GPSInfo))


def _place(gps: Mapping[int, Any]) -> dict[str, Any]:
    """Where the camera was: degrees, south and west negative, and metres above the sea (EXIF 2.32, 4.6.6)."""
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    if latitude is None or longitude is None:
        return {}
    facts = {"gps_latitude": latitude, "gps_longitude": longitude}
    altitude = _number(gps.get(ExifTags.GPS.GPSAltitude))
    if altitude is not None:
        is_below = gps.get(ExifTags.GPS.GPSAltitudeRef) in {1, b"\x01"}
        facts["gps_altitude_metres"] = -altitude if is_below else altitude
    return facts


def _degrees(parts: Any, side: Any, negative: str, most: int) -> float | None:
    """Degrees, minutes and seconds as one signed number; None where it is no place on Earth."""
    if not isinstance(parts, tuple) or not 1 <= len(parts) <= 3:
        return None
    numbers = [_number(part) for part in parts]
    if any(number is None for number in numbers):
        return None
    value = sum(number / 60.0**power for power, number in enumerate(numbers) if number is not None)
    if value > most:
        return None
    return round(-value if str(side or "").strip("\0 ").upper() == negative else value, 7)


def _number(value: Any) -> float | None:
    try:
        number: float = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def bounded(facts: Mapping[str, Any]) -> dict[str, MetadataValue]:
    """Only short, printable texts and finite numbers, and no more than `METADATA_FACTS_MAX` of them; the rest is left out."""
    kept: dict[str, MetadataValue] = {}
    for name, value in facts.items():
        plain = _plain(value)
        if plain is not None and len(kept) < METADATA_FACTS_MAX:
            kept[name] = plain
    return kept


def _plain(value: Any) -> MetadataValue | None:
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, bytes):
        value = value[: 4 * METADATA_TEXT_LETTERS_MAX].decode("utf-8", "replace")
    if isinstance(value, str):
        return printable(value) or None
    if isinstance(value, int):
        return int(value) if abs(value) <= _NUMBER_MAX else None
    number = _number(value)
    return round(number, 6) if number is not None and abs(number) <= _NUMBER_MAX else None


def printable(text: str) -> str:
    """The text without control characters or other invisible ones, at most `METADATA_TEXT_LETTERS_MAX` letters."""
    # Ten times the goal is looked at: padding before the text is common, megabytes of it are not.
    seen = text[: 10 * METADATA_TEXT_LETTERS_MAX].replace("\t", " ").replace("\n", " ").replace("\r", " ")
    return "".join(letter for letter in seen if letter.isprintable()).strip()[:METADATA_TEXT_LETTERS_MAX].strip()
