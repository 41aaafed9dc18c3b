"""Colour: people see what a profile means, hashes are made of what is stored, and a damaged profile is told and ignored."""

import io

import numpy as np
import pytest
from made_files import encoded, picture
from made_profiles import BLUE, GREEN, RED, grey_profile, rgb_profile
from PIL import Image, ImageCms

from clew.kernel.limits import ICC_PROFILE_BYTES_MAX, PREVIEW_SIDE_PIXELS_MAX
from clew.media.examination import Unreadable

PICTURE = picture(160, 120)
SWAPPED = rgb_profile("Clew swapped", BLUE, GREEN, RED)


def preview(found):
    return np.asarray(Image.open(io.BytesIO(found.preview_bytes)), dtype=np.int64)


def apart(one, two):
    return float(np.abs(one - np.asarray(two, np.int64)).mean())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_rendition_shows_what_the_profile_means_and_the_pixels_stay_as_stored(jail, kind):
    plain = jail.examine(encoded(PICTURE, kind))
    found = jail.examine(encoded(PICTURE, kind, icc_profile=SWAPPED))
    assert np.array_equal(found.pixels, plain.pixels)
    assert apart(preview(found), plain.pixels[:, :, ::-1]) < 12
    assert apart(preview(found), plain.pixels) > 30
    assert found.metadata["icc_profile"] == "Clew swapped"
    assert found.metadata["icc_colours"] == "RGB"
    assert preview(found).shape == PICTURE.shape


def test_an_srgb_picture_and_one_without_a_profile_are_shown_as_stored(jail):
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for content in (encoded(PICTURE, "PNG", icc_profile=usual), encoded(PICTURE, "PNG")):
        found = jail.examine(content)
        assert not found.stills
        assert apart(preview(found), PICTURE) < 5


def test_grey_has_its_profile_too(jail):
    grey = PICTURE[:, :, 0]
    dark = jail.examine(encoded(grey, "PNG", icc_profile=grey_profile("Clew dark", 4.0)))
    assert np.array_equal(dark.pixels[:, :, 0], grey)
    assert preview(dark).mean() < grey.mean() - 20


@pytest.mark.parametrize("damaged", [SWAPPED[:200], b"x" * 400, SWAPPED.replace(b"RGB XYZ", b"CMYKXYZ", 1)])
def test_a_damaged_profile_is_told_and_ignored(jail, damaged):
    found = jail.examine(encoded(PICTURE, "PNG", icc_profile=damaged))
    assert np.array_equal(found.pixels, PICTURE)
    assert not found.stills
    assert "shown as stored" in found.metadata["icc_told"]


def test_a_profile_of_megabytes_is_not_read(jail):
    found = jail.examine(encoded(PICTURE, "JPEG", icc_profile=bytes(ICC_PROFILE_BYTES_MAX + 1)))
    assert found.metadata["icc_told"] == "larger than Clew reads: shown as stored"


def test_a_png_with_a_large_profile_is_opened_without_it(jail):
    found = jail.examine(encoded(PICTURE, "PNG", icc_profile=bytes(ICC_PROFILE_BYTES_MAX + 1)))
    assert np.array_equal(found.pixels, PICTURE)
    assert found.metadata["icc_told"] == "larger than Clew reads: shown as stored"


def test_a_png_that_has_more_than_a_large_profile_wrong_with_it_stays_unreadable(jail):
    content = encoded(PICTURE, "PNG", icc_profile=bytes(ICC_PROFILE_BYTES_MAX + 1))
    assert isinstance(jail.examine(content[: content.index(b"IDAT") + 40]), Unreadable)


def test_the_look_of_a_large_picture_is_small(jail):
    found = jail.examine(encoded(picture(1600, 1200), "JPEG", icc_profile=SWAPPED))
    assert max(found.still.shape) == PREVIEW_SIDE_PIXELS_MAX
    assert found.pixels.shape == (1200, 1600, 3)
