"""Moments that look alike become pieces: which seconds match which."""

import pytest

from clew.matching.moments import Piece, pieces, speed_words


def test_nothing_has_no_pieces():
    assert pieces([]) == []


def test_one_pair_is_a_piece_of_a_moment():
    assert pieces([(5000, 1000)]) == [Piece(5000, 5000, 1000, 1000, 1)]


def test_a_clip_inside_a_long_film_is_one_piece_with_its_seconds():
    pairs = [(1_800_000 + second * 1000, second * 1000) for second in range(6)]
    assert pieces(pairs) == [Piece(1_800_000, 1_805_000, 0, 5000, 6)]


def test_sampling_that_jitters_by_less_than_a_second_is_still_one_piece():
    pairs = [(second * 1000, 10_000 + second * 1000 + (second % 3) * 200) for second in range(8)]
    (piece,) = pieces(pairs)
    assert (piece.asked_from_ms, piece.asked_to_ms, piece.pairs) == (0, 7000, 8)


def test_two_cuts_in_another_order_are_two_pieces_the_longest_first():
    first = [(second * 1000, 60_000 + second * 1000) for second in range(4)]
    second = [(10_000 + second * 1000, second * 1000) for second in range(7)]
    assert pieces([*first, *second]) == [Piece(10_000, 16_000, 0, 6000, 7), Piece(0, 3000, 60_000, 63_000, 4)]


def test_a_gap_parts_a_piece():
    pairs = [(second * 1000, second * 1000) for second in (0, 1, 2, 9, 10)]
    assert [(piece.asked_from_ms, piece.asked_to_ms) for piece in pieces(pairs)] == [(0, 2000), (9000, 10_000)]


def test_a_still_scene_where_all_meets_all_is_told_once():
    pairs = [(asked * 1000, held * 1000) for asked in range(10) for held in range(10)]
    found = pieces(pairs)
    assert found == [Piece(0, 9000, 0, 9000, 10)]


def test_the_same_pair_twice_counts_once():
    assert pieces([(0, 0), (0, 0), (1000, 1000)]) == [Piece(0, 1000, 0, 1000, 2)]


def _sampled(speed, count, held_from_ms=100_000):
    """A film shown at a speed, both hashed once a second: the nearest second of the held one is met."""
    return [(at * 1000, held_from_ms + round(at * speed) * 1000) for at in range(count)]


@pytest.mark.parametrize("speed", [0.8, 0.9, 0.96, 1.04, 1.1, 1.25])
def test_a_film_at_another_speed_is_one_piece_with_its_speed(speed):
    strays = [(at * 1000, at * 7919 % 300_000) for at in range(0, 60, 3)]
    piece = pieces([*_sampled(speed, 60), *strays])[0]
    assert piece.pairs >= 58
    assert piece.speed == pytest.approx(speed, abs=0.005)
    assert (piece.asked_from_ms, piece.held_from_ms) == (0, 100_000)


def test_a_film_of_which_every_other_moment_is_missed_is_still_one_piece():
    (piece,) = pieces(_sampled(1.25, 60)[::2])
    assert (piece.pairs, piece.speed) == (30, pytest.approx(1.25, abs=0.01))


def test_a_piece_at_another_speed_and_one_at_the_same_are_told_apart():
    both = [*_sampled(1.25, 40), *((second * 1000, second * 1000) for second in range(50, 70))]
    first, second = pieces(both)
    assert (first.speed, first.pairs) == (pytest.approx(1.25, abs=0.01), 40)
    assert second == Piece(50_000, 69_000, 50_000, 69_000, 20)


def test_the_same_speed_is_never_told_as_another():
    jittering = [(second * 1000, 5000 + second * 1000 + (second * 37 % 6) * 100) for second in range(120)]
    assert {piece.speed for piece in pieces(jittering)} == {1.0}


def test_four_moments_prove_no_speed():
    assert {piece.speed for piece in pieces([(0, 0), (4000, 5000), (8000, 10_000), (12_000, 15_000)])} == {1.0}


def test_a_speed_is_said_unless_it_is_the_films_own():
    assert speed_words(1.25) == " at 1.25 times the speed"
    assert speed_words(1.0) == ""
