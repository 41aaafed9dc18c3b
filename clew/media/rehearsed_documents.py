"""Documents for the rehearsal: the smallest of each kind that leads its reader through everything it may have to load."""

from __future__ import annotations

import io
import zipfile
import zlib

from PIL import Image


def tiff_rehearsed() -> bytes:
    """Two pages, of which the second is written anew, as PNG and, in CMYK, as TIFF."""
    out = io.BytesIO()
    pages = [Image.new(mode, (8, 8)) for mode in ("RGB", "RGB", "CMYK")]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def zip_rehearsed(jpeg: bytes) -> bytes:
    """An OpenDocument text with one picture and a description of itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        package.writestr("meta.xml", '<?xml version="1.0" encoding="UTF-8"?><meta><creator>Clew</creator></meta>')
        package.writestr("Pictures/1.jpg", jpeg)
    return out.getvalue()


def pdf_rehearsed(jpeg: bytes) -> bytes:
    """One page with a JPEG, pictures in three other filters and colours, and an attached file."""
    grey = b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8"
    predicted = zlib.compress(b"".join(b"\1" + bytes(8) for _ in range(8)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 8 0 R] >> >> >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /A 4 0 R /B 5 0 R /C 6 0 R /D 7 0 R >> >> >>",
        _stream(b"/Type /XObject /Subtype /Image /Width 16 /Height 16 /Filter /DCTDecode", jpeg),
        _stream(grey + b" /ColorSpace /DeviceGray /Filter /FlateDecode", zlib.compress(bytes(64))),
        _stream(
            grey + b" /ColorSpace [/Indexed /DeviceRGB 1 <000000FFFFFF>] /Filter /FlateDecode"
            b" /DecodeParms << /Predictor 12 /Columns 8 >> /Decode [1 0]",
            predicted,
        ),
        _stream(grey + b" /ColorSpace /DeviceCMYK /Filter /ASCIIHexDecode", b"00" * 256 + b">"),
        b"<< /Type /Filespec /F (a.jpg) /EF << /F 9 0 R >> >>",
        _stream(b"/Type /EmbeddedFile", jpeg),
        b"<< /Title (Clew) >>",
    ]
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    trailer = b"trailer << /Size %d /Root 1 0 R /Info 10 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return bytes(out) + head + table + trailer % (len(objects) + 1, len(out))


def _stream(about: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n" % (about, len(content)) + content + b"\nendstream"
