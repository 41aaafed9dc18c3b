"""Camera raw: the largest preview is the picture, and is told to be one; what has none is unreadable; a plain TIFF stays one."""

import struct

import numpy as np
import pytest
from made_files import encoded, picture
from made_raw import ASCII, LONG, MAKERS, SENSOR, SHORT, Place, dng, tiff

from clew.media import kinds
from clew.media.examination import Examination, UnreadableReason
from clew.media.sniff import sniff

PREVIEW = encoded(picture(320, 240), "JPEG", quality=92)
THUMBNAIL = encoded(picture(64, 48), "JPEG")


@pytest.mark.parametrize("maker", MAKERS)
def test_the_largest_preview_of_a_raw_file_becomes_the_picture(jail, maker):
    found = jail.examine(MAKERS[maker](PREVIEW, THUMBNAIL, 6), name=f"a.{maker}")
    assert isinstance(found, Examination), found
    assert found.media_type.mime.endswith(f"-{maker}")
    assert not found.extension_disagrees
    assert np.array_equal(found.pixels, jail.examine(PREVIEW).pixels)
    assert found.exif_orientation == (1 if maker == "raf" else 6)
    assert found.metadata["raw_preview"].startswith("JPEG preview of 320 x 240 pixels")
    assert found.metadata["format"] == maker.upper()


@pytest.mark.parametrize("maker", ["dng", "nef", "arw", "pef"])
def test_it_says_how_large_the_picture_of_the_sensor_is_and_what_took_it(jail, maker):
    facts = jail.examine(MAKERS[maker](PREVIEW, THUMBNAIL)).metadata
    assert (facts["raw_width"], facts["raw_height"]) == (6000, 4000)
    assert facts["camera_model"] in {"Field One", "NIKON D1", "ILCE-1", "PENTAX K1"}
    assert facts["raw_previews"] == 2


def test_a_smaller_preview_stands_in_for_a_damaged_one(jail):
    broken = bytearray(PREVIEW)
    broken[-2000:] = bytes(2000)
    found = jail.examine(dng(bytes(broken[: len(broken) // 2]), THUMBNAIL))
    assert (found.width, found.height) == (64, 48)


def test_a_raw_file_without_a_preview_is_unreadable_and_says_why(jail):
    sensor = [(254, LONG, 0), (256, LONG, 6000), (257, LONG, 4000), (259, SHORT, 34713), (273, LONG, Place(SENSOR)), (279, LONG, len(SENSOR))]  # fmt: skip
    bare = tiff([(254, LONG, 1), (271, ASCII, b"NIKON CORPORATION\0"), (330, LONG, [sensor])])
    found = jail.examine(bare)
    assert found.reason is UnreadableReason.NO_PREVIEW
    assert "raw" in found.sentence


def test_a_plain_tiff_stays_a_plain_tiff(jail):
    plain = encoded(picture(64, 48), "TIFF")
    assert sniff(plain) is kinds.TIFF
    assert sniff(tiff([(256, LONG, 1), (271, ASCII, b"NIKON CORPORATION\0"), (262, SHORT, 2)])) is kinds.TIFF
    assert "raw_preview" not in jail.examine(plain).metadata


def test_directories_in_a_circle_and_beyond_the_end_cost_nothing(jail):
    circle = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 50706, 1, 4, 1) + struct.pack("<I", 8)
    beyond = dng(PREVIEW, THUMBNAIL)[:200]
    for hostile in (circle, beyond):
        assert jail.examine(hostile).reason is UnreadableReason.NO_PREVIEW


def test_a_directory_of_a_thousand_sub_directories_is_bounded(jail):
    many = [[(254, LONG, 1)] for _ in range(1000)]
    found = jail.examine(
        tiff([(50706, LONG, 1), (330, LONG, many), (513, LONG, Place(PREVIEW)), (514, LONG, len(PREVIEW))])
    )
    assert (found.width, found.height) == (320, 240)
