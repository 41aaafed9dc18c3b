"""Decoding: the same pixels as the reference, the right reason for every damage, and never an exception."""

import io
import itertools
import random
import zlib

import numpy as np
import pytest
from made_files import encoded, film, heic, in_256_colours, picture, png16, png_of_size, sound, textured
from PIL import Image

from clew.media.examination import Examination, Unreadable, UnreadableReason
from clew.signatures.pdq import pdq

# No format loses much of it, not even one with a palette.
PICTURE = in_256_colours(textured(200, 150))
ORIGINAL = pdq(PICTURE)
FORMATS = {
    "JPEG": {"quality": 92},
    "PNG": {},
    "GIF": {},
    "WEBP": {"quality": 92},
    "BMP": {},
    "TIFF": {"compression": "tiff_lzw"},
    "AVIF": {"quality": 90},
    "JPEG2000": {},
}


def bits_apart(pixels):
    return sum((a ^ b).bit_count() for a, b in zip(pdq(pixels).bits, ORIGINAL.bits, strict=True))


def by_pillow(content):
    with Image.open(io.BytesIO(content)) as im:
        return np.asarray(im.convert("RGB"))


def jpegs():
    pixels = picture(133, 101)
    for quality, subsampling, progressive in itertools.product((5, 60, 100), (0, 1, 2), (False, True)):
        yield encoded(pixels, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
    yield encoded(pixels, "JPEG", "L", progressive=True)
    yield encoded(pixels, "JPEG", "CMYK")
    yield encoded(pixels, "JPEG", keep_rgb=True)
    yield encoded(pixels, "JPEG", restart_marker_rows=1)
    yield encoded(pixels[:1, :1], "JPEG")
    yield encoded(pixels, "JPEG") + b"trailing bytes"
    noise = np.random.default_rng(1).integers(0, 256, (97, 75, 3), np.uint8)
    yield encoded(noise, "JPEG", quality=95)


@pytest.mark.parametrize("content", list(jpegs()), ids=lambda content: str(len(content)))
def test_a_jpeg_gives_exactly_the_pixels_of_pillow(jail, content):
    assert np.array_equal(jail.examine(content).pixels, by_pillow(content))


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_is_recognised_as_its_original(jail, kind):
    content = encoded(PICTURE, kind, **FORMATS[kind])
    found = jail.examine(content)
    assert (found.width, found.height) == (200, 150)
    assert found.pixels.shape == (150, 200, 3)
    assert np.array_equal(found.pixels, by_pillow(content))
    assert bits_apart(found.pixels) <= 2


def test_a_heic_is_recognised_as_its_original(jail):
    found = jail.examine(heic(PICTURE))
    assert found.media_type.mime == "image/heic"
    assert bits_apart(found.pixels) <= 2


def test_the_first_frame_stands_for_an_animation(jail):
    frames = [Image.fromarray(np.roll(PICTURE, shift, axis=1)) for shift in (0, 40, 80)]
    for kind in ("GIF", "PNG", "WEBP", "TIFF", "AVIF"):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:])
        found = jail.examine(out.getvalue())
        assert found.metadata["frames"] == 3
        assert bits_apart(found.pixels) <= 2


def test_orientation_is_told_and_not_applied(jail):
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ("JPEG", "PNG", "WEBP"):
        found = jail.examine(encoded(PICTURE, kind, exif=exif))
        assert found.exif_orientation == 6
        assert (found.width, found.height) == (200, 150)
    exif[0x0112] = 99
    assert jail.examine(encoded(PICTURE, "JPEG", exif=exif)).exif_orientation == 1


def test_a_tiff_that_pillow_turns_upright_is_not_turned_again(jail):
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(PICTURE, "TIFF", exif=exif)
    found = jail.examine(content)
    assert found.exif_orientation == 1
    assert np.array_equal(found.pixels, by_pillow(content))
    assert (found.width, found.height) == (150, 200)


