"""Evidence: measured ratios that run one way and end where data end, one score that opens into its parts, and what officers decided since."""

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.matching.calibration import calibration_of, wilson
from clew.matching.calibration_plot import calibration_svg
from clew.matching.evidence import Evidence, Score, evidence_of, prior_of, probability_of, scored, times_words
from clew.matching.evidence_sources import SOURCES, Group, Source, shared_groups
from clew.matching.pooled import pooled_counts, pooled_means
from clew.matching.ratio_table import RatioStep, RatiosUnusable, RatioTable, log10_lr
from clew.matching.ratios_measured import PAIRS_MIN, measured
from clew.matching.recalibration import JUDGED_PAIRS_MIN, Judged, recalibrated
from clew.matching.score_curve import ScoreCurve, measured_curve

ON = {"version": "1", "parameters": {"side": 512}, "data_set": "made", "measured_on": "2026-11-25"}
NORMAL = st.lists(st.floats(-50, 50), min_size=PAIRS_MIN, max_size=200)


def table_of(source=Source.SAME_SCENE, pairs=4000, apart=2.0):
    rng = np.random.default_rng(5)
    shift = apart if SOURCES[source].rises else -apart
    return measured(source, rng.normal(shift, 1, pairs), rng.normal(0, 1, pairs), **ON)


def said(source, log10_ratio, statistic=1.0):
    return Evidence(source, statistic, log10_ratio, log10_ratio, log10_ratio, "table", "1")


EVIDENCE = st.lists(st.builds(said, st.sampled_from(Source), st.floats(-3, 3), st.floats(0, 9)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(NORMAL, NORMAL, st.sampled_from([Source.SAME_SCENE, Source.NEAR_DUPLICATE]))
def test_ratios_run_one_way_and_never_say_more_than_the_pairs_do(same, different, source):
    table = measured(source, same, different, **ON)
    ratios = [step.log10_ratio for step in table.steps]
    assert ratios == sorted(ratios, reverse=not SOURCES[source].rises)
    assert len(set(ratios)) == len(ratios)
    assert sum(step.same for step in table.steps) == len(same) + 2
    assert sum(step.different for step in table.steps) == len(different) + 2
    for step in table.steps:
        assert step.log10_low <= step.log10_ratio <= step.log10_high
        assert -math.log10(len(same) + 2) <= step.log10_ratio + 1e-4
        assert step.log10_ratio - 1e-4 <= math.log10(len(different) + 2)
    assert RatioTable.from_json(table.to_json()) == table


def test_measured_ratios_are_those_of_the_distributions():
    table = table_of(pairs=20_000)
    for statistic in (-0.5, 0.5, 1.0, 1.5, 2.5):
        truth = (2 * statistic - 2) / math.log(10)
        assert log10_lr(table, statistic) == pytest.approx(truth, abs=0.2)


def test_beyond_the_data_the_outer_steps_hold():
    table = table_of()
    assert log10_lr(table, -1e9) == log10_lr(table, -math.inf) == table.steps[0].log10_ratio
    assert log10_lr(table, 1e9) == log10_lr(table, math.inf) == table.steps[-1].log10_ratio
    parted = measured(Source.TEXT, np.full(500, 1.0), np.zeros(900), **ON)
    # Nothing of the other kind was met: one more pair might have been.
    assert log10_lr(parted, 1) == pytest.approx(math.log10((501 / 502) / (1 / 902)), abs=1e-3)
    assert log10_lr(parted, 0) == pytest.approx(math.log10((1 / 502) / (901 / 902)), abs=1e-3)


@pytest.mark.parametrize(
    ("same", "different", "why"),
    [
        ([1.0] * (PAIRS_MIN - 1), [0.0] * 99, "fewer than"),
        ([1.0] * 99, [0.0] * (PAIRS_MIN - 1), "fewer than"),
        ([math.nan] * 99, [0.0] * 99, "not a number"),
        ([1.0] * 99, [math.inf] * 99, "not a number"),
    ],
)
def test_too_few_pairs_measure_nothing(same, different, why):
    with pytest.raises(RatiosUnusable, match=why):
        measured(Source.TEXT, same, different, **ON)


def test_a_table_that_makes_no_sense_is_refused():
    table = table_of()
    up_and_down = (*table.steps[:2], replace(table.steps[2], log10_ratio=-9.0), *table.steps[3:])
    for steps, why in (
        ((), "in order"),
        (table.steps[::-1], "in order"),
        ((replace(table.steps[0], log10_ratio=math.nan),), "not a number"),
        (up_and_down, "up and down"),
    ):
        with pytest.raises(RatiosUnusable, match=why):
            replace(table, steps=steps)
    for text in ("", "[]", "{}", table.to_json().replace("same scene", "no such")):
        with pytest.raises(RatiosUnusable, match="cannot be read"):
            RatioTable.from_json(text)
    with pytest.raises(RatiosUnusable, match="not a number"):
        log10_lr(table, math.nan)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(any), min_size=1, max_size=20))
