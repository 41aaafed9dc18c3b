"""Films: which frames are hashed, and that what comes out of the jail is judged."""

import io

import numpy as np
import pytest

from clew.media.jail import Jail
from clew.signatures import film_cell, films
from clew.signatures.film_cell import _RECORD, CELL, MOMENTS, MOMENTS_TRIMMED, frames_of
from clew.signatures.films import film_hashes, frame_of, moments
from clew.signatures.pdq import pdq
from tests.films import film, saved_again


def distance(one, other):
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


@pytest.fixture(scope="module")
def content(pictures):
    return film([pictures(1), pictures(2), pictures(3)], seconds=3)


def test_one_frame_a_second_is_hashed_with_its_number_and_time(content):
    frames = list(film_hashes(io.BytesIO(content), "mov"))
    assert [(frame.number, frame.time_ms) for frame in frames] == [(10 * n, 1000 * n) for n in range(9)]
    assert all(frame.quality >= 50 for frame in frames)


def test_every_frame_and_every_half_second(content):
    assert len(list(moments(io.BytesIO(content), "mov", seconds_per_hash=0))) == 90
    assert [m.number for m in moments(io.BytesIO(content), "mov", seconds_per_hash=0.5)] == list(range(0, 90, 5))


def test_the_hashes_are_those_of_the_pixels_as_they_are_and_mirrored(content):
    for moment, frame in zip(moments(io.BytesIO(content), "mov"), film_hashes(io.BytesIO(content), "mov"), strict=True):
        assert frame.bits == pdq(moment.pixels).bits
        assert frame.mirrored == pdq(np.ascontiguousarray(moment.pixels[:, ::-1])).bits


def test_key_frames_alone_are_among_the_frames_and_have_their_hashes(content):
    every = {frame.time_ms: frame.bits for frame in film_hashes(io.BytesIO(content), "mov", seconds_per_hash=0)}
    keys = list(film_hashes(io.BytesIO(content), "mov", only_key_frames=True))
    assert len(keys) >= 8
    assert all(every[frame.time_ms] == frame.bits for frame in keys)


def test_a_long_film_is_looked_at_by_its_key_frames_and_of_a_very_long_one_not_all(content, monkeypatch):
    monkeypatch.setattr(films, "FILM_MEGAPIXELS_DECODED_MAX", 1)
    assert 8 <= len(list(moments(io.BytesIO(content), "mov"))) <= 10
    monkeypatch.setattr(films, "FILM_KEY_FRAMES_MAX", 3)
    assert len(list(moments(io.BytesIO(content), "mov"))) == 3


def test_no_more_frames_than_the_limit_are_hashed(content, monkeypatch):
    monkeypatch.setattr(films, "FILM_FRAMES_HASHED_MAX", 4)
    assert len(list(moments(io.BytesIO(content), "mov", seconds_per_hash=0))) == 4
    assert 1 < len(list(moments(io.BytesIO(content), "mov"))) <= 4


@pytest.mark.parametrize(("codec", "form", "parser"), [("mpeg4", "matroska", "matroska"), ("mpeg4", "avi", "avi")])
def test_other_containers_give_the_same_moments(pictures, codec, form, parser):
    made = film([pictures(1), pictures(2)], codec=codec, form=form)
    assert [moment.time_ms for moment in moments(io.BytesIO(made), parser)] == [0, 1000, 2000, 3000]


@pytest.fixture(scope="module")
def jail():
    with Jail(film_cell=CELL) as opened:
        yield opened


def test_the_jail_tells_the_same_hashes_and_a_still(jail, content, pictures):
    seen = jail.examine(content)
    outside = list(film_hashes(io.BytesIO(content), "mov"))
    told = [frame for frame in frames_of(seen.blobs[MOMENTS]) if not frame.is_between]
    assert [(f.bits, f.time_ms, f.number, f.mirrored) for f in told] == [
        (f.bits, f.time_ms, f.number, f.mirrored) for f in outside
    ]
    assert seen.still.shape == (240, 320, 3)
    assert seen.metadata["frames_hashed"] == 9
    assert seen.thumbnail_bytes.startswith(b"\xff\xd8")


