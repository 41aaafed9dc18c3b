from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from clew.demo.render.belongings import belonging
from clew.demo.render.rooms import room_of
from clew.demo.render.views import picture_of, warm_up
from clew.signatures.pdq import pdq, pdq_dihedral

#: The distance up to which the matching calls two pictures near-duplicates.
NEAR_BITS = 31
PLACES, VIEWS = range(500, 510), range(2)


@pytest.fixture(scope="module")
def pictures():
    warm_up()
    return {(place, view): picture_of(place, view, width=320, height=240) for place in PLACES for view in VIEWS}


def bits_of(found):
    return np.unpackbits(np.frombuffer(found.bits, np.uint8))


def test_the_same_arguments_give_the_same_pixels_whatever_was_drawn_before(pictures):
    again = picture_of(503, 1, width=320, height=240)
    assert np.array_equal(again, pictures[503, 1])
    assert not np.array_equal(again, pictures[503, 0])


def test_two_threads_draw_what_one_draws(pictures):
    with ThreadPoolExecutor(2) as threads:
        drawn = list(threads.map(lambda place: picture_of(place, 0, width=320, height=240), PLACES))
    assert all(np.array_equal(one, pictures[place, 0]) for place, one in zip(PLACES, drawn, strict=True))


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (333, 251), (64, 48)])
def test_a_picture_has_the_size_asked_for(width, height):
    pixels = picture_of(7, 1, width=width, height=height)
    assert pixels.shape == (height, width, 3)
    assert pixels.dtype == np.uint8


def test_every_picture_has_enough_structure_to_be_hashed(pictures):
    assert min(pdq(pixels).quality for pixels in pictures.values()) >= 50


def test_pictures_are_neither_black_nor_blown_out(pictures):
    for pixels in pictures.values():
        assert 50 < pixels.mean() < 190
        assert (pixels.max(axis=2) < 12).mean() < 0.3
        assert (pixels.min(axis=2) > 250).mean() < 0.3


def test_no_two_pictures_are_near_duplicates_in_any_orientation(pictures):
    names = list(pictures)
    plain = np.array([bits_of(pdq(pictures[name])) for name in names])
    for name in names:
        others = plain[[other != name for other in names]]
        for turned in pdq_dihedral(pictures[name]).values():
            assert (others != bits_of(turned)).sum(axis=1).min() > NEAR_BITS


def test_a_thing_changes_the_picture_and_another_thing_changes_it_again():
    bare, bag, jug = (picture_of(12, 0, thing=thing, width=160, height=120) for thing in (None, 0, 2))
    assert not np.array_equal(bare, bag)
    assert not np.array_equal(bag, jug)


def test_the_same_number_is_the_same_thing_and_the_next_of_its_kind_is_not():
    assert belonging(3) == belonging(3)
    assert belonging(3).name == belonging(11).name
    assert belonging(3) != belonging(11)


@pytest.mark.parametrize("thing", range(8))
def test_a_thing_is_as_tall_and_as_wide_as_it_says(thing):
    made = belonging(thing)
    for solid in made.solids:
        spread = np.abs(solid.axes()).sum(axis=1)
        assert solid.centre[2] - spread[2] > -0.01
        assert solid.centre[2] + spread[2] <= made.height + 0.05
        assert np.hypot(solid.centre[0], solid.centre[1]) <= made.reach


@pytest.mark.parametrize("place", range(500, 520))
def test_furniture_stands_inside_its_room(place):
    room = room_of(place)
    assert len(room.pieces) >= 6
    for piece in room.pieces:
        for solid in piece.solids:
            spread = np.abs(solid.axes()).sum(axis=1)
            low, high = np.array(solid.centre) - spread, np.array(solid.centre) + spread
            assert (low > -0.15).all()
            assert (high < np.array((room.width, room.depth, room.height)) + 0.15).all()
