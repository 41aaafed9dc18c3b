"""Renditions: small, upright, and nothing of the original but its look."""

import io

import numpy as np
import pytest
from made_files import encoded, film, picture
from PIL import Image, ImageOps

from clew.kernel.limits import PREVIEW_SIDE_PIXELS_MAX, THUMBNAIL_SIDE_PIXELS_MAX
from clew.media.renditions import contact_sheet, rendition


def opened(content):
    return Image.open(io.BytesIO(content))


def test_renditions_are_small_jpegs_without_metadata(jail):
    exif = Image.Exif()
    exif[0x010F] = "secret camera"
    found = jail.examine(encoded(picture(2000, 1500), "JPEG", exif=exif))
    for content, side in (
        (found.thumbnail_bytes, THUMBNAIL_SIDE_PIXELS_MAX),
        (found.preview_bytes, PREVIEW_SIDE_PIXELS_MAX),
    ):
        with opened(content) as im:
            assert (im.format, im.size) == ("JPEG", (side, side * 3 // 4))
            assert not im.getexif()
        assert b"secret" not in content


def test_small_pictures_are_never_enlarged():
    with opened(rendition(picture(30, 20), side_pixels_max=320)) as im:
        assert im.size == (30, 20)


def test_a_film_has_no_rendition(jail):
    assert jail.examine(film(picture(64, 48))).thumbnail_bytes is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_renditions_stand_upright(orientation):
    pixels = picture(120, 80)
    exif = Image.Exif()
    exif[0x0112] = orientation
    with opened(encoded(pixels, "PNG", exif=exif)) as im:
        upright = np.asarray(ImageOps.exif_transpose(im)).astype(int)
    with opened(rendition(pixels, side_pixels_max=320, exif_orientation=orientation)) as im:
        made = np.asarray(im).astype(int)
    assert made.shape == upright.shape
    assert np.abs(made - upright).mean() < 6


def test_extreme_shapes_keep_a_pixel():
    with opened(rendition(picture(5000, 2), side_pixels_max=320)) as im:
        assert im.size == (320, 1)


@pytest.mark.parametrize(("count", "size"), [(2, (2 * 68, 52)), (7, (6 * 68, 2 * 52)), (24, (6 * 68, 4 * 52))])
def test_a_contact_sheet_shows_pictures_in_rows_of_six_in_their_order(count, size):
    shades = [np.full((48, 64, 3), 10 * n, dtype=np.uint8) for n in range(count)]
    sheet = opened(contact_sheet(shades)).convert("L")
    assert sheet.size == size
    for n in range(count):
        assert abs(sheet.getpixel((n % 6 * 68 + 30, n // 6 * 52 + 24)) - 10 * n) <= 4


def test_a_film_without_scenes_has_no_strip(jail):
    assert jail.examine(film(picture(64, 48))).strip_bytes is None