def test_pooled_shares_rise_and_keep_every_pair(counts):
    same, different = zip(*counts, strict=True)
    blocks = pooled_counts(same, different)
    shares = [block.same / (block.same + block.different) for block in blocks]
    assert shares == sorted(set(shares))
    assert (sum(block.same for block in blocks), sum(block.different for block in blocks)) == (
        sum(same),
        sum(different),
    )
    assert [at for block in blocks for at in range(block.first, block.last + 1)] == list(range(len(counts)))


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0.1, 9)), min_size=1, max_size=20))
def test_pooled_means_rise_and_keep_their_weighted_sum(rows):
    values, weights = zip(*rows, strict=True)
    pooled = pooled_means(values, weights)
    assert all(one <= other + 1e-9 for one, other in itertools.pairwise(pooled))
    assert np.dot(pooled, weights) == pytest.approx(np.dot(values, weights), abs=1e-6)


@settings(max_examples=300, deadline=None)
@given(EVIDENCE, st.floats(-6, 0), st.randoms(use_true_random=False))
def test_the_score_is_the_sum_of_its_counted_parts_in_any_order(evidence, prior, shuffler):
    score = scored(prior, evidence)
    counted = [part.evidence for part in score.parts if part.is_counted]
    assert score.log10_odds == pytest.approx(prior + sum(each.log10_ratio for each in counted))
    shuffled = list(evidence)
    shuffler.shuffle(shuffled)
    assert scored(prior, shuffled) == score
    for sign in (1, -1):
        sources = [each.source for each in counted if each.log10_ratio * sign > 0]
        for at, one in enumerate(sources):
            assert not any(shared_groups(one, other) for other in sources[:at])
    for part in score.parts:
        if not part.is_counted:
            assert shared_groups(part.evidence.source, part.counted_as) or part.evidence.source is part.counted_as
            assert "not counted beside" in part.words
    assert Score.from_json(json.loads(json.dumps(score.as_json()))) == score


@settings(max_examples=300, deadline=None)
@given(EVIDENCE, st.builds(said, st.sampled_from(Source), st.floats(-3, 3)))
def test_support_never_lowers_a_score_and_contradiction_never_raises_it(evidence, more):
    before, after = scored(-3, evidence).log10_odds, scored(-3, [*evidence, more]).log10_odds
    assert after >= before - 1e-9 if more.log10_ratio >= 0 else after <= before + 1e-9


def test_what_rests_on_one_fact_is_counted_once_and_said():
    score = scored(-3.0, [said(Source.NEAR_DUPLICATE, 3.5), said(Source.SAME_SCENE, 2.0), said(Source.HANDLE, 1.0)])
    assert score.log10_odds == pytest.approx(1.5)
    (scene,) = [part for part in score.parts if not part.is_counted]
    assert scene.counted_as is Source.NEAR_DUPLICATE
    assert Group.SIGHT in scene.words
    assert 0.96 < score.probability < 0.97


def test_two_independent_facts_outweigh_the_one_that_both_may_rest_on():
    evidence = [said(Source.NEAR_DUPLICATE, 3.0), said(Source.SAME_SCENE, 2.0), said(Source.SENSOR_NOISE, 2.5)]
    score = scored(0.0, evidence)
    assert score.log10_odds == pytest.approx(4.5)
    assert [part.counted_as for part in score.parts if not part.is_counted] == [Source.SENSOR_NOISE]


def test_contradiction_lowers_and_stands_first():
    support = [said(Source.SAME_SCENE, 2.0)]
    score = scored(0.0, [*support, said(Source.DEVICE_SERIAL, -1.5, 0.0)])
    assert score.log10_odds == pytest.approx(0.5)
    assert score.parts[0].evidence.source is Source.DEVICE_SERIAL
    assert "outside one series" in score.parts[0].words


def test_no_source_says_more_than_its_bounds_and_evidence_names_its_table():
    table = table_of(Source.ENCODER_TRACE, pairs=20_000, apart=6.0)
    assert log10_lr(table, 9.0) > 3
    found = evidence_of(table, 9.0, {"side": 512, "cut": "first"})
    assert (found.log10_ratio, found.log10_high) == (1.5, 1.5)
    assert (found.table, found.version) == (table.digest, "1")
    assert found.parameters == (("cut", "first"), ("side", 512))
    assert evidence_of(table, -9.0).log10_ratio == SOURCES[Source.ENCODER_TRACE].log10_min
    assert evidence_of(table, 9.0, {"cut": "first", "side": 512}) == found


