"""Letterbox: bars that a whole film has are cut off; what only looks like one for a while is not."""

import numpy as np
import pytest

from clew.signatures.films import Moment
from clew.signatures.letterbox import Borders, Trimming, borders_of
from clew.signatures.pdq import pdq

RNG = np.random.default_rng(5)


def _boxed(pixels, top=0, bottom=0, left=0, right=0, grain=0.0):
    framed = np.pad(pixels, ((top, bottom), (left, right), (0, 0)))
    noise = RNG.normal(0, grain, framed.shape[:2])[..., None] if grain else 0
    return (framed + noise).clip(0, 255).astype(np.uint8)


def _trimmed(frames, **options):
    trimming = Trimming(**options)
    for at, pixels in enumerate(frames):
        trimming.see(Moment(at, 1000 * at, pixels))
    return trimming.frames(), trimming.borders


@pytest.fixture(scope="module")
def rooms(pictures):
    return [pictures(number)[:240, :320].copy() for number in range(20, 26)]


def _distance(one, other):
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


@pytest.mark.parametrize("sides", [(40, 40, 0, 0), (0, 0, 60, 60), (30, 50, 0, 0), (20, 20, 24, 24)])
def test_bars_are_cut_off_and_the_hashes_are_those_of_the_picture(rooms, sides):
    frames, borders = _trimmed([_boxed(room, *sides) for room in rooms])
    assert borders == Borders(*sides)
    assert [frame.bits for frame in frames] == [pdq(room).bits for room in rooms]


def test_bars_with_grain_are_found(rooms):
    frames, borders = _trimmed([_boxed(room, 40, 40, grain=5) for room in rooms])
    assert borders == Borders(40, 40, 0, 0)
    assert max(_distance(frame.bits, pdq(room).bits) for frame, room in zip(frames, rooms, strict=True)) <= 10


def test_a_film_without_bars_has_no_hashes_without_them(rooms):
    assert _trimmed(rooms) == ([], None)


def test_dark_scenes_and_plain_frames_do_not_make_bars(rooms):
    dark = rooms[0].copy()
    dark[:120] = 0
    assert _trimmed([np.zeros_like(dark), dark, dark, dark, rooms[1]]) == ([], None)


def test_a_dark_scene_within_bars_does_not_widen_them(rooms):
    dark = rooms[0].copy()
    dark[:100] = 0
    frames, borders = _trimmed([_boxed(picture, 40, 40) for picture in (dark, *rooms)])
    assert borders == Borders(40, 40, 0, 0)
    assert frames[1].bits == pdq(rooms[0]).bits


def test_what_was_cut_too_far_is_dropped_when_a_later_frame_shows_it(rooms):
    dark = rooms[0].copy()
    dark[:100] = 0
    frames, borders = _trimmed(
        [_boxed(picture, 40, 40) for picture in (dark, dark, dark, *rooms[1:])], held_bytes_max=1
    )
    assert borders == Borders(40, 40, 0, 0)
    assert [frame.time_ms for frame in frames] == [3000, 4000, 5000, 6000, 7000]


def test_two_frames_are_too_few(rooms):
    assert _trimmed([_boxed(room, 40, 40) for room in rooms[:2]]) == ([], None)


def test_a_frame_of_another_size_is_left_out(rooms):
    frames, _borders = _trimmed([*[_boxed(room, 40, 40) for room in rooms], rooms[0]])
    assert len(frames) == len(rooms)


def test_a_film_that_is_plain_all_over_leaves_nothing():
    assert _trimmed([np.full((240, 320, 3), shade, np.uint8) for shade in (0, 20, 40, 60)])[0] == []
    assert borders_of(np.zeros((24, 32, 3), np.uint8)) == Borders(24, 24, 32, 32)
