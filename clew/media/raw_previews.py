"""Raw previews: where the JPEG pictures lie that a camera put into its raw file, told by directories of TIFF or by looking for them.

The picture of the sensor is never developed: that takes a camera's secrets and minutes. The preview is what the camera showed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from clew.kernel.limits import RAW_DIRECTORIES_MAX, RAW_ENTRIES_MAX, RAW_PREVIEWS_MAX

# Tags of TIFF 6.0, TIFF/EP, EXIF, and Panasonic's own JPEG.
_WIDTH, _HEIGHT, _COMPRESSION, _STRIPS, _STRIP_SIZES, _ORIENTATION = 256, 257, 259, 273, 279, 274
_JPEG_START, _JPEG_SIZE, _SUB_DIRECTORIES, _EXIF, _PANASONIC_JPEG = 513, 514, 330, 34665, 46
_SIZES_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4}
_JPEG_BEGINNING = b"\xff\xd8\xff"
# Frames that every decoder knows: baseline, extended, progressive (ITU-T T.81, table B.1). Lossless frames hold sensor pictures.
_FRAMES = {0xC0, 0xC1, 0xC2}
_SEGMENTS_MAX = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """A JPEG inside a raw file: where it begins, its bytes (to the end of the file where that is not told), its sides in pixels."""

    start: int
    size_bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class RawPictures:
    """What a raw file tells of its pictures: JPEG previews, largest first, how to turn them, and the sides of the sensor's picture."""

    previews: list[Preview]
    orientation: int | None
    sensor: tuple[int, int] | None


def raw_pictures(content: memoryview) -> RawPictures:
    """The previews of a raw file. Hostile offsets give fewer, never an error; directories, entries and pictures are bounded."""
    directories = list(_directories(content))
    places = [place for directory in directories for place in _jpeg_places(directory)]
    previews = {place[0]: preview for place in places if (preview := _preview_at(content, *place))}
    if not previews:
        previews = {preview.start: preview for preview in _looked_for(content)}
    largest = sorted(previews.values(), key=lambda preview: (-preview.width * preview.height, preview.start))
    first = directories[0] if directories else {}
    turn = first.get(_ORIENTATION, [0])[0]
    sides = [(_first(found, _WIDTH), _first(found, _HEIGHT)) for found in directories]
    sensor = max(sides, key=lambda side: side[0] * side[1], default=(0, 0))
    return RawPictures(largest[:RAW_PREVIEWS_MAX], turn if 1 <= turn <= 8 else None, sensor if min(sensor) else None)


def _first(directory: dict[int, list[int]], tag: int) -> int:
    return (directory.get(tag) or [0])[0]


def tiff_start(content: memoryview) -> int | None:
    """Where the TIFF structure of a raw file begins: at its beginning, or in Canon's box `CMT1`; None where there is none."""
    if bytes(content[:2]) in {b"II", b"MM"}:
        return 0
    found = bytes(content[: 64 * 1024]).find(b"CMT1")
    return found + 4 if found > 0 else None


def _directories(content: memoryview) -> Iterator[dict[int, list[int]]]:
    """Tag -> numbers, for each directory that can be reached from the header, sub-directories included."""
    start = tiff_start(content)
    if start is None:
        return
    tiff = content[start:]
    order = "<" if bytes(tiff[:2]) == b"II" else ">"
    waiting, seen = [_number(tiff, order, 4, 4)], set[int]()
    while waiting and len(seen) < RAW_DIRECTORIES_MAX:
        at = waiting.pop(0)
        if not at or at in seen or at + 2 > len(tiff):
            continue
        seen.add(at)
        count = min(_number(tiff, order, at, 2), RAW_ENTRIES_MAX)
        directory: dict[int, list[int]] = {}
        for place in range(count):
            tag, numbers = _entry(tiff, order, at + 2 + 12 * place)
            directory.setdefault(tag, numbers)
        yield directory
        waiting += [*directory.get(_SUB_DIRECTORIES, []), *directory.get(_EXIF, [])]
        waiting.append(_number(tiff, order, at + 2 + 12 * count, 4))


def _number(tiff: memoryview, order: str, at: int, size_bytes: int) -> int:
    return int.from_bytes(tiff[at : at + size_bytes], "little" if order == "<" else "big")


def _entry(tiff: memoryview, order: str, at: int) -> tuple[int, list[int]]:
    """A tag and its numbers, the first few of them; of Panasonic's JPEG its place and size."""
    tag, kind, count = _number(tiff, order, at, 2), _number(tiff, order, at + 2, 2), _number(tiff, order, at + 4, 4)
    size_bytes = _SIZES_BYTES.get(kind, 0)
    if tag == _PANASONIC_JPEG:
        return tag, [_number(tiff, order, at + 8, 4), count]
    if size_bytes not in {2, 4}:
        return tag, []
    start = at + 8 if count * size_bytes <= 4 else _number(tiff, order, at + 8, 4)
    return tag, [_number(tiff, order, start + size_bytes * place, size_bytes) for place in range(min(count, 16))]


def _jpeg_places(directory: dict[int, list[int]]) -> Iterator[tuple[int, int]]:
    if _JPEG_START in directory and _JPEG_SIZE in directory:
        yield _first(directory, _JPEG_START), _first(directory, _JPEG_SIZE)
    if len(directory.get(_PANASONIC_JPEG, [])) == 2:
        yield directory[_PANASONIC_JPEG][0], directory[_PANASONIC_JPEG][1]
    if _first(directory, _COMPRESSION) in {6, 7} and len(directory.get(_STRIPS, [])) == 1:
        yield _first(directory, _STRIPS), _first(directory, _STRIP_SIZES)


def _looked_for(content: memoryview) -> Iterator[Preview]:
    """Pictures found by their first bytes, in files whose makers hide them in notes and boxes of their own."""
    whole, at = bytes(content), 0
    for _ in range(RAW_PREVIEWS_MAX):
        at = whole.find(_JPEG_BEGINNING, at)
        if at < 0:
            return
        preview = _preview_at(content, at, len(content) - at)
        if preview:
            yield preview
        at += len(_JPEG_BEGINNING)


def _preview_at(content: memoryview, start: int, size_bytes: int) -> Preview | None:
    """The JPEG at this place with its sides, read from its frame header; None if there is none that a decoder would open."""
    if not 0 < start < len(content) or bytes(content[start : start + 3]) != _JPEG_BEGINNING:
        return None
    picture = content[start : start + size_bytes]
    at = 2
    for _ in range(_SEGMENTS_MAX):
        if at + 9 > len(picture) or picture[at] != 0xFF:
            return None
        marker, length = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", picture[at + 5 : at + 9])
            return Preview(start, len(picture), width, height) if width and height and picture[at + 4] == 8 else None
        if marker in {0xC3, 0xDA} or length < 2:
            return None
        at += 2 + length
    return None
