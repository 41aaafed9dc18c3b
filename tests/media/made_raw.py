"""Camera raw files, made here: small, but with the directories, boxes and headers that each maker's files have."""

import itertools
import struct

SHORT, LONG, ASCII, BYTE, UNDEFINED = 3, 4, 2, 1, 7
SENSOR = bytes(range(256)) * 8


class Place:
    """Stands in a directory for where a blob will lie."""

    def __init__(self, content):
        self.content = content


def tiff(first, *others, magic=b"II*\0", extra=b""):
    """A little-endian TIFF: `first` and `others` are linked directories of (tag, kind, values); a value may be a Place or a list of directories."""
    out = bytearray(magic + struct.pack("<I", 8 + len(extra)) + extra)

    def append(content):
        at = len(out)
        out.extend(content + b"\0" * (len(content) % 2))
        return at

    def value(kind, given):
        """How many, and the four bytes that stand in the row."""
        if isinstance(given, Place) and kind == UNDEFINED:
            return len(given.content), struct.pack("<I", append(given.content))
        if isinstance(given, Place):
            return 1, struct.pack("<I", append(given.content))
        if isinstance(given, list) and isinstance(given[0], list):
            return value(kind, [write(below) for below in given])
        if isinstance(given, bytes):
            count, body = len(given), given
        else:
            listed = given if isinstance(given, list) else [given]
            count, body = len(listed), struct.pack(f"<{len(listed)}{'H' if kind == SHORT else 'I'}", *listed)
        return count, body.ljust(4, b"\0") if len(body) <= 4 else struct.pack("<I", append(body))

    def write(directory):
        """Its place; the link to a next one comes last, and is none yet."""
        start = append(bytes(2 + 12 * len(directory) + 4))
        rows = []
        for tag, kind, given in sorted(directory, key=lambda entry: entry[0]):
            count, place = value(kind, given)
            rows.append(struct.pack("<HHI", tag, kind, count) + place)
        body = struct.pack("<H", len(rows)) + b"".join(rows)
        out[start : start + len(body)] = body
        return start

    at = write(first)
    for before, directory in itertools.pairwise([first, *others]):
        link = at + 2 + 12 * len(before)
        at = len(out)
        out[link : link + 4] = struct.pack("<I", at)
        write(directory)
    return bytes(out)


def _described(make, model, orientation):
    return [(271, ASCII, make), (272, ASCII, model), (274, SHORT, orientation)]


def _strip(content, width, height, compression, subfile):
    return [
        (254, LONG, subfile), (256, LONG, width), (257, LONG, height), (258, SHORT, 8), (259, SHORT, compression),
        (262, SHORT, 6 if compression == 7 else 32803), (273, LONG, Place(content)), (277, SHORT, 3 if compression == 7 else 1),
        (278, LONG, height), (279, LONG, len(content)),
    ]  # fmt: skip


def _linked(jpeg):
    return [(254, LONG, 1), (259, SHORT, 6), (513, LONG, Place(jpeg)), (514, LONG, len(jpeg))]


def dng(preview, thumbnail, orientation=1):
    """A DNG: a reduced picture first, the sensor's and the larger preview below it (DNG 1.6, chapter 2)."""
    below = [_strip(SENSOR, 6000, 4000, 1, 0), _strip(preview, 320, 240, 7, 1)]
    first = [*_strip(thumbnail, 64, 48, 7, 1), *_described(b"Clewcam\0", b"Field One\0", orientation)]
    return tiff([*first, (330, LONG, below), (50706, BYTE, b"\1\4\0\0")])


def nef(preview, thumbnail, orientation=1):
    """A NEF: previews linked by their places in sub-directories."""
    below = [_linked(preview), _strip(SENSOR, 6000, 4000, 34713, 0), _linked(thumbnail)]
    described = _described(b"NIKON CORPORATION\0", b"NIKON D1\0", orientation)
    return tiff([(254, LONG, 1), (256, LONG, 160), (257, LONG, 120), *described, (330, LONG, below)])


def arw(preview, thumbnail, orientation=1):
    """An ARW: the preview in the first directory, the thumbnail in the second."""
    described = _described(b"SONY\0", b"ILCE-1\0", orientation)
    below = [_strip(SENSOR, 6000, 4000, 32767, 0)]
    return tiff([*_linked(preview), *described, (330, LONG, below)], _linked(thumbnail))


def pef(preview, thumbnail, orientation=1):
    """A PEF: the sensor's picture first, previews in the directories after it."""
    first = [*_strip(SENSOR, 6000, 4000, 65535, 0), *_described(b"PENTAX Corporation\0", b"PENTAX K1\0", orientation)]
    return tiff(first, _linked(thumbnail), _linked(preview))


def cr2(preview, thumbnail, orientation=1):
    """A CR2: its mark behind the header, the preview in one strip, the sensor's picture as lossless JPEG in the last directory."""
    lossless = b"\xff\xd8\xff\xc3\0\x0b\x0e\x0f\xa0\x17\x70\x01\0\x11\0\xff\xd9"
    first = [
        (256, SHORT, 320), (257, SHORT, 240), (259, SHORT, 6), (273, LONG, Place(preview)), (279, LONG, len(preview)),
        *_described(b"Canon\0", b"Canon EOS 1\0", orientation),
    ]  # fmt: skip
    sensor = [(259, SHORT, 6), (273, LONG, Place(lossless)), (279, LONG, len(lossless))]
    return tiff(first, _linked(thumbnail), sensor, extra=b"CR\x02\0\0\0\0\0")


def rw2(preview, _thumbnail, orientation=1):
    """An RW2: the preview as one value of a tag of its own."""
    described = _described(b"Panasonic\0", b"DMC-1\0", orientation)
    return tiff([(46, UNDEFINED, Place(preview)), *described], magic=b"IIU\0")


def orf(preview, thumbnail, orientation=1):
    """An ORF: previews hidden in the maker's note, which only the maker reads."""
    note = b"OLYMPUS\0II\x03\0" + bytes(20) + thumbnail + bytes(7) + preview
    described = _described(b"OLYMPUS CORPORATION\0", b"E-1\0", orientation)
    below = [[(37500, UNDEFINED, Place(note))]]
    return tiff([*described, (34665, LONG, below)], magic=b"IIRO")


def raf(preview, _thumbnail, orientation=1):
    """A RAF: a header of its own, the preview, and then the sensor's picture; orientation is the preview's own."""
    del orientation
    header = b"FUJIFILMCCD-RAW 0201FF389501X-1".ljust(84, b"\0") + struct.pack(">II", 148, len(preview))
    return header.ljust(148, b"\0") + preview + SENSOR


def cr3(preview, thumbnail, orientation=1):
    """A CR3: boxes, the directories in `CMT1`, the preview in a box beside the film box (ISO/IEC 14496-12)."""

    def box(name, *parts):
        body = b"".join(parts)
        return struct.pack(">I4s", 8 + len(body), name) + body

    directory = tiff(_described(b"Canon\0", b"Canon EOS R1\0", orientation))
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    inside = box(b"uuid", canon, box(b"CMT1", directory), box(b"THMB", bytes(16), thumbnail))
    shown = box(b"uuid", bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16"), bytes(8), box(b"PRVW", bytes(16), preview))
    return (
        box(b"ftyp", b"crx ", struct.pack(">I", 1), b"crx isom") + box(b"moov", inside) + shown + box(b"mdat", SENSOR)
    )


MAKERS = {"dng": dng, "nef": nef, "cr2": cr2, "cr3": cr3, "arw": arw, "orf": orf, "rw2": rw2, "pef": pef, "raf": raf}
