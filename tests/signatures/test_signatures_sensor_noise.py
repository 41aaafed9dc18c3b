"""Sensor noise: one camera's pictures are told by it, another's are not, and what cannot be told says so."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.kernel.limits import SENSOR_SIDE_PIXELS_MAX
from clew.signatures.pdq import PixelsUnusable
from clew.signatures.sensor_noise import joined, peak_between, peak_searched, sensor_print_of
from clew.signatures.sensor_print import SensorPrint, SensorPrintUnreadable
from clew.signatures.sensor_residual import ResidualsUnlike, cleaned, fingerprint_of, residual_of
from tests.scenes import compressed, scaled
from tests.sensors import light, photograph

PROPOSED_PCE = 40
GOLDEN_SHAPE, GOLDEN_PCE, GOLDEN_CORRELATION = ((30, 40), 9766, 1200), 3244.8, 0.2119


@pytest.fixture(scope="module")
def prints():
    """Six pictures each of three cameras, of different scenes, as JPEG of quality 90."""
    return [[sensor_print_of(compressed(photograph(n, s, scene=6 * n + s), 90)) for s in range(6)] for n in range(3)]


def _pairs(prints):
    same, other = [], []
    flat = [(n, print_.plane()) for n, many in enumerate(prints) for print_ in many]
    for at, (one, plane) in enumerate(flat):
        for two, mate in flat[:at]:
            (same if one == two else other).append(peak_between(plane, mate).pce)
    return same, other


def test_pictures_of_one_camera_stand_out_and_strangers_do_not(prints):
    same, other = _pairs(prints)
    assert len(same) == 45
    assert len(other) == 108
    assert max(other) < PROPOSED_PCE < np.median(same)


def test_a_fingerprint_tells_what_a_pair_does_not(prints):
    own, stranger = prints[0], prints[1]
    fingerprint = joined(own[:5])
    peak = peak_between(fingerprint, own[5].plane())
    assert peak.pce > 2 * peak_between(own[0].plane(), own[5].plane()).pce
    assert peak_between(fingerprint, stranger[5].plane()).pce < PROPOSED_PCE
    whole = fingerprint_of([residual_of(photograph(0, s)) for s in range(4)])
    asked = cleaned(residual_of(photograph(0, 9)))
    assert peak_between(cleaned(whole), asked).pce > peak_between(cleaned(residual_of(photograph(0, 1))), asked).pce


def test_the_figures_of_one_small_camera_stay_what_they_are():
    """A golden trial: the noise of one made-up camera, uncompressed. A change here means that kept prints are to be made anew."""
    one, two = (sensor_print_of(photograph(3, s)) for s in (0, 1))
    peak = peak_between(one.plane(), two.plane())
    assert (one.used.shape, len(one.to_bytes()), int(one.used.sum())) == GOLDEN_SHAPE
    assert peak.pce == pytest.approx(GOLDEN_PCE, rel=0.01)
    assert peak.correlation == pytest.approx(GOLDEN_CORRELATION, rel=0.01)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_has_the_turned_print(quarters):
    pixels = photograph(3, 2)
    turned = sensor_print_of(np.ascontiguousarray(np.rot90(pixels, quarters)))
    back = turned.turned(-quarters % 4)
    own = sensor_print_of(pixels)
    assert (back.width, back.height) == (own.width, own.height)
    assert (back.plane() * own.plane()).mean() > 0.8
    assert own.turned(quarters).turned(-quarters % 4).to_bytes() == own.to_bytes()
    assert turned.laid_across().width == 640


def test_a_cut_picture_is_found_where_it_was_cut():
    pixels, fingerprint = photograph(3, 5), joined([sensor_print_of(photograph(3, s)) for s in range(4)])
    cut = sensor_print_of(np.ascontiguousarray(pixels[40:440, 60:600]))
    peak = peak_searched(fingerprint, cut.plane())
    # 400 x 540 keeps 400 x 528 of its middle; halved, as the fingerprint is.
    assert (peak.down, peak.across) == (20, 33)
    stranger = sensor_print_of(np.ascontiguousarray(photograph(1, 5)[40:440, 60:600]))
    assert peak.pce > 3 * peak_searched(fingerprint, stranger.plane()).pce


def test_a_scaled_picture_is_lost_and_nothing_says_it_is_a_stranger():
    fingerprint = joined([sensor_print_of(photograph(3, s)) for s in range(4)])
    asked = sensor_print_of(scaled(photograph(3, 5), 500))
    assert peak_searched(fingerprint, asked.plane()).pce < 100


def test_a_shared_caption_makes_a_peak_but_not_a_spread_one():
    marks = np.random.default_rng(0).integers(0, 2, (60, 100, 1)).repeat(2, axis=0).repeat(2, axis=1) * 120 + 60
    first, second = photograph(1, 0).copy(), photograph(3, 1).copy()
    first[352:472, 428:628] = second[352:472, 428:628] = marks
    peak = peak_between(sensor_print_of(first).plane(), sensor_print_of(second).plane())
    assert peak.pce > PROPOSED_PCE
    assert peak.pce_spread < 4
    alike = peak_between(sensor_print_of(photograph(3, 0)).plane(), sensor_print_of(photograph(3, 1)).plane())
    assert alike.pce_spread > 4


def test_blown_out_black_and_plain_parts_are_left_out():
    pixels = photograph(3, 0).copy()
    pixels[:240, :320], pixels[240:, :320], pixels[240:, 320:] = 255, 0, 128
    print_ = sensor_print_of(pixels)
    used = print_.used
    assert not used[:14, :19].any()
    assert not used[16:, :19].any()
    assert not used[16:, 21:].any()
    assert used[:14, 21:].mean() > 0.9
    assert print_.is_weak
    assert (print_.plane()[: 14 * 8, : 19 * 8] == 0).all()


def test_only_the_middle_of_a_large_picture_is_looked_at():
    large = np.random.default_rng(1).integers(0, 256, (1500, 2300), dtype=np.uint8)
    print_ = sensor_print_of(large)
    assert print_.used.shape == (SENSOR_SIDE_PIXELS_MAX // 16, SENSOR_SIDE_PIXELS_MAX // 16)
    assert print_.frame == (2300, 1500)
    assert len(print_.to_bytes()) < 33_400
    changed = large.copy()
    changed[:200] = changed[-200:] = 7
    assert sensor_print_of(changed).to_bytes() == print_.to_bytes()


@pytest.mark.parametrize("shape", [(15, 600), (1, 1), (0, 5), (9, 9, 3)])
def test_too_small_a_picture_has_a_weak_print(shape):
    print_ = sensor_print_of(np.zeros(shape, np.uint8))
    assert print_.is_weak
    assert SensorPrint.from_bytes(print_.to_bytes()).used.size == 0
    with pytest.raises(ResidualsUnlike):
        peak_between(print_.plane(), print_.plane())
    with pytest.raises(ResidualsUnlike):
        peak_searched(print_.plane(), print_.plane())


def test_after_the_warm_up_nothing_is_imported():
    program = """
