"""Scenes: stills where a film shows something else, spread over it, and the one that stands for it."""

import numpy as np
import pytest

from clew.signatures.films import Moment, frame_of
from clew.signatures.scenes import Scenes


def _seen(frames, **options):
    scenes = Scenes(**options)
    for at, pixels in enumerate(frames):
        moment = Moment(at, 1000 * at, pixels)
        scenes.see(moment, frame_of(moment))
    return scenes


@pytest.fixture(scope="module")
def rooms(pictures):
    return [pictures(number) for number in range(20, 28)]


def test_each_scene_has_one_still_at_its_beginning(rooms):
    scenes = _seen([room for room in rooms[:4] for _second in range(3)])
    assert [scene.time_ms for scene in scenes.stills()] == [0, 3000, 6000, 9000]
    assert {scene.pixels.shape for scene in scenes.stills()} == {(240, 320, 3)}
    assert scenes.representative.time_ms == 0


def test_more_scenes_than_are_shown_are_spread_over_the_film(rooms):
    times = [scene.time_ms for scene in _seen(rooms * 6, count_max=5).stills()]
    assert len(times) == 5
    assert (times[0], times[-1]) == (0, 47_000)
    assert max(np.diff(times)) <= 24_000


def test_a_black_beginning_is_no_scene_and_does_not_stand_for_the_film(rooms):
    scenes = _seen([np.zeros_like(rooms[0]), rooms[0]])
    assert [scene.time_ms for scene in scenes.stills()] == [1000]
    assert scenes.representative.time_ms == 1000


def test_a_film_that_is_black_all_over_is_stood_for_by_its_first_frame(rooms):
    scenes = _seen([np.zeros_like(rooms[0])] * 3)
    assert scenes.stills() == []
    assert scenes.representative.time_ms == 0


def test_nothing_has_no_scenes():
    assert Scenes().representative is None
    assert Scenes().stills() == []


def test_a_still_is_large_enough_to_find_parts_of_it_and_no_larger(pictures):
    (still,) = _seen([pictures(1, width=1280, height=960)]).stills()
    assert still.pixels.shape == (480, 640, 3)