def test_an_mp4_without_its_index_cannot_be_opened_at_all(jail, content):
    half = jail.examine(content[: len(content) * 2 // 3])
    assert not hasattr(half, "blobs")


def test_an_avi_cut_short_tells_the_frames_it_has(jail, pictures):
    whole = film([pictures(1), pictures(2)], form="avi")
    seen = jail.examine(whole[: len(whole) // 2])
    assert 0 < seen.metadata["frames_hashed"] < 4


def test_a_picture_and_a_sound_have_no_moments(jail, jpeg, pictures):
    assert jail.examine(jpeg(pictures(1))).blobs == {}


def test_between_the_frames_that_are_kept_others_are_looked_at_by_their_luma(content):
    close = list(moments(io.BytesIO(content), "mov", with_between=True))
    kept = [moment for moment in close if not moment.is_between]
    assert [(m.number, m.pixels.tobytes()) for m in kept] == [
        (m.number, m.pixels.tobytes()) for m in moments(io.BytesIO(content), "mov")
    ]
    # After the last that is wanted it goes on for half a second.
    assert [moment.time_ms for moment in close] == list(range(0, 8600, 200))
    every = {moment.time_ms: moment for moment in moments(io.BytesIO(content), "mov", seconds_per_hash=0)}
    for moment in (moment for moment in close if moment.is_between):
        made = frame_of(moment)
        assert made.is_between
        assert distance(made.bits, pdq(every[moment.time_ms].pixels).bits) <= 6


def test_a_film_too_long_to_be_asked_with_closely_has_none_between(content, monkeypatch):
    monkeypatch.setattr(films, "FILM_SECONDS_ASKED_CLOSELY_MAX", 8)
    assert len(list(moments(io.BytesIO(content), "mov", with_between=True))) == 9


def test_what_cannot_be_is_left_out_of_what_a_cell_tells():
    told = np.zeros(6, dtype=_RECORD)
    told["bits"] = np.random.default_rng(0).integers(0, 256, (6, 32))
    told["quality"] = [90, 101, 80, 70, 60, 50]
    told["time_ms"] = [0, 500, 1000, 900, 2**32 - 1, 3000]
    told["bits"][5] = told["bits"][2]
    assert [frame.time_ms for frame in frames_of(told.tobytes())] == [0, 1000]
    assert frames_of(b"") == []


def test_a_film_for_which_time_runs_out_is_finished_by_its_key_frames(content, monkeypatch):
    from types import SimpleNamespace

    clock = iter([0.0, 0.0, 8.0, *[8.0] * 20])
    monkeypatch.setattr(film_cell, "time", SimpleNamespace(process_time=lambda: next(clock)))
    errand = SimpleNamespace(
        source=io.BytesIO(content), media_type=SimpleNamespace(parser="mov"), limits=SimpleNamespace(cpu_seconds_max=10)
    )
    looked_at = list(film_cell._looked_at(errand))
    assert [moment.time_ms for moment in looked_at[:3]] == [0, 200, 400]
    assert all(moment.time_ms >= 1000 and not moment.is_between for moment in looked_at[3:])
    assert looked_at[-1].time_ms >= 7000
    clock = iter([8.0, 9.0])
    assert len(list(film_cell._looked_at(errand))) == 2


def test_a_film_too_long_for_one_frame_a_second_has_them_further_apart(pictures, monkeypatch):
    monkeypatch.setattr(films, "FILM_FRAMES_HASHED_MAX", 6)
    once = film([pictures(1)], seconds=9, options={"g": "1000"})
    assert [moment.number for moment in moments(io.BytesIO(once), "mov")] == [0, 30, 60]


def test_the_jail_tells_frames_without_bars_and_scenes(jail, content):
    boxed = saved_again(content, size=(320, 240), bars=40)
    seen = jail.examine(boxed)
    trimmed = frames_of(seen.blobs[MOMENTS_TRIMMED])
    assert len(trimmed) == len(frames_of(seen.blobs[MOMENTS])) >= 9
    assert seen.metadata["letterbox"].startswith("40 above, 40 below")
    times = [still.time_ms for still in seen.stills]
    assert (times[0], times[1:]) == (0, sorted(times[1:]))
    assert {0, 3000, 6000} <= set(times[1:])
    assert seen.strip_bytes.startswith(b"\xff\xd8")
    assert MOMENTS_TRIMMED not in jail.examine(content).blobs
