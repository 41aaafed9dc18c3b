"""Animations: every distinct frame is hashed with its time, as a film's is; the first one stays the picture; limits are told."""

import io

import numpy as np
import pytest
from PIL import Image

from clew.media.jail import Jail
from clew.signatures import animations
from clew.signatures.animations import animation_moments
from clew.signatures.film_cell import CELL, MOMENTS, frames_of
from clew.signatures.pdq import pdq


@pytest.fixture(scope="module")
def jail():
    with Jail(film_cell=CELL) as opened:
        yield opened


def moving(rooms, kind, durations, **options):
    first, *others = [Image.fromarray(room) for room in rooms]
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=others, duration=durations, loop=0, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True}), ("GIF", {}), ("AVIF", {"quality": 90})]
)
def test_each_frame_is_hashed_with_its_time(jail, pictures, kind, options):
    rooms = [pictures(number, 160, 120) for number in (1, 2, 3)]
    found = jail.examine(moving(rooms, kind, [200, 500, 300], **options))
    frames = frames_of(found.blobs[MOMENTS])
    assert [frame.time_ms for frame in frames] == [0, 200, 700]
    for room, frame in zip(rooms, frames, strict=True):
        apart = np.unpackbits(np.frombuffer(frame.bits, np.uint8) ^ np.frombuffer(pdq(room).bits, np.uint8)).sum()
        assert apart <= (0 if kind in {"PNG", "WEBP"} else 20)
    assert frames[0].bits == pdq(found.pixels).bits
    assert found.pixels.shape == (120, 160, 3)
    assert not found.stills
    assert found.metadata["frames_hashed"] == 3
    assert found.metadata["hashed_until_seconds"] == 0.7


def test_a_still_picture_has_no_moments(jail, pictures, jpeg):
    assert MOMENTS not in jail.examine(jpeg(pictures(1))).blobs


def test_a_frame_that_repeats_the_one_before_is_left_out_and_one_without_a_time_lasts_a_tenth_of_a_second(pictures):
    one, two = pictures(1, 160, 120), pictures(2, 160, 120)
    content = moving([one, one, two], "WEBP", [0, 0, 0], lossless=True)
    times = [moment.time_ms for moment in animation_moments(io.BytesIO(content), "WEBP")]
    assert times in ([0, 100], [0, 200])


def test_no_more_is_decoded_than_the_limits_allow(pictures, monkeypatch):
    content = moving([pictures(number, 160, 120) for number in range(1, 6)], "PNG", 100)
    assert len(list(animation_moments(io.BytesIO(content), "PNG"))) == 5
    monkeypatch.setattr(animations, "ANIMATION_FRAMES_MAX", 3)
    assert len(list(animation_moments(io.BytesIO(content), "PNG"))) == 3
    monkeypatch.setattr(animations, "ANIMATION_MEGAPIXELS_MAX", 0.04)
    assert len(list(animation_moments(io.BytesIO(content), "PNG"))) == 2


def test_an_animation_that_breaks_off_keeps_what_came_before(jail, pictures):
    whole = moving([pictures(number, 160, 120) for number in (1, 2, 3)], "GIF", 100)
    found = jail.examine(whole[: len(whole) * 3 // 4])
    assert found.pixels is not None
    assert 1 <= len(frames_of(found.blobs.get(MOMENTS, b""))) < 3 or found.metadata.get("frames") == "damaged"
