"""Files of every kind, made here from one benign picture: no file of anyone else is needed."""

import io
import struct
import zlib
from fractions import Fraction

import av
import numpy as np
from PIL import Image


def picture(width=320, height=240):
    """A gradient with discs: textured enough to be recognised again, smooth enough to survive compression."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red = 255 * x / width
    green = 255 * y / height
    blue = 127 + 120 * np.sin(x / 23) * np.cos(y / 17)
    pixels = np.stack([red, green, blue], axis=-1)
    for number in range(6):
        inside = (x - width * (number + 1) / 7) ** 2 + (y - height * ((number * 3) % 7) / 7) ** 2 < (height / 9) ** 2
        pixels[inside] = (40 * number, 255 - 40 * number, 128)
    return pixels.clip(0, 255).astype(np.uint8)


def textured(width=320, height=240):
    """Soft noise of many sizes, as in a photograph: its hash is well determined, so an encoder's losses hardly change it."""
    noise = np.random.default_rng(1)
    layers = []
    for cells in (4, 8, 16, 32):
        small = Image.fromarray(noise.integers(0, 256, (cells, cells, 3), np.uint8))
        layers.append(np.asarray(small.resize((width, height), Image.Resampling.BICUBIC)))
    return np.mean(layers, axis=0).astype(np.uint8)


def in_256_colours(pixels):
    """The picture reduced to what a palette can hold, so that a palette loses nothing more of it."""
    return np.asarray(Image.fromarray(pixels).quantize(256).convert("RGB"))


def encoded(pixels, kind, mode=None, **options):
    """The picture in one of Pillow's formats, in one of Pillow's modes."""
    im = Image.fromarray(pixels)
    out = io.BytesIO()
    (im.convert(mode) if mode else im).save(out, kind, **options)
    return out.getvalue()


def png_of_size(width, height, bit_depth=1, colour_type=0):
    """A well-formed PNG header that claims any size, followed by next to no pixels."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def png16(values):
    """A 16-bit grey or RGB PNG: rows of (H, W) or (H, W, 3) uint16 (PNG specification, section 9)."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    height, width = values.shape[:2]
    rows = values.astype(">u2").reshape(height, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 16, 2 if values.ndim == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def _box(name, *parts, version=None):
    body = b"".join(parts)
    if version is not None:
        body = struct.pack(">I", version << 24) + body
    return struct.pack(">I4s", 8 + len(body), name) + body


def _hevc_units(pixels):
    """The NAL units of one HEVC key frame (Annex B start codes removed)."""
    height, width = pixels.shape[:2]
    codec = av.CodecContext.create("libx265", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base = Fraction(1, 25)
    codec.options = {"x265-params": "log-level=none:pools=1:frame-threads=1:keyint=1:info=0", "crf": "12"}
    packets = [*codec.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")), *codec.encode(None)]
    stream = b"".join(bytes(packet) for packet in packets).replace(b"\0\0\0\1", b"\0\0\1")
    return [unit for unit in stream.split(b"\0\0\1") if unit]


def heic(pixels):
    """A HEIC of one HEVC picture (ISO/IEC 23008-12, boxes of ISO/IEC 14496-12; hvcC of 14496-15, 8.3.3)."""
    height, width = pixels.shape[:2]
    units = _hevc_units(pixels)
    sets = {kind: [unit for unit in units if (unit[0] >> 1) & 63 == kind] for kind in (32, 33, 34)}
    coded = b"".join(struct.pack(">I", len(u)) + u for u in units if (u[0] >> 1) & 63 < 32)
    arrays = b"".join(
        struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit for kind, found in sets.items() for unit in found[:1]
    )
    profile = b"\x01\x60\0\0\0\x90\0\0\0\0\0\x5d"
    configuration = b"\x01" + profile + b"\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f" + bytes([3]) + arrays
    properties = _box(
        b"iprp",
        _box(b"ipco", _box(b"hvcC", configuration), _box(b"ispe", struct.pack(">II", width, height), version=0)),
        _box(b"ipma", struct.pack(">IHBBB", 1, 1, 2, 0x81, 0x02), version=0),
    )

    def meta(offset):
        return _box(
            b"meta",
            _box(b"hdlr", struct.pack(">I4s12x", 0, b"pict"), b"\0", version=0),
            _box(b"pitm", struct.pack(">H", 1), version=0),
            _box(b"iloc", struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, len(coded)), version=0),
            _box(
                b"iinf",
                struct.pack(">H", 1),
                _box(b"infe", struct.pack(">HH4s", 1, 0, b"hvc1"), b"\0", version=2),
                version=0,
            ),
            properties,
            version=0,
        )

    brand = _box(b"ftyp", b"heic", struct.pack(">I", 0), b"mif1heic")
    start = len(brand) + len(meta(0)) + 8
    return brand + meta(start) + _box(b"mdat", coded)


def film(pixels, container="mp4", video="mpeg4", frames=10, sound=None):
    """A short film of one picture sliding, optionally with a tone."""
    height, width = pixels.shape[:2]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as made:
        stream = made.add_stream(video, rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        tone = made.add_stream(sound, rate=48000) if sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(np.roll(pixels, number * 3, axis=1), format="rgb24")
            for packet in stream.encode(frame):
                made.mux(packet)
        for packet in stream.encode(None):
            made.mux(packet)
        if tone:
            _add_tone(made, tone)
    return out.getvalue()


def _add_tone(made, stream):
    wave = (8000 * np.sin(np.arange(48000) / 20)).astype(np.int16).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
    frame.sample_rate = 48000
    for packet in stream.encode(frame):
        made.mux(packet)
    for packet in stream.encode(None):
        made.mux(packet)


def sound(container="wav", codec="pcm_s16le"):
    """One second of a tone."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as made:
        _add_tone(made, made.add_stream(codec, rate=48000))
    return out.getvalue()
