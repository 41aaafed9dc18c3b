"""The fast path equals the order-exact replica, on ordinary pictures and on those whose bits hang on rounding."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.kernel.limits import FRAME_PIXELS_MAX
from clew.signatures import pdq as pdq_module
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import PixelsUnusable, pdq, pdq_dihedral, pdq_in_reference_order, warm_up
from clew.signatures.pdq_bands import bands_of
from clew.signatures.pdq_bits import hash_bits
from clew.signatures.pdq_exact import sample_exactly, transform_exactly
from clew.signatures.pdq_kernels import sample_across, sample_down, transform


def smooth_picture(seed, height, width, *, colour=True):
    """A benign picture of a few waves of random direction, with grain: as smooth as a photograph."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width] / max(height, width)
    shape = (height, width, 3) if colour else (height, width)
    picture = rng.normal(0, 2, shape)
    for k in range(1, 9):
        wave = np.sin(2 * np.pi * k * (x * rng.normal() + y * rng.normal()) + rng.uniform(0, 7))
        weight = rng.uniform(20, 60, 3 if colour else 1) / k
        picture += wave[..., None] * weight if colour else wave * weight
    return np.clip(picture + 128, 0, 255).astype(np.uint8)


def sample(pixels):
    """The 64 x 64 luma picture by the fast path alone."""
    channels = 1 if pixels.ndim == 2 else 3
    lines = sample_down(pixels.reshape(len(pixels), -1), channels, bands_of(pixels.shape[0]))
    return sample_across(lines, bands_of(pixels.shape[1]))


def sample_by_replica(pixels):
    return sample_exactly(pixels.reshape(len(pixels), -1), 1 if pixels.ndim == 2 else 3)


def by_definition(pixels):
    """The 64 x 64 luma picture in float64, straight from the description: two box blurs each way, then decimation."""
    picture = pixels @ np.array([0.299, 0.587, 0.114]) if pixels.ndim == 3 else pixels.astype(float)
    for _ in range(2):
        for axis in (1, 0):
            picture = np.apply_along_axis(box_blur, axis, picture)
    rows, columns = (((np.arange(64) + 0.5) * side / 64).astype(int) for side in picture.shape)
    return picture[np.ix_(rows, columns)]


def box_blur(line):
    window = -(-len(line) // 128)
    ahead = (window + 2) // 2 - 1
    return np.array([line[max(0, i - window + 1 + ahead) : i + ahead + 1].mean() for i in range(len(line))])


def degenerate_pictures():
    y, x = np.mgrid[:300, :400]
    return {
        "flat": np.full((300, 400), 77),
        "ramp": x * 255 // 399,
        "halves": np.where(x < 200, 30, 220),
        "checker": (x // 20 + y // 20) % 2 * 255,
        "ring": np.where(abs(np.hypot(x - 199.5, y - 149.5) - 100) < 20, 255, 0),
        "flat 64": np.full((64, 64), 9),
        "halves 64": np.where(x[:64, :64] < 32, 51, 102),
        "checker of whole percents": (x[:128, :128] // 2 + y[:128, :128] // 2) % 2 * 51,
    }


SIDES = st.integers(5, 420)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), SIDES, SIDES, st.booleans())
def test_fast_path_equals_the_exact_replica(seed, height, width, colour):
    pixels = smooth_picture(seed, height, width, colour=colour)
    assert pdq(pixels) == pdq_in_reference_order(pixels)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), SIDES, SIDES)
def test_fast_values_stay_nearer_than_what_hands_over_to_the_replica(seed, height, width):
    pixels = smooth_picture(seed, height, width)
    fast, exact = sample(pixels), sample_by_replica(pixels)
    assert np.abs(transform(fast) - transform_exactly(exact)).max() < pdq_module.GAP_MIN / 2
    for axis in (0, 1):
        steps = (np.diff(fast, axis=axis) - np.diff(exact, axis=axis)) * 100 / 255
        assert np.abs(steps).max() < pdq_module.STEP_SLACK_PERCENT


@pytest.mark.parametrize(("height", "width"), [(5, 7), (64, 65), (129, 128), (200, 517)])
def test_both_paths_follow_the_definition(height, width):
    for pixels in (smooth_picture(1, height, width), smooth_picture(2, height, width, colour=False)):
        expected = by_definition(pixels)
        assert np.abs(sample(pixels) - expected).max() < 1e-3
        assert np.abs(sample_by_replica(pixels) - expected).max() < 1e-3


@pytest.mark.parametrize("name", degenerate_pictures())
def test_degenerate_picture_equals_the_replica_in_grey_and_colour(name):
    grey = degenerate_pictures()[name].astype(np.uint8)
    for pixels in (grey, np.repeat(grey[..., None], 3, axis=2)):
        assert pdq(pixels) == pdq_in_reference_order(pixels)
        for orientation, made in pdq_dihedral(pixels).items():
            assert made == pdq_in_reference_order(orientation.applied_to(pixels))


def test_degenerate_picture_would_differ_without_the_replica():
    grey = degenerate_pictures()["halves"].astype(np.uint8)
    fast_bits, gap = hash_bits(transform(sample(grey)))
    assert gap < pdq_module.GAP_MIN
    assert fast_bits != pdq_in_reference_order(grey).bits


def test_grey_equals_the_same_grey_in_three_channels():
    grey = smooth_picture(5, 211, 333, colour=False)
    assert pdq(grey) == pdq(np.repeat(grey[..., None], 3, axis=2))


def test_half_of_the_bits_are_set_in_an_ordinary_picture():
    assert sum(byte.bit_count() for byte in pdq(smooth_picture(8, 300, 300)).bits) == 128


