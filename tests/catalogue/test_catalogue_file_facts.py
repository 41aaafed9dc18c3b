"""Facts of files in columns: worked out by the database, whatever a file says, and never an error."""

import datetime as dt

import pytest


def told(metadata):
    from clew.catalogue.models import Media
    from clew.kernel.ids import new_id

    media = Media(id=new_id(), kind="image", mime="image/jpeg", metadata=metadata)
    Media.objects.using("service").bulk_create([media])
    return Media.objects.using("service").get(id=media.id)


@pytest.mark.parametrize(
    ("metadata", "day"),
    [
        ({"taken_at": "2023:05:31 12:00:00"}, dt.date(2023, 5, 31)),
        ({"taken_at": "2024-02-29T23:59:59+09:00"}, dt.date(2024, 2, 29)),
        ({"taken_at": "0000:00:00 00:00:00", "xmp_taken_at": "2001-01-02"}, dt.date(2001, 1, 2)),
        ({"header_created_at": "2010-10-10T00:00:00Z"}, dt.date(2010, 10, 10)),
        ({"taken_at": "2023:02:31 12:00:00"}, None),
        ({"taken_at": "yesterday"}, None),
        ({"taken_at": 20230531}, None),
        ({}, None),
    ],
)
def test_the_day_is_the_one_that_was_written(database, metadata, day):
    assert told(metadata).taken_on == day


def test_words_and_numbers_are_taken_as_they_stand_and_bounded(database):
    found = told(
        {
            "camera_make": "  Cámara  ",
            "xmp_camera_model": "Zwei",
            "gps_latitude": -33.5,
            "gps_longitude": "east",
            "iptc_city": "東京" * 100,
            "document_language": "",
            "audio_language": "nld",
        }
    )
    assert (found.camera_make, found.camera_model) == ("Cámara", "Zwei")
    assert (found.latitude, found.longitude) == (-33.5, None)
    assert (len(found.city), found.country, found.language) == (80, None, "nld")
