"""Changes: what the world does to pictures on their way, each with whether it must still be recognised."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

Pixels = npt.NDArray[np.uint8]
Make = Callable[[Image.Image], tuple[Image.Image, str, dict[str, int | bool]]]

#: As a camera of the middle price saves, and as a messenger does.
JPEG_QUALITY, JPEG_QUALITY_LOW = 88, 40


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    `is_near` says that a copy so changed is within PDQ's distance of its original in one of eight orientations, enlarged where it is small and
    without its border where it has one. `is_part` says that it is not, and that its scene signature finds what both show.
    """

    key: str
    words: str
    suffix: str
    is_near: bool
    make: Make
    is_part: bool = False

    @property
    def is_found(self) -> bool:
        """Whether a copy so changed must resemble its original."""
        return self.is_near or self.is_part


def apply_change(pixels: Pixels, key: str) -> bytes:
    """The (H, W, 3) RGB picture, changed and encoded; the same bytes each time."""
    picture, form, options = CHANGES[key].make(Image.fromarray(pixels))
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def _jpeg(picture: Image.Image, quality: int = JPEG_QUALITY) -> tuple[Image.Image, str, dict[str, int | bool]]:
    return picture, "JPEG", {"quality": quality}


def _scaled(picture: Image.Image, share: float) -> Image.Image:
    return picture.resize((round(picture.width * share), round(picture.height * share)), Image.Resampling.LANCZOS)


def _captioned(picture: Image.Image) -> Image.Image:
    """A small line of text in a corner, as a camera prints the date."""
    picture = picture.copy()
    drawing = ImageDraw.Draw(picture)
    text, size = "12.06.2026 14:05", max(10, picture.height // 32)
    left, top = picture.width - round(size * 8.5), picture.height - round(size * 1.6)
    drawing.text((left, top), text, fill=(255, 190, 60), font_size=size)
    return picture


def _cropped(picture: Image.Image, share: float) -> Image.Image:
    dx, dy = round(picture.width * share), round(picture.height * share)
    return picture.crop((dx, dy, picture.width - dx, picture.height - dy))


def _collage(picture: Image.Image) -> Image.Image:
    """The picture as one of four, beside plain fields: a contact sheet."""
    sheet = Image.new("RGB", picture.size, (40, 40, 44))
    half = _scaled(picture, 0.5)
    sheet.paste(half, (0, 0))
    for n, shade in enumerate(((120, 90, 60), (60, 110, 90), (90, 90, 140))):
        place = ((n + 1) % 2 * half.width, (n + 1) // 2 * half.height)
        sheet.paste(Image.linear_gradient("L").resize(half.size).convert("RGB"), place)
        sheet.paste(shade, (*place, place[0] + half.width // 3, place[1] + half.height))
    return sheet


_ALL = (
    Change("recompressed", "compressed again, strongly", ".jpg", True, lambda p: _jpeg(p, JPEG_QUALITY_LOW)),
    Change("half", "at half the size", ".jpg", True, lambda p: _jpeg(_scaled(p, 0.5))),
    Change("quarter", "at a quarter of the size", ".jpg", True, lambda p: _jpeg(_scaled(p, 0.25))),
    Change("mirrored", "mirrored", ".jpg", True, lambda p: _jpeg(ImageOps.mirror(p))),
    Change("turned90", "turned by 90 degrees", ".jpg", True, lambda p: _jpeg(p.transpose(Image.Transpose.ROTATE_90))),
    Change("turned180", "upside down", ".jpg", True, lambda p: _jpeg(p.transpose(Image.Transpose.ROTATE_180))),
    Change(
        "turned270", "turned by 270 degrees", ".jpg", True, lambda p: _jpeg(p.transpose(Image.Transpose.ROTATE_270))
    ),
    Change("captioned", "with a date printed into it", ".jpg", True, lambda p: _jpeg(_captioned(p))),
    Change("brighter", "brightened", ".jpg", True, lambda p: _jpeg(ImageEnhance.Brightness(p).enhance(1.15))),
    Change("warmer", "with more colour", ".jpg", True, lambda p: _jpeg(ImageEnhance.Color(p).enhance(1.6))),
    Change("grey", "without colour", ".jpg", True, lambda p: _jpeg(ImageOps.grayscale(p))),
    Change("png", "saved as PNG", ".png", True, lambda p: (p, "PNG", {"compress_level": 1})),
    Change("webp", "saved as WebP", ".webp", True, lambda p: (p, "WEBP", {"quality": 75, "method": 2})),
    Change(
        "gif",
        "saved as GIF with 256 colours",
        ".gif",
        True,
        lambda p: (p.quantize(256, Image.Quantize.FASTOCTREE), "GIF", {}),
    ),
    Change("tiff", "saved as TIFF", ".tif", True, lambda p: (p, "TIFF", {})),
    Change("bmp", "saved as BMP", ".bmp", True, lambda p: (p, "BMP", {})),
    Change("avif", "saved as AVIF", ".avif", True, lambda p: (p, "AVIF", {"quality": 70, "speed": 9})),
    Change("cropped", "with its edges cut off", ".jpg", False, lambda p: _jpeg(_cropped(p, 0.06)), is_part=True),
    Change("bordered", "with a wide border", ".jpg", True, lambda p: _jpeg(ImageOps.expand(p, p.width // 8, "white"))),
    Change("collage", "as one of four on a sheet", ".jpg", False, lambda p: _jpeg(_collage(p)), is_part=True),
)
#: Every change by its key. Near was measured on all originals of the plan; bordered, and the parts, on every twentieth of them, 35 of 35 found
#: each. A quarter of the size needs enlarging.
CHANGES: dict[str, Change] = {change.key: change for change in _ALL}
