"""Surroundings: what pictures are met in besides files of their own: other pictures, telephones' screens, documents, animations, raw files."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from clew.demo.changes import JPEG_QUALITY

Pixels = npt.NDArray[np.uint8]

_SCREEN = (540, 1000)
_GIF_SIZE, _GIF_FRAMES, _GIF_MILLISECONDS = (320, 240), 8, 120
# Kinds of values in a directory of a TIFF file (TIFF 6.0, section 2).
_BYTE, _ASCII, _SHORT, _LONG = 1, 2, 3, 4


def pasted(pixels: Pixels, into: Pixels) -> bytes:
    """A JPEG of one picture at half its sides on another at one and a half times its sides: a ninth of the area."""
    wall = Image.fromarray(into)
    wall = wall.resize((wall.width * 3 // 2, wall.height * 3 // 2), Image.Resampling.LANCZOS)
    picture = Image.fromarray(pixels)
    picture = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    wall.paste(picture, (wall.width // 2, wall.height // 3))
    return _jpeg(wall)


def on_a_phone(pixels: Pixels) -> bytes:
    """A JPEG of a telephone's screen that shows the picture in a chat."""
    screen = Image.new("RGB", _SCREEN, (236, 240, 243))
    drawing = ImageDraw.Draw(screen)
    drawing.rectangle((0, 0, _SCREEN[0], 100), fill=(24, 90, 70))
    drawing.text((16, 8), "09:41", fill="white", font_size=20)
    drawing.ellipse((16, 40, 66, 90), fill=(220, 170, 90))
    drawing.text((84, 50), "Flat hunting", fill="white", font_size=28)
    drawing.rounded_rectangle((20, 130, 330, 180), 14, fill="white")
    drawing.text((34, 142), "Is this the one by the lake?", fill="black", font_size=20)
    picture = Image.fromarray(pixels)
    width = _SCREEN[0] - 60
    screen.paste(picture.resize((width, picture.height * width // picture.width), Image.Resampling.LANCZOS), (40, 210))
    drawing.rounded_rectangle((20, 920, 450, 980), 30, fill="white")
    drawing.text((44, 936), "Message", fill=(120, 120, 120), font_size=22)
    drawing.ellipse((464, 920, 524, 980), fill=(24, 90, 70))
    return _jpeg(screen)


def gif_of(pixels: Pixels) -> bytes:
    """An animated GIF that goes slowly into the picture."""
    picture = Image.fromarray(pixels)
    shares = np.linspace(0, 0.25, _GIF_FRAMES)
    frames = [
        picture.resize(
            _GIF_SIZE,
            Image.Resampling.BILINEAR,
            (picture.width * cut, picture.height * cut, picture.width * (1 - cut), picture.height * (1 - cut)),
        ).quantize(128)
        for cut in shares.tolist()
    ]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=_GIF_MILLISECONDS, loop=0)
    return out.getvalue()


def pdf_of(jpegs: Sequence[bytes]) -> bytes:
    """A PDF with each JPEG on a page of its own, as it is (ISO 32000-1, 7.5)."""
    pages = range(3, 3 + 3 * len(jpegs), 3)
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(jpegs), kids),
    ]
    for number, jpeg in zip(pages, jpegs, strict=True):
        width, height = Image.open(io.BytesIO(jpeg)).size
        about = b"/Type /XObject /Subtype /Image /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode"
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
            b" /Resources << /XObject << /Picture %d 0 R >> >> >>" % (width, height, number + 1, number + 2),
            _stream(b"", b"%d 0 0 %d 0 0 cm /Picture Do" % (width, height)),
            _stream(about + b" /Width %d /Height %d" % (width, height), jpeg),
        ]
    return _with_table(objects)


def _stream(about: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about, len(content), content)


def _with_table(objects: Sequence[bytes]) -> bytes:
    """The objects of a PDF, numbered from one, and the table of where each begins (7.5.4)."""
    out, table = bytearray(b"%PDF-1.7\n"), b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    count = len(objects) + 1
    head = b"xref\n0 %d\n%strailer << /Size %d /Root 1 0 R >>\n" % (count, table, count)
    return bytes(out) + head + b"startxref\n%d\n%%%%EOF\n" % len(out)


def dng_of(jpeg: bytes) -> bytes:
    """A camera's raw file of which only the preview is there: a DNG with one directory (DNG 1.6, chapter 4)."""
    width, height = Image.open(io.BytesIO(jpeg)).size
    entries: list[tuple[int, int, int, int]] = [
        # Tag, kind, count, value; the strip of the preview comes right behind the directory.
        (254, _LONG, 1, 1),
        (256, _LONG, 1, width),
        (257, _LONG, 1, height),
        (258, _SHORT, 1, 8),
        (259, _SHORT, 1, 7),
        (262, _SHORT, 1, 6),
        (271, _ASCII, 4, int.from_bytes(b"Clw\0", "little")),
        (273, _LONG, 1, 8 + 2 + 12 * 12 + 4),
        (277, _SHORT, 1, 3),
        (278, _LONG, 1, height),
        (279, _LONG, 1, len(jpeg)),
        (50706, _BYTE, 4, int.from_bytes(b"\1\4\0\0", "little")),
    ]
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + rows + bytes(4) + jpeg


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
