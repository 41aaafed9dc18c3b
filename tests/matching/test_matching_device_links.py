"""Device links: pairs and groups of one camera with their evidence; strangers, copies and marks make none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.demo.camera_models import MODELS
from clew.demo.sensors import SensorCamera
from clew.kernel.limits import SENSOR_PRINTS_COMPARED_MAX
from clew.matching import sensor_bank
from clew.matching.device_groups import TENTATIVE_LOG10_MIN, device_groups
from clew.matching.device_links import SERIAL_MATES_MAX, CapturedMedia, link_between, propose_links
from clew.matching.device_odds import (
    BODY_LOG10,
    FINGERPRINT_TABLE,
    LENS_LOG10,
    PAIR_TABLE,
    PROPOSED_LOG10_MIN,
    TRACE_LOG10_MAX,
    DeviceEvidence,
    Source,
    TraceCounts,
    noise_evidence,
    together,
)
from clew.matching.sensor_bank import PrintsRefused, SensorBank
from clew.signatures.camera_serials import CameraSerials
from clew.signatures.encoder_traces import trace_of
from clew.signatures.sensor_noise import Peak, joined, sensor_print_of
from tests.scenes import compressed
from tests.sensors import light, photograph

CAMERAS, SHOTS = 4, 6


@pytest.fixture(scope="module")
def media():
    """Six pictures each of four cameras, no scene twice; some held upright, some upside down."""
    made = []
    for at in range(CAMERAS * SHOTS):
        pixels = compressed(photograph(at // SHOTS, at % SHOTS, scene=at), 92)
        quarters = (0, 0, 1, 2, 3, 0)[at % SHOTS]
        made.append(CapturedMedia(100 + at, sensor_print_of(np.ascontiguousarray(np.rot90(pixels, quarters)))))
    return made


def _camera(number):
    return (number - 100) // SHOTS


def test_every_pair_proposed_is_of_one_camera_and_says_why(media):
    links = propose_links(media)
    assert all(_camera(link.first) == _camera(link.second) for link in links)
    assert len(links) > 0.8 * CAMERAS * SHOTS * (SHOTS - 1) / 2
    assert links == sorted(links, key=lambda link: -link.log10_ratio)
    for link in links:
        (reason,) = link.evidence
        assert link.first < link.second
        assert reason.source is Source.NOISE
        assert reason.pce > PAIR_TABLE[0][0]
        assert "PCE" in reason.words


def test_groups_are_the_cameras_however_the_pictures_were_held(media):
    groups = device_groups(media, propose_links(media))
    assert len(groups) == CAMERAS
    for group in groups:
        assert len({_camera(number) for number in group.members}) == 1
        assert len(group.members) == len(group.evidence) == SHOTS
        assert all(each.log10_ratio >= PROPOSED_LOG10_MIN for each in group.evidence)


def test_strangers_make_no_link_and_no_group():
    strangers = [
        CapturedMedia(n, sensor_print_of(compressed(photograph(n, 0, scene=n, world=8), 92))) for n in range(8)
    ]
    assert propose_links(strangers) == []
    assert device_groups(strangers, []) == []
    assert device_groups(strangers, propose_links(strangers, log10_min=TENTATIVE_LOG10_MIN)) == []


def test_a_weak_link_begins_a_group_that_many_make_strong(media):
    """All of one camera, of which only pairs too weak to be proposed are told."""
    weak = [
        replace(link, evidence=(replace(link.evidence[0], log10_ratio=TENTATIVE_LOG10_MIN),))
        for link in propose_links(media)
    ]
    groups = device_groups(media, weak)
    assert [len(group.members) for group in groups] == [SHOTS] * CAMERAS
    assert device_groups(media[:3], weak) == []


def test_one_body_number_begins_a_group_and_only_the_noise_says_who_is_in_it(media):
    told = [
        replace(each, serials=CameraSerials("a|1|7700")) if at in {0, 1, 5, SHOTS} else each
        for at, each in enumerate(media)
    ]
    groups = device_groups(told, [])
    assert [group.members for group in groups] == [tuple(range(100, 100 + SHOTS))]
    assert device_groups(media, []) == []


def test_no_chain_of_pairs_makes_a_group(media):
    """A picture that is half one camera's and half another's is like both; the cameras stay apart."""
    pixels = photograph(0, 20, scene=50).copy()
    pixels[:, 320:] = photograph(1, 20, scene=50)[:, 320:]
    both = CapturedMedia(999, sensor_print_of(pixels))
    everything = [*media[:2], *media[SHOTS : SHOTS + 2], both]
    groups = device_groups(everything, propose_links(everything))
    for group in groups:
        assert len({_camera(number) for number in group.members if number != 999}) == 1


def test_copies_of_one_picture_are_not_told_as_one_camera(media):
    one = replace(media[0], picture=5)
    copy = replace(media[0], number=7, picture=5)
    assert propose_links([one, copy]) == []
    assert len(propose_links([one, replace(copy, picture=6)])) == 1
    assert link_between(one, one, TraceCounts([])) is None


def test_weak_prints_and_other_frames_are_not_compared(media):
    small = CapturedMedia(1, sensor_print_of(photograph(0, 30)[:200, :200].copy()))
    assert small.sensor.is_weak
    other_frame = CapturedMedia(2, sensor_print_of(photograph(0, 31)[:464].copy()))
    assert propose_links([small, replace(small, number=3), other_frame, media[0]]) == []
    assert propose_links([]) == []


def test_serials_propose_and_differing_ones_contradict(media):
    own, other = CameraSerials("a|1|7700", "a||l771"), CameraSerials("a|1|7701", "a||l771")
    first, second, third = (CapturedMedia(n, serials=serials) for n, serials in enumerate((own, own, other)))
    links = propose_links([first, second, third])
    assert [(link.first, link.second) for link in links] == [(0, 1)]
    assert [each.source for each in links[0].evidence] == [Source.BODY, Source.LENS]
    # Of what EXIF tells only the strongest counts.
    assert links[0].log10_ratio == BODY_LOG10
    apart = link_between(first, third, TraceCounts([]))
    assert [each.log10_ratio > 0 for each in apart.evidence] == [True, False]
    assert apart.log10_ratio == LENS_LOG10 - 2 < PROPOSED_LOG10_MIN
    forged = link_between(
        replace(media[0], serials=own), replace(media[1], serials=other), TraceCounts([]), _noise(5000)
    )
    assert "differ" in " ".join(each.words for each in forged.evidence)


def test_a_serial_of_very_many_media_costs_no_square():
    many = [CapturedMedia(n, serials=CameraSerials("a|1|7700")) for n in range(300)]
    links = propose_links(many)
    assert len(links) <= SERIAL_MATES_MAX * 300
    assert {number for link in links for number in (link.first, link.second)} == set(range(300))


def _traces():
    return [trace_of(model.jpeg_of(light(0, 64, 48), None)) for model in MODELS]


def test_a_common_trace_says_little_and_a_rare_one_proposes_nothing_alone():
    common, rare, *_others = _traces()
    counts = TraceCounts([common] * 900 + [rare] * 2 + [None] * 50)
    assert counts.evidence(common, common).log10_ratio < 0.05
    assert counts.evidence(rare, rare).log10_ratio == TRACE_LOG10_MAX < PROPOSED_LOG10_MIN
    assert counts.evidence(rare, common) is None
    assert counts.share(common) > 0.99
    media = [CapturedMedia(n, trace=rare, serials=CameraSerials(lens="x||lens")) for n in range(2)]
    (link,) = propose_links(media, counts)
    assert {each.source for each in link.evidence} == {Source.LENS, Source.TRACE}
    assert link.log10_ratio == LENS_LOG10
    assert propose_links([replace(each, serials=CameraSerials()) for each in media], counts) == []


@given(st.lists(st.sampled_from([trace.key for trace in _traces()]), min_size=1, max_size=40))
def test_the_more_often_a_trace_is_met_the_less_it_says(keys):
    by_key = {trace.key: trace for trace in _traces()}
    counts = TraceCounts(by_key[key] for key in keys)
    ordered = sorted(set(keys), key=keys.count)
    said = [counts.evidence(by_key[key], by_key[key]).log10_ratio for key in ordered]
    assert said == sorted(said, reverse=True)
    assert all(0 <= each <= TRACE_LOG10_MAX for each in said)


def _noise(pce, spread=None):
    return noise_evidence(Peak(pce, 0.1, pce if spread is None else spread))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_higher_peak_never_says_less(one, other):
    low, high = sorted((one, other))
    said = [evidence.log10_ratio if (evidence := _noise(pce)) else 0.0 for pce in (low, high)]
    assert said[0] <= said[1]


def test_peaks_below_the_table_or_in_one_corner_say_nothing():
    assert _noise(PAIR_TABLE[0][0] - 0.1) is None
    assert _noise(-500) is None
    assert _noise(500, spread=3) is None
    assert _noise(500).log10_ratio == PAIR_TABLE[-1][1]
    assert [edge for edge, _ in FINGERPRINT_TABLE] == sorted(edge for edge, _ in FINGERPRINT_TABLE)


def test_noise_and_what_is_written_are_added_and_a_contradiction_is_not_lost():
    body, noise = DeviceEvidence(Source.BODY, 3.0, ""), DeviceEvidence(Source.NOISE, 2.5, "")
    trace, against = DeviceEvidence(Source.TRACE, 1.5, ""), DeviceEvidence(Source.BODY, -2.0, "")
    assert together([body, trace, noise]) == 5.5
    assert together([trace, noise]) == 4.0
    assert together([noise, against]) == 0.5
    assert together([against]) == -2.0
    assert together([]) == 0.0


def test_scores_count_agreeing_signs_of_what_both_use(media):
    rows = [each.sensor for each in media[:5]]
    bank = SensorBank(rows)
    asked = bank.print_at(0)
    planes = [bank.print_at(row).plane() for row in range(5)]
    for row, score in enumerate(bank.scores(asked)):
        both = (planes[0] != 0) & (planes[row] != 0)
        agreeing = (planes[0] == planes[row])[both].sum()
        assert score == pytest.approx((2 * agreeing - both.sum()) / np.sqrt(both.sum()))
    assert bank.candidates(planes[0], asked)[0] == (0, 0)
    assert len(bank.candidates(planes[0], asked, count_max=2)) == 2


def test_a_fingerprint_proposes_its_camera_first(media):
    laid = SensorBank([each.sensor for each in media])
    own = [laid.print_at(row) for row in (0, 1, 5)]
    found = laid.candidates(joined(own), own[0], count_max=SHOTS)
    assert {row // SHOTS for row, _quarters in found} == {0}


def test_prints_of_two_sizes_or_too_many_are_refused(media, monkeypatch):
    with pytest.raises(PrintsRefused):
        SensorBank([media[0].sensor, sensor_print_of(light(0)[:464])])
    assert SENSOR_PRINTS_COMPARED_MAX >= 100_000
    monkeypatch.setattr(sensor_bank, "SENSOR_PRINTS_COMPARED_MAX", 1)
    assert len(SensorBank([media[0].sensor])) == 1
    with pytest.raises(PrintsRefused):
        SensorBank([each.sensor for each in media[:2]])


def test_square_pictures_are_compared_in_all_four_turns():
    square = [photograph(0, s, scene=s)[:, 80:560] for s in range(2)]
    whole = [CapturedMedia(0, sensor_print_of(np.ascontiguousarray(square[0])))]
    for quarters in range(4):
        turned = CapturedMedia(1, sensor_print_of(np.ascontiguousarray(np.rot90(square[1], quarters))))
        assert len(propose_links([*whole, turned])) == 1


def test_two_worlds_have_other_cameras_under_the_same_numbers():
    one, other = SensorCamera(1, 0), SensorCamera(2, 0)
    assert one.serial != other.serial
    assert not np.array_equal(one.pattern(32, 32), other.pattern(32, 32))
    assert np.array_equal(one.pattern(32, 32), SensorCamera(1, 0).pattern(32, 32))
    assert 0.005 <= one.prnu <= 0.010
    assert trace_of(one.file_of(light(0, 64, 48), 0)) == trace_of(one.file_of(light(1, 64, 48), 5))
