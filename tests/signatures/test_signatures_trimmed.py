"""Trimming finds the picture inside its border, and leaves pictures without one alone."""

import numpy as np
import pytest

from clew.signatures.orientations import Orientation
from clew.signatures.pdq import pdq
from clew.signatures.trimmed import pdq_trimmed, trim_box, trimmed
from tests.scenes import blurred_beside, bordered, compressed, room


def _near(box, wanted, within):
    return box is not None and all(abs(one - other) <= within for one, other in zip(box, wanted, strict=True))


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (30, 90, 160)])
@pytest.mark.parametrize("quality", [None, 75, 30])
def test_a_border_of_one_colour_is_found_also_after_compression(colour, quality):
    framed = bordered(room(1), colour)
    framed = framed if quality is None else compressed(framed, quality)
    assert _near(trim_box(framed), (128, 128, 640, 480), 8)


def test_a_letterbox_and_a_pillar_box_are_found():
    tall = np.zeros((700, 640, 3), np.uint8)
    tall[100:580] = room(2)
    assert _near(trim_box(tall), (0, 100, 640, 480), 0)
    assert _near(trim_box(np.ascontiguousarray(tall.swapaxes(0, 1))), (100, 0, 480, 640), 0)


def test_a_blurred_border_is_found():
    found = sum(
        _near(trim_box(compressed(blurred_beside(room(place)), 85)), (192, 0, 640, 480), 8) for place in range(8)
    )
    assert found >= 6


def test_pictures_without_a_border_are_left_alone():
    assert [place for place in range(24) if trim_box(room(place)) is not None] == []


@pytest.mark.parametrize("shape", [(480, 640, 3), (480, 640), (4, 4, 3), (1, 900)])
def test_a_flat_picture_and_a_line_have_nothing_to_trim(shape):
    assert trimmed(np.full(shape, 200, dtype=np.uint8)) is None


def test_a_small_thing_on_a_plain_ground_is_no_picture_in_a_border():
    ground = np.full((480, 640, 3), 240, np.uint8)
    ground[200:260, 300:380] = room(1)[:60, :80]
    assert trimmed(ground) is None


def test_the_trimmed_hash_is_that_of_the_picture_inside():
    framed = compressed(bordered(room(3)), 85)
    hashes = pdq_trimmed(framed, trim_box(framed))
    assert list(hashes) == list(Orientation)
    assert hashes[Orientation.ORIGINAL].distance(pdq(room(3))) <= 20
    assert pdq(framed).distance(pdq(room(3))) > 31
    assert pdq_trimmed(room(3), trim_box(room(3))) == {}


def test_what_is_given_back_is_a_view():
    framed = bordered(room(1))
    inside = trimmed(framed)
    assert inside is not None
    assert np.shares_memory(inside, framed)
