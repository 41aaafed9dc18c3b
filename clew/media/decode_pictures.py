"""Pictures: the first frame of a still or animated picture in any colour mode, as RGB, by Pillow, pi_heif and simplejpeg."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import pi_heif
import simplejpeg
from PIL import AvifImagePlugin, Image, ImageFile, MpoImagePlugin

from clew.media import kinds
from clew.media.colour_management import PROFILE_TOO_LARGE, managed
from clew.media.colour_modes import as_rgb
from clew.media.decoded import Canvas, Decoded, MediaUnreadable
from clew.media.endings import ends_early
from clew.media.examination import Pixels, UnreadableReason
from clew.media.kinds import MediaType
from clew.media.memory_need import is_beyond_memory
from clew.media.metadata import bounded, picture_facts
from clew.media.mpo_pictures import take_further_pictures
from clew.media.png_profile import without_profile
from clew.media.shelf import Shelf
from clew.media.tiff_pages import take_pages

# Rows converted at once: enough to be quick, few enough that a large picture is never in memory three times.
_BAND_PIXELS = 4_000_000
# EXIF 2.32, tag 0x0112.
_ORIENTATION = 0x0112
# What decoders say of a file that ends too soon, in lower case.
_TRUNCATION_WORDS = ("truncat", "not processed", "end of file", "unexpected end", "unrecognized data stream")


def _prepare_libraries() -> None:
    """Settings for a process that decodes one file: one thread, nothing guessed, only the plugins that kinds name."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # Ours is stricter and says the size; Pillow's own would end the file before it is known.
    Image.MAX_IMAGE_PIXELS = None
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pi_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
    Image.preinit()
    Image.init()


_prepare_libraries()


def decode_picture(
    media_type: MediaType,
    source: BinaryIO,
    *,
    content: memoryview,
    canvas: Canvas,
    frame_pixels_max: int,
    shelf: Shelf | None = None,
) -> Decoded:
    """The picture's first frame; see `clew.media.decode.decode` for the arguments and what is raised."""
    size = (0, 0)
    try:
        opened, of_profile = _opened(media_type, source, content)
        with opened as im:
            size = im.size
            _check_size(size, frame_pixels_max)
            pixels = _pixels(media_type, im, content=content, canvas=canvas, frame_pixels_max=frame_pixels_max)
            height, width = pixels.shape[:2]
            orientation, facts = _orientation(im), picture_facts(im, pixels, content)
            shown, of_colour = managed(im, pixels)
            facts |= bounded({**of_colour, **of_profile})
            if shelf is not None:
                _take_further(im, content, shelf, frame_pixels_max=frame_pixels_max)
                facts |= shelf.facts()
            return Decoded(pixels, width, height, orientation, facts, shown)
    except (MediaUnreadable, MemoryError):
        raise
    except Exception as error:  # decoders raise anything at all on hostile bytes
        if is_beyond_memory(media_type, size):
            raise MediaUnreadable(UnreadableReason.MEMORY_EXCEEDED) from error
        raise MediaUnreadable(_reason(error, media_type, content)) from error


def _opened(media_type: MediaType, source: BinaryIO, content: memoryview) -> tuple[Image.Image, dict[str, Any]]:
    """The picture, and what is to be told of its profile: Pillow refuses a PNG for a large one, without which it is good."""
    try:
        return Image.open(source, formats=[media_type.parser]), {}
    except ValueError:
        plain = without_profile(content) if media_type.parser == kinds.PNG.parser else None
        if plain is None:
            raise
        return Image.open(io.BytesIO(plain), formats=[media_type.parser]), PROFILE_TOO_LARGE


def _take_further(im: Image.Image, content: memoryview, shelf: Shelf, *, frame_pixels_max: int) -> None:
    """What lies in the file besides its first picture and is no animation."""
    if im.format == kinds.TIFF.parser:
        take_pages(im, shelf, frame_pixels_max=frame_pixels_max)
    elif isinstance(im, MpoImagePlugin.MpoImageFile):
        take_further_pictures(im, content, shelf)


def _check_size(size: tuple[int, int], frame_pixels_max: int) -> None:
    width, height = size
    if width * height > frame_pixels_max:
        raise MediaUnreadable(UnreadableReason.TOO_MANY_PIXELS, width=width, height=height)


def _pixels(
    media_type: MediaType, im: Image.Image, *, content: memoryview, canvas: Canvas, frame_pixels_max: int
) -> Pixels:
    if media_type.parser == kinds.JPEG.parser and im.mode in {"RGB", "L"}:
        quick = _quick_jpeg(im, content, canvas)
        if quick is not None:
            return quick
    im.load()
    # Some formats learn their true size, or are turned upright, only now.
    _check_size(im.size, frame_pixels_max)
    width, height = im.size
    pixels = canvas(height, width)
    for top, bottom in _bands(width, height):
        pixels[top:bottom] = as_rgb(im.crop((0, top, width, bottom)), im)
    return pixels


def _quick_jpeg(im: Image.Image, content: memoryview, canvas: Canvas) -> Pixels | None:
    """The picture by simplejpeg, bit for bit what Pillow makes of it; None where it is not sure, and Pillow must judge."""
    width, height = im.size
    pixels = canvas(height, width)
    try:
        made = simplejpeg.decode_jpeg(content, "RGB", fastdct=False, fastupsample=False, buffer=pixels, strict=True)
    except ValueError:
        return None
    return pixels if made.shape == pixels.shape else None


def _bands(width: int, height: int) -> Iterator[tuple[int, int]]:
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        yield top, min(height, top + rows)


def _orientation(im: Image.Image) -> int:
    """1 to 8; read after loading, since Pillow turns TIFF upright itself and takes the tag away."""
    try:
        orientation = im.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - EXIF is as hostile as the rest, and the picture is good without it
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _reason(error: Exception, media_type: MediaType, content: memoryview) -> UnreadableReason:
    text = str(error).lower()
    if isinstance(error, EOFError) or any(words in text for words in _TRUNCATION_WORDS):
        return UnreadableReason.TRUNCATED
    if "memory" in text:
        return UnreadableReason.MEMORY_EXCEEDED
    return UnreadableReason.TRUNCATED if ends_early(media_type, content) else UnreadableReason.DECODER_FAILED
