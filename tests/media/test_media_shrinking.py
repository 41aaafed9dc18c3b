"""Shrinking: each pixel of the smaller picture is the mean of the area it stands for."""

import numpy as np
import pytest

from clew.media.shrinking import shrunk


def _mean_by_definition(pixels, height, width):
    """Integrate the picture over each small pixel's area, in double precision."""
    sums = np.zeros((pixels.shape[0] + 1, pixels.shape[1] + 1, 3))
    sums[1:, 1:] = pixels.astype(float).cumsum(0).cumsum(1)

    def along(line, edges):
        whole = edges.astype(int).clip(max=line.shape[0] - 1)
        after = (whole + 1).clip(max=line.shape[0] - 1)
        return line[whole] + (line[after] - line[whole]) * (edges - whole)[:, None, None]

    down = along(sums, np.linspace(0, pixels.shape[0], height + 1))
    area = along(down.transpose(1, 0, 2), np.linspace(0, pixels.shape[1], width + 1)).transpose(1, 0, 2)
    boxes = area[1:, 1:] - area[:-1, 1:] - area[1:, :-1] + area[:-1, :-1]
    return boxes * height * width / (pixels.shape[0] * pixels.shape[1])


@pytest.mark.parametrize("shape", [(480, 640), (641, 333), (97, 1201), (1201, 97), (4, 999)])
def test_every_pixel_is_the_mean_of_its_area(shape):
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    small = shrunk(pixels, 200)
    assert max(small.shape) == 200
    assert np.abs(_mean_by_definition(pixels, *small.shape[:2]) - small).max() <= 0.51


def test_white_stays_white_and_black_black():
    for value in (0, 255):
        assert (shrunk(np.full((777, 555, 3), value, dtype=np.uint8), 100) == value).all()


def test_a_small_picture_is_left_as_it_is():
    pixels = np.zeros((20, 30, 3), dtype=np.uint8)
    assert shrunk(pixels, 30) is pixels
    assert shrunk(pixels, 29).shape == (19, 29, 3)


def test_rows_that_lie_apart_in_memory_are_read_in_their_order():
    pixels = np.random.default_rng(2).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    assert (shrunk(pixels[::-1, ::-1], 40) == shrunk(pixels[::-1, ::-1].copy(), 40)).all()