def test_a_film_and_a_sound_have_facts_and_no_pixels(jail):
    found = jail.examine(film(PICTURE, sound="aac"))
    assert found.pixels is None
    assert (found.width, found.height) == (200, 150)
    facts = found.metadata
    assert (facts["codec"], facts["audio_codec"], facts["frame_rate"]) == ("mpeg4", "aac", 25.0)
    assert (facts["has_video"], facts["has_audio"]) == (1, 1)
    assert facts["duration_seconds"] == pytest.approx(1.0, abs=0.1)
    assert facts["stream_0"].startswith("video, mpeg4, ")
    assert "200 x 150 pixels, 25 frames/s" in facts["stream_0"]
    assert facts["stream_1"].startswith("audio, aac, LC, ")
    assert "stream_2" not in facts
    tone = jail.examine(sound())
    assert "stream_1" not in tone.metadata
    assert (tone.pixels, tone.width, tone.height) == (None, None, None)
    assert tone.metadata["duration_seconds"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("container", "video", "tone"),
    [
        ("matroska", "h264", "aac"),
        ("webm", "libvpx-vp9", "libopus"),
        ("avi", "mpeg4", None),
        ("mpegts", "mpeg2video", None),
        ("mpeg", "mpeg2video", None),
        ("flv", "flv", None),
        ("asf", "msmpeg4", None),
        ("mov", "mpeg4", "pcm_s16le"),
        ("3gp", "mpeg4", None),
    ],
)
def test_each_kind_of_film_is_described(jail, container, video, tone):
    found = jail.examine(film(PICTURE, container, video, sound=tone))
    assert isinstance(found, Examination)
    assert (found.width, found.height, found.metadata["has_audio"]) == (200, 150, int(tone is not None))


@pytest.mark.parametrize(
    ("container", "codec"), [("mp3", "mp3"), ("flac", "flac"), ("ogg", "libopus"), ("adts", "aac"), ("ipod", "aac")]
)
def test_each_kind_of_sound_is_described(jail, container, codec):
    assert jail.examine(sound(container, codec)).metadata["has_audio"] == 1


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_picture_is_told_so(jail, kind):
    content = encoded(PICTURE, kind, **FORMATS[kind])
    assert jail.examine(content[: len(content) // 2]) == Unreadable(UnreadableReason.TRUNCATED)


def test_a_jpeg_without_its_last_bytes_is_truncated_to_pillow_and_to_us(jail):
    for missing in (2, 3, 50):
        content = encoded(PICTURE, "JPEG")[:-missing]
        with pytest.raises(OSError, match="truncated"):
            by_pillow(content)
        assert jail.examine(content) == Unreadable(UnreadableReason.TRUNCATED)


def test_a_truncated_heic_or_film_without_its_index_is_told_so(jail):
    for content in (heic(PICTURE), film(PICTURE)):
        assert jail.examine(content[: len(content) // 2]) == Unreadable(UnreadableReason.TRUNCATED)


def test_more_pixels_than_allowed_are_refused_by_the_header(jail):
    found = jail.examine(png_of_size(60_000, 60_000))
    assert found == Unreadable(UnreadableReason.TOO_MANY_PIXELS, "60,000 x 60,000")
    assert found.sentence == "more pixels than Clew opens (60,000 x 60,000; the limit is 100 megapixels)"


def test_a_png_of_hidden_megabytes_of_text_does_not_unpack(jail):
    content = encoded(PICTURE, "PNG")
    packed = zlib.compress(bytes(200_000_000), 9)
    body = b"zTXtbomb\0\0" + packed
    chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    found = jail.examine(content[:33] + chunk + content[33:])
    assert isinstance(found, Unreadable)


def test_random_bytes_behind_any_head_get_an_answer(jail):
    chance = random.Random(7)
    heads = [encoded(PICTURE, kind)[:40] for kind in FORMATS]
    for head in heads:
        assert isinstance(jail.examine(head + chance.randbytes(3000)), (Examination, Unreadable))


EVERYTHING = {
    **{kind: lambda kind=kind: encoded(picture(48, 40), kind) for kind in FORMATS},
    "HEIC": lambda: heic(picture(64, 64)),
    "deep": lambda: png16(np.arange(1200, dtype=np.uint16).reshape(30, 40)),
    "film": lambda: film(picture(64, 48), frames=3),
    "mkv": lambda: film(picture(64, 48), "matroska", "h264", frames=3),
    "sound": sound,
}


@pytest.mark.parametrize("kind", EVERYTHING)
def test_flipped_bytes_never_break_the_jail(jail, kind):
    content = EVERYTHING[kind]()
    before = jail.template_process_id
    chance = random.Random(kind)
    for _ in range(25):
        damaged = bytearray(content)
        # The beginning holds the structure, so half of the damage goes there.
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(8, chance.choice((min(400, len(content)), len(content))))] = chance.randrange(256)
        found = jail.examine(bytes(damaged))
        assert isinstance(found, (Examination, Unreadable))
        if isinstance(found, Unreadable):
            assert found.reason not in {UnreadableReason.JAIL_BROKEN, UnreadableReason.FORBIDDEN_ACT}
    assert isinstance(jail.examine(content), Examination)
    assert jail.template_process_id == before