@pytest.mark.parametrize(
    ("log10_ratio", "words"),
    [
        (0.0, "says nothing either way"),
        (0.02, "says nothing either way"),
        (3.0, "1,000 times likelier within one series"),
        (0.3, "2 times likelier within one series"),
        (-1.4, "25 times likelier outside one series"),
    ],
)
def test_ratios_are_said_in_words(log10_ratio, words):
    assert times_words(log10_ratio) == words


def test_odds_before_evidence_are_the_share_of_pairs():
    assert probability_of(prior_of(5, 500)) == pytest.approx(0.01)
    assert (probability_of(-1e6), probability_of(1e6)) == (pytest.approx(0), pytest.approx(1))


def judged_pairs(table, count, shift, seed=1):
    """Pairs of the middle of the table, by whose outcomes its ratios are off by `shift` powers of ten; proposed by their score."""
    rng = np.random.default_rng(seed)
    confirmed, rejected = [], []
    statistics, others = rng.normal(1.0, 0.5, count), rng.normal(0.5, 1.0, count)
    for statistic, log10_odds_else in zip(statistics, others, strict=True):
        truth = rng.random() < probability_of(log10_odds_else + log10_lr(table, statistic) + shift)
        (confirmed if truth else rejected).append(Judged(float(statistic), float(log10_odds_else)))
    return confirmed, rejected


def test_few_decisions_change_nothing():
    table = table_of()
    few = [Judged(1.0, 0.0)] * (JUDGED_PAIRS_MIN - 1)
    assert recalibrated(table, few, []) is table
    assert recalibrated(table, [], []) is table


@pytest.mark.parametrize("shift", [-0.6, 0.0, 0.6])
def test_many_decisions_move_the_ratios_to_where_they_are_met(shift):
    table = table_of(pairs=400)
    moved = recalibrated(table, *judged_pairs(table, 20_000, shift))
    assert (moved.revision, moved.follows) == (1, table.digest)
    for statistic in (0.5, 1.0, 1.5):
        assert log10_lr(moved, statistic) - log10_lr(table, statistic) == pytest.approx(shift, abs=0.12)
    assert RatioTable.from_json(moved.to_json()) == moved


def test_pairs_chosen_by_their_score_do_not_move_what_was_right():
    table = table_of(pairs=400)
    confirmed, rejected = judged_pairs(table, 20_000, 0.0)
    # Only what was proposed is judged: nearly all of it is confirmed, and that is no reason to trust the source more.
    chosen = [
        [pair for pair in pairs if pair.log10_odds_else + log10_lr(table, pair.statistic) > 1]
        for pairs in (confirmed, rejected)
    ]
    assert len(chosen[0]) > 5 * len(chosen[1])
    moved = recalibrated(table, *chosen)
    for statistic in (0.5, 1.0, 1.5):
        assert log10_lr(moved, statistic) == pytest.approx(log10_lr(table, statistic), abs=0.12)


def test_rejections_lower_and_confirmations_raise():
    table = table_of(pairs=400)
    pairs = [Judged(1.0, 0.0)] * 200
    assert (
        log10_lr(recalibrated(table, [], pairs), 1.0)
        < log10_lr(table, 1.0)
        < log10_lr(recalibrated(table, pairs, []), 1.0)
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.builds(Judged, st.floats(-4, 6), st.floats(-4, 4)), max_size=60),
    st.lists(st.builds(Judged, st.floats(-4, 6), st.floats(-4, 4)), max_size=60),
    st.sampled_from([Source.SAME_SCENE, Source.NEAR_DUPLICATE]),
)
def test_whatever_is_judged_ratios_run_one_way_within_what_the_pairs_could_say(confirmed, rejected, source):
    table = table_of(source, pairs=60)
    moved = recalibrated(table, confirmed * 4, rejected * 4)
    ratios = [step.log10_ratio for step in moved.steps]
    assert ratios == sorted(ratios, reverse=not SOURCES[source].rises)
    assert all(abs(ratio) <= math.log10(61) + 1e-3 for ratio in ratios)
    assert [(step.same, step.different) for step in moved.steps] == [
        (step.same, step.different) for step in table.steps
    ]


def test_a_recalibrated_table_is_not_moved_again():
    table = table_of(pairs=400)
    pairs = [Judged(1.0, 0.0)] * 200
    with pytest.raises(RatiosUnusable, match="begin from the measured one"):
        recalibrated(recalibrated(table, pairs, []), pairs, [])


