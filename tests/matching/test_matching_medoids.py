"""Medoids: everybody within the radius of the one that stands for them, nobody with whom they are kept apart, the same in any order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.matching.errors import RowsRefused
from clew.matching.medoids import Pairs, cover, pairs_within

RADIUS = 31
CENTRES = [np.random.default_rng(seed).integers(0, 256, 32, dtype=np.uint8) for seed in range(3)]


def flipped(centre: np.ndarray, bits: set[int]) -> np.ndarray:
    return centre ^ np.packbits(np.isin(np.arange(256), list(bits)))


# Some within the radius of one another, some just outside, some exactly alike.
HASHES = st.builds(lambda centre, bits: flipped(CENTRES[centre], bits), st.integers(0, 2), st.sets(st.integers(0, 50)))
WORLDS = st.lists(HASHES, min_size=1, max_size=24)
PLACES = st.tuples(st.integers(0, 23), st.integers(0, 23))


def distance_between(left: np.ndarray, right: np.ndarray) -> int:
    return int(np.bitwise_count(left ^ right).sum())


def kept_apart(count: int, places: list[tuple[int, int]]) -> set[tuple[int, int]]:
    return {(one, other) for one, other in places if one != other and max(one, other) < count}


@settings(max_examples=150, deadline=None)
@given(WORLDS, st.lists(PLACES, max_size=12))
def test_nobody_lies_outside_the_radius_nor_with_whom_they_are_kept_apart(world, places):
    bits, apart = np.array(world), kept_apart(len(world), places)
    found = cover(np.arange(len(world)), pairs_within(np.arange(len(world)), bits, RADIUS), apart=apart)
    stacks = found.stacks()
    assert sorted(id_ for ids in stacks.values() for id_ in ids) == list(range(len(world)))
    for at, (medoid, distance) in enumerate(zip(found.medoids, found.distances, strict=True)):
        assert distance_between(bits[at], bits[medoid]) == distance <= RADIUS
        assert found.medoids[medoid] == medoid
    assert not any({one, other} <= set(ids) for ids in stacks.values() for one, other in apart)


@settings(max_examples=80, deadline=None)
@given(WORLDS, st.lists(PLACES, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_what_comes_does_not_matter(world, places, random):
    bits, order = np.array(world), list(range(len(world)))
    apart = kept_apart(len(world), places)
    straight = cover(order, pairs_within(order, bits, RADIUS), apart=apart)
    random.shuffle(order)
    mixed = cover(order, pairs_within(order, bits[order], RADIUS), apart=[pair[::-1] for pair in reversed(list(apart))])
    assert straight.medoids.tolist() == mixed.medoids.tolist()
    assert straight.distances.tolist() == mixed.distances.tolist()


@settings(max_examples=80, deadline=None)
@given(WORLDS, st.integers(0, 24), st.lists(PLACES, max_size=8))
def test_medoids_that_stand_stay_and_new_ones_join_the_nearest(world, first, places):
    bits, ids = np.array(world), np.arange(len(world))
    apart, pairs = kept_apart(len(world), places), pairs_within(ids, bits, RADIUS)
    held = cover(ids[:first], pairs, apart=apart).stacks()
    found = cover(ids[first:], pairs, apart=apart, held=held)
    assert found.ids.tolist() == ids[first:].tolist()
    together = {medoid: {*theirs} for medoid, theirs in held.items()}
    for id_, medoid in zip(found.ids.tolist(), found.medoids.tolist(), strict=True):
        together.setdefault(medoid, set()).add(id_)
        assert distance_between(bits[id_], bits[medoid]) <= RADIUS
        if id_ not in {one for pair in apart for one in pair}:
            reach = [distance_between(bits[id_], bits[old]) for old in held]
            nearest = min(reach, default=RADIUS + 1)
            assert (medoid in held) == (nearest <= RADIUS)
            assert medoid not in held or distance_between(bits[id_], bits[medoid]) == nearest
    assert not any({one, other} <= theirs for theirs in together.values() for one, other in apart)


def test_a_chain_does_not_join_its_ends():
    steps = [flipped(CENTRES[0], set(range(20 * step))) for step in range(7)]
    ids = list(range(7))
    stacks = cover(ids, pairs_within(ids, np.array(steps), RADIUS)).stacks()
    assert stacks == {1: [0, 1, 2], 4: [3, 4, 5], 6: [6]}


def test_a_picture_that_asks_turned_finds_its_mirror():
    mirror = CENTRES[1]
    asked = (np.array([7]), mirror.reshape(1, 32))
    pairs = pairs_within([7, 8], np.array([CENTRES[0], mirror]), RADIUS, asked=asked)
    assert (pairs.left.tolist(), pairs.right.tolist(), pairs.distance.tolist()) == ([7], [8], [0])
    assert not len(pairs_within([7, 8], np.array([CENTRES[0], mirror]), RADIUS))


def test_nothing_is_covered_by_nothing():
    assert cover([], pairs_within([], [], RADIUS)).stacks() == {}


def test_a_number_told_twice_or_held_already_is_refused():
    none = Pairs.of([], [], [])
    with pytest.raises(RowsRefused):
        cover([1, 1], none)
    with pytest.raises(RowsRefused):
        cover([1], none, held={2: [1]})
    with pytest.raises(RowsRefused):
        pairs_within([1, 2], np.zeros((1, 32), np.uint8), RADIUS)
