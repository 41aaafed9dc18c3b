"""Sniffing: bytes decide, names only disagree."""

import pytest
from made_files import encoded, film, heic, picture, sound

from clew.media import kinds
from clew.media.sniff import HEAD_SIZE_BYTES, extension_disagrees, looks_like_text, sniff

PICTURE = picture(64, 48)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("JPEG", kinds.JPEG),
        ("PNG", kinds.PNG),
        ("GIF", kinds.GIF),
        ("WEBP", kinds.WEBP),
        ("BMP", kinds.BMP),
        ("TIFF", kinds.TIFF),
        ("AVIF", kinds.AVIF),
        ("JPEG2000", kinds.JPEG_2000),
    ],
)
def test_each_picture_format_is_known_by_its_bytes(kind, expected):
    assert sniff(encoded(PICTURE, kind)[:HEAD_SIZE_BYTES]) is expected


def test_films_and_sounds_are_known_by_their_bytes():
    assert sniff(film(PICTURE)[:HEAD_SIZE_BYTES]) is kinds.MP4
    assert sniff(film(PICTURE, "mov")[:HEAD_SIZE_BYTES]) is kinds.QUICKTIME
    assert sniff(film(PICTURE, "matroska")[:HEAD_SIZE_BYTES]) is kinds.MATROSKA
    assert sniff(film(PICTURE, "webm", "libvpx")[:HEAD_SIZE_BYTES]) is kinds.WEBM
    assert sniff(film(PICTURE, "avi")[:HEAD_SIZE_BYTES]) is kinds.AVI
    assert sniff(film(PICTURE, "mpegts", "mpeg2video")[:HEAD_SIZE_BYTES]) is kinds.MPEG_TS
    assert sniff(heic(PICTURE)[:HEAD_SIZE_BYTES]) is kinds.HEIC
    assert sniff(sound()[:HEAD_SIZE_BYTES]) is kinds.WAV
    assert sniff(sound("flac", "flac")[:HEAD_SIZE_BYTES]) is kinds.FLAC
    assert sniff(sound("adts", "aac")[:HEAD_SIZE_BYTES]) is kinds.AAC


def test_unknown_bytes_are_not_guessed():
    assert sniff(b"") is None
    assert sniff(bytes(500)) is None
    assert sniff(b"MZ" + bytes(100)) is None
    assert sniff(b"RIFF\0\0\0\0ACON") is None


@pytest.mark.parametrize(
    "head", [b"hello\n", "schön".encode(), b"\xff\xfeh\0i\0", ("ä" * 5000).encode()[:HEAD_SIZE_BYTES]]
)
def test_text_looks_like_text(head):
    assert looks_like_text(head)


@pytest.mark.parametrize("head", [b"", b"\0\1\2", b"\x80\x81\x82", b"abc\0"])
def test_other_bytes_do_not_look_like_text(head):
    assert not looks_like_text(head)


def test_an_extension_disagrees_only_when_it_names_another_type():
    assert not extension_disagrees("a.JPG", kinds.JPEG)
    assert extension_disagrees("a.png", kinds.JPEG)
    assert not extension_disagrees("a", kinds.JPEG)
    assert not extension_disagrees(".jpg", kinds.PNG)
    assert not extension_disagrees("", kinds.PNG)
