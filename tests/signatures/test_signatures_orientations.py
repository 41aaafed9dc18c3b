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


# Windows of 1 and 3 pixels look as far ahead as back, so that turning commutes with sampling; so do 64 samples of 64.
ODD_WINDOWS = st.integers(20, 127) | st.integers(257, 383) | st.just(64)


def picture(seed, height, width):
    """Noise with the spectrum of photographs: amplitude falls with frequency."""
    white = np.fft.rfft2(np.random.default_rng(seed).normal(size=(height, width)))
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    pink = np.fft.irfft2(white / np.maximum(frequency, 1 / max(height, width)), (height, width))
    return np.clip(128 + 50 * pink / pink.std(), 0, 255).astype(np.uint8)


def test_the_order_is_the_reference_order():
    names = ["ORIGINAL", "ROTATE90", "ROTATE180", "ROTATE270", "FLIPX", "FLIPY", "FLIPPLUS1", "FLIPMINUS1"]
    assert [str(orientation) for orientation in Orientation] == names
    assert list(pdq_dihedral(picture(1, 80, 90))) == list(Orientation)


@pytest.mark.parametrize("orientation", Orientation)
def test_each_name_means_what_numpy_does(orientation):
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    assert np.array_equal(orientation.applied_to(pixels), BY_NUMPY[orientation](pixels))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), ODD_WINDOWS, ODD_WINDOWS)
def test_every_orientation_equals_the_hash_of_the_really_turned_picture(seed, height, width):
    pixels = picture(seed, height, width)
    for orientation, made in pdq_dihedral(pixels).items():
        turned = pdq(orientation.applied_to(pixels))
        # The sums run in another order: only where two coefficients nearly tie may a pair of bits fall the other way.
        assert made.distance(turned) <= 2
        assert abs(made.quality - turned.quality) <= 1


def test_even_windows_see_a_turned_picture_half_a_pixel_away_and_stay_near():
    pixels = picture(5, 1004, 1600)
    distances = [made.distance(pdq(name.applied_to(pixels))) for name, made in pdq_dihedral(pixels).items()]
    assert max(distances) <= 16
    assert pdq_dihedral(pixels)[Orientation.ORIGINAL] == pdq(pixels)


def test_the_eight_hashes_of_an_ordinary_picture_are_strangers_to_each_other():
    hashes = list(pdq_dihedral(picture(4, 300, 250)).values())
    distances = [a.distance(b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(distances) > 60
