"""Raw pictures of cameras: the largest preview in the file becomes the picture, and is told to be one."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import BinaryIO

from PIL import Image

from clew.media import kinds
from clew.media.decode_pictures import decode_picture
from clew.media.decoded import Canvas, Decoded, MediaUnreadable
from clew.media.examination import MetadataValue, UnreadableReason
from clew.media.kinds import MediaType
from clew.media.metadata import bounded, exif_facts_of
from clew.media.raw_previews import RawPictures, raw_pictures, tiff_start


def decode_raw(
    media_type: MediaType, source: BinaryIO, *, content: memoryview, canvas: Canvas, frame_pixels_max: int
) -> Decoded:
    """The largest preview of a raw file; see `clew.media.decode.decode` for the arguments and what is raised."""
    found = raw_pictures(content)
    for preview in found.previews:
        jpeg = content[preview.start : preview.start + preview.size_bytes]
        try:
            made = decode_picture(
                kinds.JPEG, io.BytesIO(jpeg), content=jpeg, canvas=canvas, frame_pixels_max=frame_pixels_max
            )
        except MediaUnreadable:
            continue
        return _told(made, found, media_type, content, "JPEG preview")
    try:
        made = decode_picture(kinds.TIFF, source, content=content, canvas=canvas, frame_pixels_max=frame_pixels_max)
    except MediaUnreadable as error:
        raise MediaUnreadable(UnreadableReason.NO_PREVIEW) from error
    return _told(made, found, media_type, content, "uncompressed preview")


def _told(made: Decoded, found: RawPictures, media_type: MediaType, content: memoryview, words: str) -> Decoded:
    """The preview with the facts of the raw file around it, and the turn that the raw file states."""
    own: dict[str, MetadataValue] = {
        "format": media_type.mime.rpartition("-")[2].upper(),
        "raw_preview": f"{words} of {made.width} x {made.height} pixels; the picture of the sensor is not developed",
        "raw_previews": len(found.previews),
    }
    if found.sensor:
        own |= {"raw_width": found.sensor[0], "raw_height": found.sensor[1]}
    metadata = bounded({**made.metadata, **_exif(content), **own})
    return replace(made, exif_orientation=found.orientation or made.exif_orientation, metadata=metadata)


def _exif(content: memoryview) -> dict[str, MetadataValue]:
    """The facts of the raw file's own directories; none where they are damaged, for the preview is good without them."""
    start = tiff_start(content)
    if start is None:
        return {}
    exif = Image.Exif()
    try:
        exif.load_from_fp(io.BytesIO(content[start:]))
        return bounded(exif_facts_of(exif))
    except Exception:  # noqa: BLE001 - as hostile as the rest
        return {}
