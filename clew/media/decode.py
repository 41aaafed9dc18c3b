"""Decoding: bytes to RGB pixels as they are stored, by the one parser that the sniffed type names. Called only inside the jail.

JPEG is decoded by simplejpeg where it gives the bits that Pillow gives (three components and grey), and by Pillow otherwise: the
hashes of others were made from Pillow's pixels. Videos and sounds are described by PyAV without decoding frames. What lies inside a
document, and the further pages of a TIFF, is put on a shelf.
"""

from __future__ import annotations

from typing import BinaryIO

from clew.kernel.limits import FRAME_PIXELS_MAX
from clew.media.decode_documents import decode_document
from clew.media.decode_films import describe_film
from clew.media.decode_pictures import decode_picture
from clew.media.decode_raw import decode_raw
from clew.media.decoded import Canvas, Decoded, new_canvas
from clew.media.kinds import RAW_PARSER, MediaKind, MediaType
from clew.media.shelf import Shelf


def decode(
    media_type: MediaType,
    source: BinaryIO,
    *,
    content: memoryview,
    canvas: Canvas = new_canvas,
    frame_pixels_max: int = FRAME_PIXELS_MAX,
    shelf: Shelf | None = None,
) -> Decoded:
    """Decode a file of the sniffed type.

    `source` is the file, open at its beginning, and `content` the same bytes in memory. Raises MediaUnreadable with the reason, or
    MemoryError.
    """
    if media_type.kind is MediaKind.DOCUMENT:
        return decode_document(media_type, source, shelf or Shelf())
    if media_type.parser == RAW_PARSER:
        return decode_raw(media_type, source, content=content, canvas=canvas, frame_pixels_max=frame_pixels_max)
    if media_type.kind is MediaKind.IMAGE:
        return decode_picture(
            media_type, source, content=content, canvas=canvas, frame_pixels_max=frame_pixels_max, shelf=shelf
        )
    return describe_film(media_type, source, content=content)
