"""Degenerate hashes are told from those of pictures."""

import numpy as np
import pytest

from clew.matching.degenerate import degenerate_rows


def why(bits):
    return degenerate_rows(np.frombuffer(bits, dtype=np.uint8).reshape(1, 32)).get(0, "")


DEGENERATE = {
    "zeros": bytes(32),
    "ones": b"\xff" * 32,
    "one byte": b"\x0f" * 32,
    "two bytes": b"\x0f\xf0" * 16,
    "checks": b"\x55\xaa" * 16,
    "a counter": bytes(range(0x20, 0x40)),
    "a counter of many steps": bytes((7 * n + 3) % 256 for n in range(32)),
    "few bits": bytes(30) + b"\xff\xff",
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_what_no_picture_has_is_named_with_its_reason(name):
    assert why(DEGENERATE[name])


def test_random_hashes_and_those_of_pictures_are_not(tmp_path):
    from clew.demo.render.views import picture_of
    from clew.signatures.pdq import pdq

    assert not degenerate_rows(np.random.default_rng(0).integers(0, 256, (5000, 32), dtype=np.uint8))
    assert not any(why(pdq(picture_of(place, 0)).bits) for place in range(5))


def test_a_half_black_half_white_picture_is():
    from clew.signatures.pdq import pdq

    halves = np.zeros((200, 200), dtype=np.uint8)
    halves[:, 100:] = 255
    assert why(pdq(halves).bits)


def test_rows_are_named_by_their_places_and_none_has_none():
    bits = np.random.default_rng(1).integers(0, 256, (6, 32), dtype=np.uint8)
    bits[2], bits[5] = 0, 255
    assert set(degenerate_rows(bits)) == {2, 5}
    assert degenerate_rows(np.empty((0, 32), dtype=np.uint8)) == {}
