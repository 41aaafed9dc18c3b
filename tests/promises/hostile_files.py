"""Hostile files, made here: seeds of every format the house opens, and their mutations, the same in every run.

A seed is a small benign file. It is cut short, its bits are flipped, runs of its bytes overwritten, pieces exchanged, its fields of length set
to nothing and to the utmost, and it is spliced with files of other formats, head to body and half to half.
"""

import io
import random
import tarfile
import zipfile

from made_files import encoded, film, heic, in_256_colours, picture, png16, sound

_PIXELS = picture(64, 48)
#: What stands in a field of length that lies.
_LIES = (b"\x00", b"\xff", b"\x7f")
# Where most formats keep what a decoder allocates by.
_HEAD_SIZE_BYTES = 600


def _pictures():
    yield "jpeg", encoded(_PIXELS, "JPEG")
    yield "jpeg-progressive", encoded(_PIXELS, "JPEG", progressive=True, subsampling=0)
    yield "jpeg-grey", encoded(_PIXELS, "JPEG", "L", restart_marker_blocks=2)
    yield "jpeg-cmyk", encoded(_PIXELS, "JPEG", "CMYK")
    yield "png", encoded(_PIXELS, "PNG")
    yield "png-palette", encoded(in_256_colours(_PIXELS), "PNG", "P")
    yield "png-16", png16((_PIXELS.astype("uint16") * 257)[::2, ::2])
    yield "gif", encoded(in_256_colours(_PIXELS), "GIF", "P")
    yield "webp", encoded(_PIXELS, "WEBP")
    yield "webp-lossless", encoded(_PIXELS, "WEBP", lossless=True)
    yield "bmp", encoded(_PIXELS[::2, ::2], "BMP")
    yield "bmp-palette", encoded(_PIXELS, "BMP", "P")
    yield "tiff", encoded(_PIXELS[::2, ::2], "TIFF")
    yield "tiff-lzw", encoded(_PIXELS, "TIFF", compression="tiff_lzw")
    yield "tiff-jpeg", encoded(_PIXELS, "TIFF", compression="jpeg")
    yield "tiff-fax", encoded(_PIXELS, "TIFF", "1", compression="group4")
    yield "avif", encoded(_PIXELS, "AVIF")
    yield "jp2", encoded(_PIXELS, "JPEG2000")
    yield "heic", heic(_PIXELS)


def _films():
    for container, video, tone in (
        ("mp4", "mpeg4", "aac"),
        ("mov", "libx264", None),
        ("3gp", "mpeg4", None),
        ("matroska", "mpeg4", "aac"),
        ("webm", "libvpx", None),
        ("avi", "mpeg4", "mp2"),
        ("mpeg", "mpeg2video", "mp2"),
        ("mpegts", "mpeg2video", None),
        ("asf", "wmv2", None),
        ("flv", "flv", None),
    ):
        yield container, film(_PIXELS, container, video, frames=5, sound=tone)


def _sounds():
    for container, codec in (
        ("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("flac", "flac"), ("ogg", "libopus"), ("ipod", "aac"), ("adts", "aac"),
    ):  # fmt: skip
        yield container, sound(container, codec)


def _archives():
    members = {"a.jpg": encoded(_PIXELS, "JPEG"), "folder/b.png": encoded(_PIXELS, "PNG"), "c.txt": b"word " * 400}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    yield "zip", out.getvalue()
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=mode) as archive:
            for name, content in members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        yield f"tar-{mode[2:] or 'plain'}", out.getvalue()


def media_seeds():
    """Name -> bytes of one benign file of each format that a cell opens."""
    return dict([*_pictures(), *_films(), *_sounds()])


def archive_seeds():
    """Name -> bytes of one benign archive of each kind that is unpacked."""
    return dict(_archives())


def _cut_short(content, chance):
    return content[: chance.randrange(1, len(content))]


def _bits_flipped(content, chance):
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 32))):
        changed[_place(content, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _run_overwritten(content, chance):
    at, length = _place(content, chance), chance.choice((4, 16, 64, 256))
    run = chance.choice((bytes(length), b"\xff" * length, chance.randbytes(length)))
    return content[:at] + run + content[at + length :]


def _pieces_exchanged(content, chance):
    length = max(1, len(content) // chance.choice((4, 8, 32)))
    first, second = sorted(chance.randrange(0, len(content) - length) for _ in range(2))
    changed = bytearray(content)
    changed[first : first + length], changed[second : second + length] = (
        content[second : second + length],
        content[first : first + length],
    )
    return bytes(changed)


def _piece_repeated(content, chance):
    at, length = _place(content, chance), chance.choice((16, 256, 1024))
    return content[:at] + content[at : at + length] * chance.choice((2, 20, 200)) + content[at + length :]


def _length_that_lies(content, chance):
    """A field that reads as a length of something in this file, big- or little-endian, becomes nothing or the utmost."""
    wide = chance.choice((2, 4, 4, 8))
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3))):
        likely = [
            at
            for at in range(min(_HEAD_SIZE_BYTES, max(1, len(content) - wide)))
            if any(
                0 < int.from_bytes(content[at : at + wide], order) <= 4 * len(content) for order in ("big", "little")
            )
        ]
        at = chance.choice(likely or [0])
        lie = chance.choice(_LIES) * wide
        changed[at : at + wide] = chance.choice((lie, (2**31 - 1).to_bytes(8, "little")[:wide], lie[:-1] + b"\x01"))
    return bytes(changed)


def _place(content, chance):
    """Anywhere, and half of the time in the head, where a change does most."""
    return chance.randrange(min(len(content), chance.choice((_HEAD_SIZE_BYTES, len(content)))))


MUTATIONS = (
    _cut_short, _bits_flipped, _run_overwritten, _pieces_exchanged, _piece_repeated, _length_that_lies, _length_that_lies,
)  # fmt: skip


def mutated(seeds, each):
    """`each` mutations of every seed, by every way in turn."""
    for name, content in seeds.items():
        chance = random.Random(f"mutation of {name}")
        for number in range(each):
            way = MUTATIONS[number % len(MUTATIONS)]
            yield f"{name} {number} {way.__name__}", way(content, chance)


def spliced(seeds, count):
    """Halves of two formats put together, and the head of one before the body of another."""
    chance = random.Random("splices")
    for number in range(count):
        (one, first), (two, second) = chance.sample(sorted(seeds.items()), 2)
        if number % 2:
            yield f"half {one}, half {two} {number}", first[: len(first) // 2] + second[len(second) // 2 :]
        else:
            head = chance.choice((12, 16, 64, 200))
            yield f"head {one}, body {two} {number}", first[:head] + second[head:]
