from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.matching import flat
from clew.matching.errors import RowsRefused
from clew.matching.flat import FlatIndex
from clew.matching.hits import Hits, OrientedHit

RNG = np.random.default_rng(3)


def random_bits(count: int, rng: np.random.Generator = RNG) -> np.ndarray:
    return rng.integers(0, 256, (count, 32), dtype=np.uint8)


def flipped(row: np.ndarray, distance: int, rng: np.random.Generator = RNG) -> np.ndarray:
    mask = np.zeros(256, dtype=np.uint8)
    mask[rng.choice(256, distance, replace=False)] = 1
    return row ^ np.packbits(mask)


def oracle(ids, bits, queries, distance_max) -> list[tuple[int, int, int]]:
    """The answer by comparing all bits of all rows with all queries."""
    distances = np.unpackbits(queries[:, None, :] ^ bits[None, :, :], axis=2).sum(axis=2, dtype=np.int64)
    return sorted(
        (int(query), int(distances[query, row]), int(ids[row]))
        for query, row in zip(*np.nonzero(distances <= distance_max), strict=True)
    )


def answer(hits: Hits) -> list[tuple[int, int, int]]:
    return list(zip(hits.query_index.tolist(), hits.distance.tolist(), hits.id.tolist(), strict=True))


def index_of(ids, bits) -> FlatIndex:
    index = FlatIndex()
    index.add(ids, bits)
    return index


@pytest.mark.parametrize("count", [0, 1, 2, 100])
@pytest.mark.parametrize("distance_max", [*range(34), 127, 128, 129, 256])
def test_answers_are_those_of_comparing_everything(count: int, distance_max: int):
    rng = np.random.default_rng(count * 1000 + distance_max)
    queries = random_bits(4, rng)
    bits = random_bits(count, rng)
    near = np.array([flipped(query, int(distance), rng) for query in queries for distance in range(34)])
    bits = np.concatenate([bits, near])[: max(count, 0)] if count < 100 else np.concatenate([bits, near])
    ids = rng.permutation(len(bits)) + 5
    assert answer(index_of(ids, bits).search(queries, distance_max)) == oracle(ids, bits, queries, distance_max)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), held=st.integers(1, 60), radius=st.integers(0, 33), spread=st.integers(0, 40))
def test_clustered_hashes_with_duplicates_and_removals_are_all_found(seed, held, radius, spread):
    rng = np.random.default_rng(seed)
    centre = random_bits(1, rng)[0]
    bits = np.array([flipped(centre, int(rng.integers(spread + 1)), rng) for _ in range(held)])
    ids = rng.integers(0, 20, held)
    index = index_of(ids, bits)
    gone = rng.integers(0, 20, 3)
    kept = ~np.isin(ids, gone)
    assert index.remove(gone) == held - kept.sum()
    assert len(index) == kept.sum()
    queries = np.stack([centre, bits[0]])
    assert answer(index.search(queries, radius)) == oracle(ids[kept], bits[kept], queries, radius)


@pytest.mark.parametrize("distance", range(34))
def test_a_copy_is_found_up_to_31_bits_and_no_farther_wherever_the_bits_lie(distance: int):
    row = random_bits(1)[0]
    index = index_of([7], row)
    # All in the first half, all in the second, and spread: the half scan must not depend on where they lie.
    for first, last in ((0, 128), (128, 256), (0, 256)):
        mask = np.zeros(256, dtype=np.uint8)
        mask[RNG.choice(np.arange(first, last), distance, replace=False)] = 1
        hits = index.search(row ^ np.packbits(mask))
        assert answer(hits) == ([(0, distance, 7)] if distance <= 31 else [])


def test_an_empty_index_answers_with_nothing_and_so_do_no_queries():
    index = FlatIndex()
    assert answer(index.search(random_bits(3), 256)) == []
    assert index.remove([1]) == 0
    index.add([], random_bits(0))
    index.add([1], random_bits(1))
    assert answer(index.search(random_bits(0), 256)) == []
    assert len(index) == 1


def test_the_same_hash_under_one_id_or_many_is_kept_each_time():
    row = random_bits(1)
    index = index_of([4, 2, 4], np.repeat(row, 3, axis=0))
    assert answer(index.search(row)) == [(0, 0, 2), (0, 0, 4), (0, 0, 4)]
    assert index.remove([4]) == 2
    assert answer(index.search(row)) == [(0, 0, 2)]