def test_odds_without_a_source_are_those_by_all_else():
    score = scored(-2.0, [said(Source.SAME_SCENE, 2.0), said(Source.NEAR_DUPLICATE, 2.5), said(Source.HANDLE, 2.5)])
    assert score.without(Source.NEAR_DUPLICATE) == pytest.approx(0.5)
    # Not counted; at its bound, where the table says more than is taken; not there.
    assert score.without(Source.SAME_SCENE) is None
    assert score.without(Source.HANDLE) is None
    assert score.without(Source.TEXT) is None


def test_probabilities_that_are_met_have_hardly_an_error_and_others_have_theirs():
    rng = np.random.default_rng(2)
    told = rng.random(40_000)
    truth = rng.random(40_000) < told
    good, bad = calibration_of(told, truth), calibration_of(np.sqrt(told), truth)
    assert good.expected_error < 0.01
    assert sum(each.holds for each in good.bins) >= 8
    assert bad.expected_error == pytest.approx(1 / 6, abs=0.02)
    assert good.brier == pytest.approx(1 / 6, abs=0.01)
    assert good.brier < bad.brier
    assert sum(each.pairs for each in good.bins) == good.pairs == 40_000


def test_a_calibration_needs_a_probability_for_each_truth():
    for told, truth in (([], []), ([0.5], [1, 0]), ([1.5], [1]), ([math.nan], [1])):
        with pytest.raises(RatiosUnusable, match="one probability"):
            calibration_of(told, truth)


def test_the_interval_of_a_share_stays_within_zero_and_one():
    low, high = wilson(0.0, 10)
    assert (low, round(high, 3)) == (0.0, 0.278)
    assert wilson(1.0, 10)[1] == 1.0


def test_the_plot_is_one_picture_of_all_points_without_what_names_could_bring_in():
    rng = np.random.default_rng(2)
    told = rng.random(500)
    found = calibration_of(told, rng.random(500) < told)
    picture = calibration_svg({"<script>": found, "b": found}, "a & b")
    assert picture == calibration_svg({"<script>": found, "b": found}, "a & b")
    assert picture.count("<circle") == 2 * len(found.bins)
    assert "<script>" not in picture
    assert "a &amp; b" in picture


def test_every_source_has_traits_and_bounds_for_and_against():
    assert RatioStep(0, 1, 1, 0, 0, 0).judged == 0
    for source in Source:
        assert shared_groups(source, source)
        assert SOURCES[source].log10_min < 0 < SOURCES[source].log10_max


def test_a_curve_sets_right_what_sums_say_too_much():
    rng = np.random.default_rng(4)
    truth = rng.random(40_000) < 0.5
    # What is worth w is said as 0.3 + 1.5 w.
    worth = (2 * rng.normal(np.where(truth, 2, 0), 1) - 2) / math.log(10)
    sums = 0.3 + 1.5 * worth
    curve = measured_curve(sums[truth], sums[~truth], data_set="made", measured_on="2026-11-25")
    assert curve.slope == pytest.approx(1 / 1.5, abs=0.02)
    assert curve.worth(0.3) == pytest.approx(0, abs=0.02)
    told = [probability_of(curve.worth(each)) for each in sums]
    assert calibration_of(told, truth).expected_error < 0.01
    assert calibration_of([probability_of(each) for each in sums], truth).expected_error > 0.03
    assert ScoreCurve(**json.loads(json.dumps(curve.as_json()))) == curve


def test_a_curve_of_pairs_that_lie_wholly_apart_stays_a_curve():
    curve = measured_curve([3.0] * 40, [-3.0] * 40, data_set="made", measured_on="2026-11-25")
    assert 0.9 < curve.slope < 3


def test_sums_that_mean_the_opposite_or_are_few_give_no_curve():
    on = {"data_set": "made", "measured_on": "2026-11-25"}
    with pytest.raises(RatiosUnusable, match="would lower"):
        measured_curve(np.linspace(-2, 1, 500), np.linspace(-1, 2, 500), **on)
    with pytest.raises(RatiosUnusable, match="fewer than"):
        measured_curve([1.0] * 29, [0.0] * 99, **on)
    with pytest.raises(RatiosUnusable, match="would lower"):
        ScoreCurve(slope=math.nan)


def test_a_score_tells_its_curve():
    curve = ScoreCurve(0.5, -0.25, 100, 100, "made", "2026-11-25")
    score = scored(-1.0, [said(Source.HANDLE, 2.0)], curve)
    assert (score.log10_odds, score.curve) == (-0.25, curve)
    assert Score.from_json(json.loads(json.dumps(score.as_json()))) == score
    assert score.without(Source.HANDLE) == pytest.approx(-2.25)
