"""Colour modes: however a picture is held, it is recognised as its original."""

import io

import numpy as np
import pytest
from made_files import encoded, in_256_colours, png16, textured
from PIL import Image

from clew.media.colour_modes import as_rgb
from clew.signatures.pdq import pdq

PICTURE = textured()
REDUCED = in_256_colours(PICTURE)
GREY = np.asarray(Image.fromarray(PICTURE).convert("L"))


def bits_apart(pixels, original):
    return sum((a ^ b).bit_count() for a, b in zip(pdq(pixels).bits, pdq(original).bits, strict=True))


def saved(im, kind, **options):
    out = io.BytesIO()
    im.save(out, kind, **options)
    return out.getvalue()


def with_alpha(mode):
    im = Image.fromarray(PICTURE).convert(mode)
    im.putalpha(Image.linear_gradient("L").resize(im.size))
    return im


def palette_with_transparency():
    im = Image.fromarray(REDUCED).quantize(256)
    return saved(im, "PNG", transparency=bytes(range(256)))


def palette():
    return saved(Image.fromarray(REDUCED).quantize(256), "PNG")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(encoded(PICTURE, "PNG", "L"), id="grey"),
        pytest.param(encoded(PICTURE, "PNG", "RGBA"), id="opaque"),
        pytest.param(saved(with_alpha("RGB"), "PNG"), id="alpha"),
        pytest.param(saved(with_alpha("L"), "PNG"), id="grey-alpha"),
        pytest.param(saved(with_alpha("RGB"), "WEBP", lossless=True, exact=True), id="webp-alpha"),
        pytest.param(encoded(PICTURE, "JPEG", "CMYK", quality=95), id="jpeg-cmyk"),
        pytest.param(encoded(PICTURE, "TIFF", "CMYK"), id="tiff-cmyk"),
        pytest.param(encoded(PICTURE, "TIFF", "LAB"), id="tiff-lab"),
        pytest.param(encoded(PICTURE, "TIFF", "YCbCr"), id="tiff-ycbcr"),
        pytest.param(encoded(PICTURE, "TIFF", "RGBA"), id="tiff-alpha"),
        pytest.param(png16(GREY.astype(np.uint16) * 257), id="grey-16"),
        pytest.param(png16(PICTURE.astype(np.uint16) * 257), id="colour-16"),
        pytest.param(saved(Image.fromarray(GREY.astype(np.uint16) * 257), "TIFF"), id="tiff-16"),
        pytest.param(saved(Image.fromarray(GREY.astype(np.int32) * 257), "TIFF"), id="tiff-32"),
        pytest.param(saved(Image.fromarray(GREY.astype(np.float32)), "TIFF"), id="tiff-float"),
        pytest.param(saved(Image.fromarray(GREY.astype(np.float32) / 255), "TIFF"), id="tiff-unit"),
        pytest.param(encoded(PICTURE, "JPEG2000", "RGBA"), id="jp2-alpha"),
    ],
)
def test_every_colour_mode_is_recognised_as_its_original(jail, content):
    assert bits_apart(jail.examine(content).pixels, PICTURE) <= 2


@pytest.mark.parametrize("make", [palette_with_transparency, lambda: encoded(REDUCED, "GIF"), palette])
def test_a_palette_gives_its_colours_whatever_is_transparent(jail, make):
    assert bits_apart(jail.examine(make()).pixels, REDUCED) <= 2


def test_a_picture_of_one_bit_gives_black_and_white(jail):
    drawing = Image.fromarray(PICTURE).convert("1", dither=Image.Dither.NONE)
    for kind in ("PNG", "TIFF", "BMP"):
        pixels = jail.examine(saved(drawing, kind)).pixels
        assert np.array_equal(pixels, np.asarray(drawing.convert("RGB")))


def test_deep_grey_is_scaled_and_not_clipped(jail):
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)[None, :].repeat(16, axis=0)
    pixels = jail.examine(png16(ramp)).pixels
    assert np.array_equal(pixels[0, :, 0], np.arange(256))


def test_numbers_that_are_none_become_black_or_white():
    im = Image.fromarray(np.array([[np.nan, np.inf, -np.inf, 1.0]], np.float32))
    assert as_rgb(im, im).shape == (1, 4, 3)
    assert as_rgb(im, im)[0, 0].tolist() == [0, 0, 0]


def test_premultiplied_colours_are_divided_again():
    im = Image.fromarray(PICTURE).convert("RGBA").convert("RGBa")
    assert np.array_equal(as_rgb(im, im), PICTURE)