def test_more_hits_than_expected_are_all_answered():
    count = 3 * flat._HITS_EXPECTED
    row = random_bits(1)
    hits = index_of(np.arange(count), np.repeat(row, count, axis=0)).search(np.repeat(row, 2, axis=0), 0)
    assert hits.id.tolist() == [*range(count)] * 2


def test_rows_over_many_blocks_and_growths_are_all_searched():
    index, bits = FlatIndex(), random_bits(20_000)
    for start in range(0, 20_000, 777):
        index.add(np.arange(start, min(start + 777, 20_000)), bits[start : start + 777])
    asked = np.arange(0, 20_000, 97)
    queries = np.array([flipped(bits[row], 31) for row in asked])
    assert answer(index.search(queries)) == [(at, 31, row) for at, row in enumerate(asked)]


def test_removing_most_rows_gives_their_memory_back_and_loses_none_of_the_others():
    bits = random_bits(10_000)
    index = index_of(np.arange(10_000), bits)
    index.remove(np.arange(9_000))
    assert len(index._page.ids) < 10_000
    assert len(index) == 1_000
    assert answer(index.search(bits[9_500], 0)) == [(0, 0, 9_500)]
    assert answer(index.search(bits[10], 0)) == []
    index.add([10], bits[10])
    assert answer(index.search(bits[10], 0)) == [(0, 0, 10)]


def test_ids_may_be_any_number_of_64_bits():
    bits = random_bits(2)
    index = index_of([-(2**63), 2**63 - 1], bits)
    assert sorted(index.search(bits, 256).id.tolist()) == [-(2**63)] * 2 + [2**63 - 1] * 2


@pytest.mark.parametrize(
    ("ids", "count"), [([1, 2], 1), ([1], 2), ([[1]], 1), ([1.5], 1), (["a"], 1), ([2**63], 1), ([], 1)]
)
def test_rows_that_do_not_fit_are_refused_and_none_is_added(ids, count):
    index = FlatIndex()
    with pytest.raises(RowsRefused):
        index.add(ids, random_bits(count))
    assert len(index) == 0


@pytest.mark.parametrize("distance_max", [-1, 257])
def test_a_distance_that_cannot_be_is_refused(distance_max):
    with pytest.raises(RowsRefused):
        FlatIndex().search(random_bits(1), distance_max)


def test_searches_while_others_add_and_remove_never_miss_what_stays():
    stays, stop = random_bits(50), threading.Event()
    index = index_of(np.arange(50), stays)

    def restless() -> None:
        rng = np.random.default_rng(4)
        while not stop.is_set():
            index.add(np.arange(100, 1100), random_bits(1000, rng))
            index.remove(np.arange(100, 1100))

    others = [threading.Thread(target=restless) for _ in range(2)]
    for other in others:
        other.start()
    try:
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            assert answer(index.search(stays)) == [(at, 0, at) for at in range(50)]
    finally:
        stop.set()
        for other in others:
            other.join()
    assert len(index) == 50


def test_a_picture_finds_each_row_once_in_its_nearest_orientation():
    rows = random_bits(3)
    index = index_of([1, 2, 3], rows)
    found = index.search_oriented(
        {
            "original": flipped(rows[0], 12),
            "rotated": flipped(rows[0], 5),
            "mirrored": rows[1],
            "stranger": random_bits(1)[0],
        }
    )
    assert found == [OrientedHit(2, 0, "mirrored"), OrientedHit(1, 5, "rotated")]


def test_of_equally_near_orientations_the_first_given_is_named():
    row = random_bits(1)[0]
    index = index_of([9, 9], np.stack([row, flipped(row, 3)]))
    assert index.search_oriented({"a": row, "b": row}) == [OrientedHit(9, 0, "a")]
    assert index.search_oriented({"b": row, "a": row}) == [OrientedHit(9, 0, "b")]
    assert index.search_oriented({}) == []
    assert index.search_oriented({"a": row}, distance_max=0) == [OrientedHit(9, 0, "a")]


def test_an_orientation_with_two_hashes_is_refused():
    with pytest.raises(RowsRefused):
        FlatIndex().search_oriented({"a": random_bits(2)})


def test_answers_of_several_indexes_merge_into_the_answer_of_one():
    bits, ids, queries = random_bits(30), np.arange(30), random_bits(3)
    whole = index_of(ids, bits).search(queries, 130)
    parts = [index_of(ids[part], bits[part]).search(queries, 130) for part in (slice(0, 11), slice(11, 30))]
    assert len(whole) > 10
    assert answer(Hits.merged(parts)) == answer(whole)
    assert len(Hits.merged([])) == 0
