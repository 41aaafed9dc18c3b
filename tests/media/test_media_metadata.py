"""Metadata: useful facts, bounded and printable, and a picture stays good when its EXIF is not."""

import io
import json

import pytest
from made_files import encoded, picture
from PIL import ExifTags, Image, TiffImagePlugin

from clew.kernel.limits import METADATA_FACTS_MAX, METADATA_TEXT_LETTERS_MAX
from clew.media.examination import Examination
from clew.media.metadata import bounded, printable

PICTURE = picture(64, 48)
RATIO = TiffImagePlugin.IFDRational


def photograph(**gps):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Clewcam\0"
    exif[ExifTags.Base.Model] = "One\x1b[31m\nTwo"
    own = exif.get_ifd(ExifTags.IFD.Exif)
    own[ExifTags.Base.DateTimeOriginal] = "2024:05:06 07:08:09"
    own[ExifTags.Base.ExposureTime] = RATIO(1, 125)
    own[ExifTags.Base.FNumber] = RATIO(0, 0)
    own[ExifTags.Base.BodySerialNumber] = "SN 123"
    own[ExifTags.Base.LensModel] = "L" * 5000
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    for name, value in gps.items():
        place[ExifTags.GPS[name]] = value
    return encoded(PICTURE, "JPEG", exif=exif)


def degrees(whole, minutes, seconds):
    return (RATIO(whole), RATIO(minutes), RATIO(seconds))


SOUTH_WEST = {
    "GPSLatitudeRef": "S",
    "GPSLatitude": degrees(33, 30, 36),
    "GPSLongitudeRef": "W",
    "GPSLongitude": degrees(70, 15, 0),
    "GPSAltitude": RATIO(520),
}


def test_a_photograph_tells_its_camera_time_and_place(jail):
    facts = jail.examine(photograph(**SOUTH_WEST)).metadata
    assert facts["camera_make"] == "Clewcam"
    assert facts["camera_model"] == "One[31m Two"
    assert facts["taken_at"] == "2024:05:06 07:08:09"
    assert facts["exposure_seconds"] == pytest.approx(0.008)
    assert facts["camera_serial_number"] == "SN 123"
    assert len(facts["lens_model"]) == METADATA_TEXT_LETTERS_MAX
    assert facts["gps_latitude"] == pytest.approx(-33.51)
    assert facts["gps_longitude"] == pytest.approx(-70.25)
    assert facts["gps_altitude_metres"] == 520
    assert "f_number" not in facts


def test_a_place_that_is_none_is_left_out(jail):
    for gps in (
        {},
        {**SOUTH_WEST, "GPSLatitude": degrees(91, 0, 0)},
        {**SOUTH_WEST, "GPSLongitude": (RATIO(1, 0),) * 3},
    ):
        facts = jail.examine(photograph(**gps)).metadata
        assert "gps_latitude" not in facts
        assert facts["camera_make"] == "Clewcam"


def test_damaged_exif_leaves_the_picture_good(jail):
    for damaged in (
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0garbage",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01" * 40,
    ):
        found = jail.examine(encoded(PICTURE, "JPEG", exif=damaged))
        assert isinstance(found, Examination)
        assert found.metadata["format"] == "JPEG"


def test_facts_are_flat_short_and_finite():
    facts = bounded(
        {
            "text": "\x00a\u202eb" + "c" * 10_000,
            "bytes": b"abc\xff",
            "empty": " ",
            "none": None,
            "infinite": float("inf"),
            "huge": 10**400,
            "one": (5,),
            "many": (1, 2),
            "flag": True,
        },
    )
    assert facts == {"text": "ab" + "c" * (METADATA_TEXT_LETTERS_MAX - 2), "bytes": "abc\ufffd", "one": 5, "flag": 1}
    json.dumps(facts, allow_nan=False)
    assert len(bounded({f"n{n}": n for n in range(1000)})) == METADATA_FACTS_MAX


def test_printable_keeps_scripts_and_drops_controls():
    assert printable("Ελλάς\tชื่อ\r\n日本\x7f") == "Ελλάς ชื่อ  日本"


def test_metadata_of_a_multipicture_jpeg_counts_its_frames(jail):
    out = io.BytesIO()
    Image.fromarray(PICTURE).save(out, "MPO", save_all=True, append_images=[Image.fromarray(PICTURE[::-1])])
    found = jail.examine(out.getvalue())
    assert found.metadata["frames"] == 2
    assert found.pixels.shape == PICTURE.shape
