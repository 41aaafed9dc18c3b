"""The fast mode of PDQ for JPEG: only the luma plane, decoded no larger than the hash needs. For triage, never for what is stored.

A JPEG keeps luma apart from colour, and its decoder can give a half, a quarter or an eighth of the size for less work than the whole
(libjpeg's scaled inverse transform). The hash then lies a few bits from the one that `pdq` makes of the full RGB picture, which lists and
peers hold; so this one may say what to look at first, and nothing that is kept or sent may come from it.
"""

from __future__ import annotations

import simplejpeg

from clew.kernel.limits import FRAME_PIXELS_MAX
from clew.media.decoded import MediaUnreadable
from clew.media.examination import UnreadableReason
from clew.signatures.pdq import pdq
from clew.signatures.pdq_hash import PdqHash

#: The shorter side is decoded to at least so many pixels where it has them: PDQ's blur then still spans four.
SIDE_PIXELS_DECODED_MIN = 512
_WITH_LUMA = {"YCbCr", "Gray"}


def pdq_of_luma(content: bytes | bytearray | memoryview) -> PdqHash:
    """The hash, near that of `pdq` but not equal to it, of the luma of a JPEG. Like all decoding it belongs into the jail.

    Raises MediaUnreadable for what is no whole JPEG with a luma plane (CMYK has none), or has more pixels than are opened.
    """
    try:
        height, width, colours, _subsampling = simplejpeg.decode_jpeg_header(content)
        if colours not in _WITH_LUMA:
            raise MediaUnreadable(UnreadableReason.DECODER_FAILED)
        if height * width > FRAME_PIXELS_MAX:
            raise MediaUnreadable(UnreadableReason.TOO_MANY_PIXELS, width=width, height=height)
        luma = simplejpeg.decode_jpeg(
            content, "GRAY", min_height=SIDE_PIXELS_DECODED_MIN, min_width=SIDE_PIXELS_DECODED_MIN
        )
    except ValueError as error:
        raise MediaUnreadable(UnreadableReason.DECODER_FAILED) from error
    return pdq(luma[:, :, 0])