import sys
import numpy as np
from clew.signatures.sensor_noise import sensor_print_of, warm_up
warm_up()
modules = set(sys.modules)
print(sensor_print_of(np.zeros((300, 200), np.uint8)).is_weak, set(sys.modules) - modules)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split(maxsplit=1) == ["True", "set()\n"]


def test_pixels_of_another_form_are_refused():
    for wrong in (np.zeros((64, 64), np.float32), np.zeros((64, 64, 4), np.uint8), np.zeros(64, np.uint8)):
        with pytest.raises(PixelsUnusable):
            sensor_print_of(wrong)


def test_pictures_of_two_sizes_make_no_fingerprint(prints):
    other = sensor_print_of(light(0)[:400])
    for wrong in ([], [prints[0][0], other]):
        with pytest.raises(ResidualsUnlike):
            joined(wrong)
    with pytest.raises(ResidualsUnlike):
        fingerprint_of([])
    with pytest.raises(ResidualsUnlike):
        peak_between(prints[0][0].plane(), other.plane())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_prints_of_any_size_come_back_from_their_bytes(height, width, quarters, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    print_ = sensor_print_of(pixels).turned(quarters)
    back = SensorPrint.from_bytes(print_.to_bytes())
    assert (back.width, back.height) == (print_.width, print_.height)
    assert np.array_equal(back.plane(), print_.plane())
    assert np.array_equal(back.turned(4 - quarters).plane(), sensor_print_of(pixels).plane())
    if back.used.any():
        assert peak_between(back.plane(), back.plane()).pce > 0


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: b"",
        lambda kept: kept[:15],
        lambda kept: kept[:-1],
        lambda kept: kept + b"\0",
        lambda kept: b"CSX" + kept[3:],
        lambda kept: kept[:3] + b"\2" + kept[4:],
        lambda kept: kept[:4] + (100).to_bytes(4, "little") + kept[8:],
        lambda kept: kept[:12] + b"\xff\xff" + kept[14:],
        lambda kept: kept[:14] + b"\1\0" + kept[16:],
    ],
)
def test_bytes_that_are_no_print_are_refused(prints, change):
    kept = prints[0][0].to_bytes()
    assert SensorPrint.from_bytes(kept)
    with pytest.raises(SensorPrintUnreadable):
        SensorPrint.from_bytes(change(kept))
