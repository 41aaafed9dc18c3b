"""Enlarging brings the hash of a small picture to that of its larger copies."""

import numpy as np
import pytest
from PIL import Image

from clew.signatures.enlarged import LONG_SIDE_PIXELS_MIN, pdq_enlarged
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import pdq, pdq_dihedral


def _distance(one, other):
    return int.bit_count(int.from_bytes(one.bits, "big") ^ int.from_bytes(other.bits, "big"))


def test_a_quarter_of_the_size_is_far_nearer_enlarged():
    from clew.demo.render.views import picture_of

    plain, enlarged = [], []
    for place in range(12):
        room = picture_of(place, 0)
        small = np.asarray(Image.fromarray(room).resize((160, 120), Image.Resampling.LANCZOS))
        plain.append(_distance(pdq(room), pdq(small)))
        enlarged.append(_distance(pdq(room), pdq_enlarged(small)[Orientation.ORIGINAL]))
    assert max(enlarged) <= 16
    assert np.median(enlarged) <= np.median(plain) / 2


@pytest.mark.parametrize("shape", [(120, 160, 3), (160, 120), (5, 5, 3), (511, 300)])
def test_all_eight_orientations_are_those_of_the_turned_picture(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    made = pdq_enlarged(pixels)
    assert list(made) == list(Orientation)
    times = -(-LONG_SIDE_PIXELS_MIN // max(shape[:2]))
    assert made == pdq_dihedral(
        np.ascontiguousarray(np.kron(pixels, np.ones((times, times, 1)[: len(shape)], np.uint8)))
    )


@pytest.mark.parametrize("shape", [(512, 10), (300, 600, 3), (4, 100)])
def test_a_large_picture_and_a_line_have_none(shape):
    assert pdq_enlarged(np.zeros(shape, dtype=np.uint8)) == {}
