"""The rehearsal: the template opens a tiny file of its own of each kind before any stranger's, so that nothing is left to import.

In a cell nothing can be imported any more. What the decoders prepare at their first use is then shared by all cells, too.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import importlib
import io
import struct

import numpy as np
from PIL import Image, ImageCms

from clew.media import kinds
from clew.media.decode import decode
from clew.media.decoded import MediaUnreadable
from clew.media.kinds import MediaType
from clew.media.rehearsed_documents import pdf_rehearsed, tiff_rehearsed, zip_rehearsed
from clew.media.shelf import Shelf
from clew.media.shrinking import shrunk

# Encodings of text in files; Python imports each at its first use.
_ENCODINGS = (
    "ascii",
    "latin-1",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "shift_jis",
)
# PyAV imports these when a container has subtitles, or to see whether it has.
_MODULES = (
    "av.subtitles.stream",
    "av.subtitles.codeccontext",
    "av.subtitles.subtitle",
    "PIL.MpoImagePlugin",
    "olefile",
    "pypdf.generic",
    "mimetypes",
)
# The C library loads a table for each; transport streams name their services in these (ETSI EN 300 468, annex A).
_TABLES = ("ISO6937", *(f"ISO-8859-{part}" for part in range(1, 17)), "UTF-16BE", "GB2312", "EUC-KR", "BIG5", "UCS-2BE")
_SIDE_PIXELS = 16
_XMP = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><CreatorTool>Clew</CreatorTool></x:xmpmeta>'
_WRITTEN = (kinds.JPEG, kinds.PNG, kinds.GIF, kinds.WEBP, kinds.BMP, kinds.TIFF, kinds.AVIF, kinds.JPEG_2000)


def rehearse() -> None:
    """Open one small file of each kind, with EXIF where the format has it, and import what is imported late."""
    for name in _MODULES:
        importlib.import_module(name)
    for name in _ENCODINGS:
        codecs.lookup(name)
    libc = ctypes.CDLL(None)
    for name in _TABLES:
        # Never closed, so the table stays loaded; a C library that lacks it answers -1, in a cell as well.
        libc.iconv_open(b"UTF-8", name.encode())
    for media_type in _WRITTEN:
        _open(media_type, _picture(media_type))
    _open(kinds.JPEG, _picture(kinds.JPEG, mode="CMYK"))
    _open(kinds.TIFF, _picture(kinds.TIFF, mode="LAB"))
    # The kernel that shrinks is loaded now.
    shrunk(np.zeros((8, 8, 3), dtype=np.uint8), 4)
    _open(kinds.WAV, _silence())
    _open(kinds.TIFF, tiff_rehearsed())
    _open(kinds.PDF, pdf_rehearsed(_picture(kinds.JPEG)))
    _open(kinds.ODT, zip_rehearsed(_picture(kinds.JPEG)))
    # Refused by their decoders, which is all that is needed of them.
    _open(kinds.HEIC, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    _open(kinds.OLE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    _open(kinds.DNG, b"II*\0\x08\0\0\0" + bytes(20))
    _open(kinds.MP4, b"\0\0\0\x18ftypisom\0\0\0\0mp42isom")


def _open(media_type: MediaType, content: bytes) -> None:
    with contextlib.suppress(MediaUnreadable):
        decode(media_type, io.BytesIO(content), content=memoryview(content), shelf=Shelf(lambda _name, _content: True))


def _picture(media_type: MediaType, mode: str = "RGB") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 1
    exif.get_ifd(0x8769)[0x9003] = "2000:01:01 00:00:00"
    out = io.BytesIO()
    kept = {"exif": exif.tobytes(), "xmp": _XMP}
    if mode == "RGB":
        kept["icc_profile"] = _profile()
    Image.new(mode, (_SIDE_PIXELS, _SIDE_PIXELS)).save(out, media_type.parser, **kept)
    return out.getvalue()


def _profile() -> bytes:
    """A colour profile that does not call itself sRGB, so that it is used."""
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return usual.replace("sRGB".encode("utf-16-be"), "Clew".encode("utf-16-be"))


def _silence() -> bytes:
    """A RIFF WAVE of 8000 zero samples, one second."""
    samples = bytes(16000)
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks
