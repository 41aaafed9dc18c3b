"""Pictures of a PDF as files of their own: JPEG and JPEG 2000 as they are, faxes in a TIFF around them, others as PNG, nothing lost.

ISO 32000-1: 7.4 for filters, 8.6 for colours, 8.9.5 for pictures. PNG: sections 5 and 9; a PDF's predictor rows are PNG's own.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image
from pypdf.filters import decode_stream_data
from pypdf.generic import ArrayObject, NameObject, StreamObject

from clew.kernel.limits import FRAME_PIXELS_MAX

_JPEG, _JPEG_2000, _FAX, _BILEVEL = "/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"
_SHORT = {"/DCT": _JPEG, "/CCF": _FAX, "/Fl": "/FlateDecode", "/LZW": "/LZWDecode"}
# PNG 9: predictors of ten and more are PNG's.
_PNG_PREDICTOR = 10
_GREY, _RGB, _PALETTE = 0, 2, 3
_CHANNELS = {_GREY: 1, _RGB: 3, _PALETTE: 1}


class NotAPicture(Exception):
    """Why a picture of a PDF is not taken, in words."""


def picture_of(stream: Any) -> bytes:
    """The file of a picture stream; raises NotAPicture with the reason, or what pypdf raises on a damaged one."""
    width, height = int(_value(stream, "/Width", 0)), int(_value(stream, "/Height", 0))
    if not 0 < width * height <= FRAME_PIXELS_MAX:
        raise NotAPicture("more pixels than Clew opens")
    filters = _listed(_value(stream, "/Filter", []))
    filters = [_SHORT.get(str(name), str(name)) for name in filters]
    parameters = _listed(_value(stream, "/DecodeParms", []))
    last = filters[-1] if filters else ""
    if last in {_JPEG, _JPEG_2000, _FAX, _BILEVEL}:
        coded = _without_last(stream, filters, parameters)
        if last == _BILEVEL:
            raise NotAPicture("a JBIG2 picture, which Clew does not open")
        return _fax(coded, parameters, stream, width, height) if last == _FAX else coded
    return _samples(stream, filters, parameters, width, height)


def _value(holder: Any, name: str, default: Any) -> Any:
    found = holder.get(name)
    found = None if found is None else found.get_object()
    return default if found is None else found


def _listed(value: Any) -> list[Any]:
    return [part.get_object() for part in value] if isinstance(value, list) else [value]


def _without_last(stream: Any, filters: list[str], parameters: list[Any]) -> bytes:
    """The bytes with every filter undone but the last."""
    if len(filters) == 1:
        return bytes(stream._data)  # noqa: SLF001 - the library offers no other way to the bytes as they are
    outer = StreamObject()
    outer._data = stream._data  # noqa: SLF001 - as above
    outer[NameObject("/Filter")] = ArrayObject(NameObject(name) for name in filters[:-1])
    if len(parameters) == len(filters):
        outer[NameObject("/DecodeParms")] = ArrayObject(parameters[:-1])
    return bytes(decode_stream_data(outer))


def _fax(coded: bytes, parameters: list[Any], stream: Any, width: int, height: int) -> bytes:
    """A TIFF around a fax (TIFF 6.0, sections 10 and 11); black runs are black unless the PDF says otherwise."""
    about = parameters[-1] if parameters and isinstance(parameters[-1], dict) else {}
    if _value(about, "/EncodedByteAlign", False):
        raise NotAPicture("a fax of a kind that Clew does not open")
    group, columns = int(_value(about, "/K", 0)), int(_value(about, "/Columns", 1728))
    is_white_one = bool(_value(about, "/BlackIs1", False)) != _is_inverted(stream)
    entries = [
        (256, columns or width),
        (257, height),
        (258, 1),
        (259, 4 if group < 0 else 3),
        (262, int(is_white_one)),
        (273, 8 + 2 + 12 * 9 + 4),
        (277, 1),
        (279, len(coded)),
        (292, 1 if group > 0 else 0),
    ]
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, number) for tag, number in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + rows + bytes(4) + coded


def _is_inverted(stream: Any) -> bool:
    decode = _value(stream, "/Decode", [])
    return len(decode) >= 2 and float(decode[0]) > float(decode[1])


def _samples(stream: Any, filters: list[str], parameters: list[Any], width: int, height: int) -> bytes:
    is_mask = bool(_value(stream, "/ImageMask", False))
    depth = 1 if is_mask else int(_value(stream, "/BitsPerComponent", 8))
    if depth not in {1, 2, 4, 8, 16}:
        raise NotAPicture("colours of a kind that Clew does not open")
    colours = _Colours(_GREY) if is_mask else _colours(_value(stream, "/ColorSpace", "/DeviceGray"))
    about = parameters[0] if parameters and isinstance(parameters[0], dict) else {}
    predictor = int(_value(about, "/Predictor", 1))
    row_bytes = (width * colours.channels * depth + 7) // 8
    is_inverted = _is_inverted(stream) != colours.is_subtractive
    if filters == ["/FlateDecode"] and predictor >= _PNG_PREDICTOR and not is_inverted and colours.png is not None:
        # The rows are PNG's own: the very bytes of the document go into the file.
        return _png(bytes(stream._data), width, height, depth, colours)  # noqa: SLF001 - as above
    if filters == ["/FlateDecode"] and predictor == 1:
        samples = zlib.decompressobj().decompress(stream._data, row_bytes * height)  # noqa: SLF001 - as above
    else:
        samples = bytes(decode_stream_data(stream) if filters else stream._data)[: row_bytes * height]  # noqa: SLF001 - as above
    if len(samples) < row_bytes * height:
        raise NotAPicture("cut short")
    if is_inverted:
        samples = (~np.frombuffer(samples, np.uint8)).tobytes()
    if colours.png is None:
        return _cmyk(samples, width, height, depth)
    rows = np.zeros((height, row_bytes + 1), np.uint8)
    rows[:, 1:] = np.frombuffer(samples, np.uint8).reshape(height, row_bytes)
    return _png(zlib.compress(rows.tobytes(), 1), width, height, depth, colours)


class _Colours:
    """How samples are meant: PNG's colour type (None for CMYK), a palette, a profile, and whether more is darker."""

    def __init__(
        self, png: int | None, palette: bytes = b"", profile: bytes = b"", *, is_subtractive: bool = False
    ) -> None:
        self.png, self.palette, self.profile, self.is_subtractive = png, palette, profile, is_subtractive
        self.channels = 4 if png is None else _CHANNELS[png]


def _colours(space: Any) -> _Colours:
    parts = _listed(space)
    name = str(parts[0])
    if name in {"/DeviceGray", "/CalGray", "/G"}:
        return _Colours(_GREY)
    if name in {"/DeviceRGB", "/CalRGB", "/RGB"}:
        return _Colours(_RGB)
    if name in {"/DeviceCMYK", "/CMYK"}:
        return _Colours(None)
    if name == "/ICCBased" and len(parts) > 1:
        kind = {1: _GREY, 3: _RGB, 4: None}.get(int(_value(parts[1], "/N", 0)), -1)
        if kind != -1:
            return _Colours(kind, profile=bytes(parts[1].get_data()))
    if name in {"/Indexed", "/I"} and len(parts) == 4:
        return _Colours(_PALETTE, _palette(_colours(parts[1]), parts[3]))
    if name == "/Separation":
        return _Colours(_GREY, is_subtractive=True)
    raise NotAPicture("colours of a kind that Clew does not open")


def _palette(base: _Colours, table: Any) -> bytes:
    colours = table.get_data() if hasattr(table, "get_data") else getattr(table, "original_bytes", table)
    colours = bytes(colours)[: 256 * base.channels]
    if base.png == _RGB:
        return colours[: len(colours) // 3 * 3]
    mode, channels = ("L", 1) if base.png == _GREY else ("CMYK", 4)
    count = len(colours) // channels
    return Image.frombytes(mode, (count, 1), colours[: count * channels]).convert("RGB").tobytes()


def _cmyk(samples: bytes, width: int, height: int, depth: int) -> bytes:
    """PNG knows no CMYK; TIFF does, without loss."""
    if depth != 8:
        raise NotAPicture("colours of a kind that Clew does not open")
    out = io.BytesIO()
    Image.frombytes("CMYK", (width, height), samples).save(out, "TIFF", compression="tiff_adobe_deflate")
    return out.getvalue()


def _png(coded: bytes, width: int, height: int, depth: int, colours: _Colours) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colours.png, 0, 0, 0)
    profile = chunk(b"iCCP", b"icc\0\0" + zlib.compress(colours.profile)) if colours.profile else b""
    palette = chunk(b"PLTE", colours.palette) if colours.palette else b""
    parts = (chunk(b"IHDR", header), profile, palette, chunk(b"IDAT", coded), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
