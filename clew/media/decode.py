"""Decoding: bytes to RGB pixels as they are stored, by the one parser that the sniffed type names. Called only inside the jail.

JPEG is decoded by simplejpeg where it gives the bits that Pillow gives (three components and grey), and by Pillow otherwise: the
hashes of others were made from Pillow's pixels. Videos and sounds are described by PyAV without decoding frames.
"""

from __future__ import annotations

from typing import BinaryIO

from clew.kernel.limits import FRAME_PIXELS_MAX
from clew.media.decode_films import describe_film
from clew.media.decode_pictures import decode_picture
from clew.media.decode_raw import decode_raw
from clew.media.decoded import Canvas, Decoded, new_canvas
from clew.media.kinds import RAW_PARSER, MediaKind, MediaType


def decode(
    media_type: MediaType,
    source: BinaryIO,
    *,
    content: memoryview,
    canvas: Canvas = new_canvas,
    frame_pixels_max: int = FRAME_PIXELS_MAX,
) -> Decoded:
    """Decode a file of the sniffed type.

    `source` is the file, open at its beginning, and `content` the same bytes in memory. Raises MediaUnreadable with the reason, or
    MemoryError.
    """
    if media_type.kind is MediaKind.IMAGE:
        opener = decode_raw if media_type.parser == RAW_PARSER else decode_picture
        return opener(media_type, source, content=content, canvas=canvas, frame_pixels_max=frame_pixels_max)
    return describe_film(media_type, source, content=content)
