"""Moments that look alike become pieces: which seconds match which."""

from clew.matching.moments import Piece, pieces


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