def test_quality_is_low_for_a_faint_picture_and_full_for_a_busy_one():
    busy = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    assert pdq(busy).quality == 100
    assert pdq((busy // 64).astype(np.uint8)).quality < 50


def test_a_side_under_five_pixels_gives_the_zero_hash_and_five_does_not():
    for shape in ((4, 90, 3), (90, 4), (1, 1)):
        tiny = np.full(shape, 200, dtype=np.uint8)
        for made in (pdq(tiny), pdq_in_reference_order(tiny), *pdq_dihedral(tiny).values()):
            assert (made.bits, made.quality) == (bytes(32), 0)
    assert pdq(smooth_picture(1, 5, 90)).bits != bytes(32)


def test_a_read_only_or_strided_picture_hashes_like_its_copy():
    pixels = smooth_picture(3, 120, 160)
    frozen = np.frombuffer(pixels.tobytes(), dtype=np.uint8).reshape(pixels.shape)
    wider = np.zeros((120, 200, 3), dtype=np.uint8)
    wider[:, :160] = pixels
    assert pdq(frozen) == pdq(wider[:, :160]) == pdq(pixels)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((20, 20, 4), dtype=np.uint8),
        np.zeros((20, 20), dtype=np.uint16),
        np.zeros((0, 20, 3), dtype=np.uint8),
        np.zeros(20, dtype=np.uint8),
    ],
)
def test_other_pixels_are_refused(pixels):
    with pytest.raises(PixelsUnusable):
        pdq(pixels)


def test_threads_share_nothing_but_the_bands():
    pictures = [smooth_picture(seed, 100 + seed, 140) for seed in range(12)]
    expected = [pdq(pixels) for pixels in pictures]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            assert list(pool.map(pdq, pictures)) == expected


def test_warm_up_may_be_repeated():
    warm_up()
    warm_up()


@pytest.fixture
def summed(monkeypatch):
    """The pixels of each picture that was summed in the reference's own order."""
    counts, exactly = [], pdq_module.sample_exactly

    def counted(rows, channels):
        counts.append(rows.size // channels)
        return exactly(rows, channels)

    monkeypatch.setattr(pdq_module, "sample_exactly", counted)
    return counts


def _noise(height, width, levels=256):
    """With few levels all coefficients are small, and rounding decides."""
    return np.random.default_rng(5).integers(0, levels, (height, width, 3), dtype=np.uint8)


def test_large_noise_is_summed_in_the_references_order_no_further_than_a_frame_has_pixels(summed, monkeypatch):
    noise, pixels_max = _noise(1200, 1500, levels=3), 2 * 1200 * 1500 + 1
    monkeypatch.setattr(pdq_module, "PDQ_EXACT_PIXELS_MAX", pixels_max)
    made = pdq_dihedral(noise)
    assert 0 < sum(summed) <= pixels_max
    # What others keep of it stays bit for bit theirs; the turned ones miss only what lies at the median.
    assert made[Orientation.ORIGINAL] == pdq_in_reference_order(noise)
    for orientation, found in made.items():
        assert found.distance(pdq_in_reference_order(orientation.applied_to(noise))) <= 8


def test_smaller_noise_has_all_eight_in_the_references_order(summed):
    noise = _noise(600, 800, levels=3)
    assert 8 * noise.size <= 3 * pdq_module.PDQ_EXACT_PIXELS_MAX <= 3 * FRAME_PIXELS_MAX
    for orientation, found in pdq_dihedral(noise).items():
        assert found == pdq_in_reference_order(orientation.applied_to(noise))
    assert len(summed) > 8


def test_a_picture_of_a_few_very_long_lines_is_never_spread_over_sixty_four(monkeypatch):
    low = _noise(20, 3000)
    expected = {orientation: pdq(orientation.applied_to(low)) for orientation in Orientation}
    widths, down = [], pdq_module.sample_down

    def seen(rows, channels, bands):
        widths.append(rows.shape[1] // channels)
        return down(rows, channels, bands)

    monkeypatch.setattr(pdq_module, "sample_down", seen)
    monkeypatch.setattr(pdq_module, "LINE_PIXELS_MAX", 1000)
    assert pdq_dihedral(low) == expected
    assert set(widths) == {20}


def test_bands_of_long_sides_are_not_kept_and_are_the_same_sums():
    for side in (5, 63, 64, 65, 129, 1000, 4097):
        assert np.allclose(bands_of(side).weights, _box_by_box(side), atol=1e-7)
    assert bands_of(4097) is bands_of(4097)
    assert bands_of(2_000_000) is not bands_of(2_000_000)
    assert np.allclose(bands_of(2_000_000).weights.sum(axis=1), 1, atol=1e-4)


def _box_by_box(side):
    """The definition: each of the two boxes around each sample, one position after the other."""
    window = (side + 127) // 128
    ahead = (window + 2) // 2 - 1
    behind = window - 1 - ahead
    rows = np.zeros((64, side))
    for i, centre in enumerate(((np.arange(64) + 0.5) * side / 64).astype(int)):
        middles = range(max(centre - behind, 0), min(centre + ahead, side - 1) + 1)
        for middle in middles:
            left, right = max(middle - behind, 0), min(middle + ahead, side - 1)
            rows[i, left : right + 1] += 1 / (right + 1 - left) / len(middles)
    found = bands_of(side)
    weights = np.zeros_like(found.weights)
    for i, (start, taps) in enumerate(zip(found.starts, found.taps, strict=True)):
        weights[i, :taps] = rows[i, start : start + taps]
    return weights
