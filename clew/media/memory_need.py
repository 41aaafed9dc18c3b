"""What decoders need: some say only that they failed when they were refused memory, and an officer would be told that the file is damaged."""

from __future__ import annotations

import mmap

from clew.media import kinds
from clew.media.kinds import MediaType

#: Bytes of address space for a pixel, beside the pixels themselves; measured at 50 to 100 megapixels and rounded up.
_BYTES_PER_PIXEL = {
    kinds.JPEG_2000.parser: 20,
    kinds.WEBP.parser: 16,
    kinds.AVIF.parser: 9,
    kinds.HEIC.parser: 12,
}


def is_beyond_memory(media_type: MediaType, size: tuple[int, int]) -> bool:
    """Whether a picture of this width and height needs more than this process may have, by a decoder that would not say so."""
    need_bytes = size[0] * size[1] * _BYTES_PER_PIXEL.get(media_type.parser, 0)
    if need_bytes <= 0:
        return False
    try:
        mmap.mmap(-1, need_bytes).close()
    except (OSError, OverflowError, ValueError):
        return True
    return False
