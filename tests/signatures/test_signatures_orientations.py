"""The eight orientations: what each name means in pixels, and that one transform gives the hashes of all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.signatures.orientations import Orientation
from clew.signatures.pdq import pdq, pdq_dihedral

BY_NUMPY = {
    Orientation.ORIGINAL: lambda pixels: pixels,
    Orientation.ROTATE90: lambda pixels: np.rot90(pixels, 1),
    Orientation.ROTATE180: lambda pixels: np.rot90(pixels, 2),
    Orientation.ROTATE270: lambda pixels: np.rot90(pixels, 3),
    Orientation.FLIPX: np.flipud,
    Orientation.FLIPY: np.fliplr,
    Orientation.FLIPPLUS1: lambda pixels: np.swapaxes(pixels, 0, 1),
    Orientation.FLIPMINUS1: lambda pixels: np.swapaxes(np.rot90(pixels, 2), 0, 1),
}


def picture(seed, height, width):
    """Noise with the spectrum of photographs: amplitude falls with frequency."""
    white = np.fft.rfft2(np.random.default_rng(seed).normal(size=(height, width)))
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    pink = np.fft.irfft2(white / np.maximum(frequency, 1 / max(height, width)), (height, width))
    return np.clip(128 + 50 * pink / pink.std(), 0, 255).astype(np.uint8)


def test_the_order_is_the_reference_order():
    names = ["original", "rotate90", "rotate180", "rotate270", "flipx", "flipy", "flipplus1", "flipminus1"]
    assert [str(orientation) for orientation in Orientation] == names
    assert list(pdq_dihedral(picture(1, 80, 90))) == list(Orientation)


@pytest.mark.parametrize("orientation", Orientation)
def test_each_name_means_what_numpy_does(orientation):
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    assert np.array_equal(orientation.applied_to(pixels), BY_NUMPY[orientation](pixels))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(5, 400), st.integers(5, 400))
def test_every_orientation_equals_the_hash_of_the_really_turned_picture(seed, height, width):
    pixels = picture(seed, height, width)
    for orientation, made in pdq_dihedral(pixels).items():
        assert made == pdq(orientation.applied_to(pixels))


# 64: nothing is decimated. 128 and 256: the windows are even and the samples sit half a pixel off the middle.
@pytest.mark.parametrize("side", [64, 128, 256, 512])
def test_every_orientation_is_exact_in_colour_at_the_sizes_that_turn_badly(side):
    pixels = np.stack([picture(seed, side, side) for seed in range(3)], axis=2)
    for orientation, made in pdq_dihedral(pixels).items():
        assert made == pdq(orientation.applied_to(pixels))


def test_the_eight_hashes_of_an_ordinary_picture_are_strangers_to_each_other():
    hashes = list(pdq_dihedral(picture(4, 300, 250)).values())
    distances = [a.distance(b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(distances) > 60
