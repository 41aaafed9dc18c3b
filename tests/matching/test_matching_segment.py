"""The segment answers as a look at every hash would, whatever the hashes are like."""

import numpy as np
import pytest

from clew.matching.errors import RowsRefused
from clew.matching.flat import FlatIndex
from clew.matching.hits import search_oriented
from clew.matching.plan import DISTANCE_INDEXED_MAX, TABLES, key_bits_of, masks_of, radii_of
from clew.matching.recall import verify_recall
from clew.matching.segment import Segment

RNG = np.random.default_rng


def _near(row, distance, rng):
    mask = np.zeros(256, dtype=np.uint8)
    mask[rng.choice(256, distance, replace=False)] = 1
    return row ^ np.packbits(mask)


def _clustered(rng, rows, centres, spread):
    """Hashes as they are in practice: many near few."""
    middles = rng.integers(0, 256, (centres, 32), dtype=np.uint8)
    return np.stack(
        [
            _near(middles[n], d, rng)
            for n, d in zip(rng.integers(0, centres, rows), rng.integers(0, spread, rows), strict=True)
        ]
    )


DATA = {
    "uniform": lambda rng: rng.integers(0, 256, (5000, 32), dtype=np.uint8),
    "clustered": lambda rng: _clustered(rng, 5000, 5, 40),
    "duplicates": lambda rng: rng.integers(0, 256, (40, 32), dtype=np.uint8)[rng.integers(0, 40, 5000)],
    "one hash": lambda rng: np.repeat(rng.integers(0, 256, (1, 32), dtype=np.uint8), 3000, axis=0),
    "flat pictures": lambda rng: np.concatenate([np.zeros((2500, 32), np.uint8), _clustered(rng, 2500, 1, 6)]),
    "few": lambda rng: rng.integers(0, 256, (3, 32), dtype=np.uint8),
    "single": lambda rng: rng.integers(0, 256, (1, 32), dtype=np.uint8),
    "none": lambda rng: np.empty((0, 32), dtype=np.uint8),
}


def _same(left, right):
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in ("query_index", "id", "distance"))


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("distance_max", [0, 1, 9, 10, 11, 21, 31, 32, 33, 60, 256])
def test_it_answers_as_a_look_at_every_hash_does(kind, distance_max):
    rng = RNG(1)
    bits = DATA[kind](rng)
    ids = rng.permutation(len(bits)).astype(np.int64) * 7 - 100
    flat = FlatIndex()
    if len(bits):
        flat.add(ids, bits)
    rows = bits[rng.integers(0, len(bits), 40)] if len(bits) else rng.integers(0, 256, (4, 32), dtype=np.uint8)
    queries = np.stack([_near(row, n % 34, rng) for n, row in enumerate(rows)])
    segment = Segment.build(ids, bits)
    assert len(segment) == len(bits)
    assert _same(segment.search(queries, distance_max), flat.search(queries, distance_max))
    assert _same(segment.search(queries, distance_max, threads=3), flat.search(queries, distance_max))


@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_every_distance_is_found_whatever_the_order_of_the_bits(seed):
    rng = RNG(seed)
    bits = rng.integers(0, 256, (20_000, 32), dtype=np.uint8)
    segment = Segment.build(np.arange(len(bits)), bits, seed=seed, threads=2)
    verify_recall(segment, np.arange(0, 20_000, 500), bits[::500], distances=range(32), seed=seed)


def test_a_crowded_segment_falls_back_to_a_look_at_every_hash_and_misses_nothing():
    rng = RNG(3)
    bits = np.unique(_clustered(rng, 80_000, 1, 12), axis=0)
    ids = np.arange(len(bits))
    segment, flat = Segment.build(ids, bits), FlatIndex()
    flat.add(ids, bits)
    queries = bits[:3]
    assert _same(segment.search(queries), flat.search(queries))
    assert len(segment.search(queries)) > len(bits)


def test_crowded_groups_of_buckets_get_smaller_groups():
    rng = RNG(4)
    # More than 65,535 distinct hashes that share their first key, and so one group of it.
    bits = _clustered(rng, 1, 1, 1).repeat(70_000, axis=0)
    tail = rng.integers(0, 256, (70_000, 4), dtype=np.uint8)
    bits[:, :4] ^= tail
    segment = Segment.build(np.arange(len(bits)), bits)
    assert segment.tables.group_bits.min() < segment.tables.group_bits.max()
    verify_recall(segment, np.arange(0, 70_000, 7000), bits[::7000], distances=(0, 5, 31), seed=1)


def test_ids_of_any_size_come_back():
    rng = RNG(5)
    ids = np.array([-(2**63), -1, 0, 2**63 - 1], dtype=np.int64)
    bits = rng.integers(0, 256, (4, 32), dtype=np.uint8)
    assert Segment.build(ids, bits).search(bits, 0).id.tolist() == ids.tolist()
    near = np.array([2**40, 2**40 + 5, 2**40 + 2**32 - 1, 2**40 + 1])
    segment = Segment.build(near, bits)
    assert segment.tables.ids.itemsize == 4
    assert segment.search(bits, 0).id.tolist() == near.tolist()


def test_a_picture_is_found_in_the_orientation_in_which_it_lies_nearest():
    rng = RNG(6)
    bits = rng.integers(0, 256, (1000, 32), dtype=np.uint8)
    segment = Segment.build(np.arange(1000), bits)
    found = search_oriented(segment, {"original": _near(bits[7], 20, rng), "mirrored": _near(bits[7], 4, rng)})
    assert [(hit.id, hit.distance, hit.orientation) for hit in found] == [(7, 4, "mirrored")]


@pytest.mark.parametrize(
    ("ids", "bits"),
    [([1, 2], np.zeros((1, 32), np.uint8)), ([1], np.zeros((1, 31), np.uint8)), ([1], np.zeros((1, 32), np.int16))],
)
def test_rows_that_do_not_fit_are_refused(ids, bits):
    with pytest.raises(RowsRefused):
        Segment.build(ids, bits)


@pytest.mark.parametrize("distance_max", [-1, 257])
def test_a_distance_that_is_none_is_refused(distance_max):
    with pytest.raises(RowsRefused):
        Segment.build([1], np.zeros((1, 32), np.uint8)).search(np.zeros(32, np.uint8), distance_max)


def test_the_radii_cover_every_distance_up_to_the_limit_and_no_more():
    for distance in range(DISTANCE_INDEXED_MAX + 1):
        radii = radii_of(distance)
        assert (radii + 1).sum() == distance + 1
        assert radii.max() <= 2
        assert len(radii) == TABLES


def test_masks_are_all_keys_of_at_most_so_many_ones_in_order():
    masks = masks_of(23, 2)
    assert len(masks) == 1 + 23 + 253
    assert (np.diff(masks.astype(np.int64)) > 0).all()
    assert max(int(mask).bit_count() for mask in masks) == 2


def test_keys_are_as_wide_as_the_number_of_hashes_asks_for():
    assert [key_bits_of(rows) for rows in (0, 1, 1000, 10**5, 10**6, 10**7, 10**9)] == [12, 12, 12, 18, 21, 23, 23]


def test_many_threads_may_ask_at_once():
    from concurrent.futures import ThreadPoolExecutor

    rng = RNG(7)
    bits = rng.integers(0, 256, (30_000, 32), dtype=np.uint8)
    segment = Segment.build(np.arange(len(bits)), bits)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda n: segment.search(bits[n]).id.tolist(), range(600)))
    assert found == [[n] for n in range(600)]


@pytest.mark.parametrize("kind", [kind for kind in DATA if kind != "none"])
@pytest.mark.parametrize("distance_max", [0, 9, 31])
def test_an_exhaustive_search_gives_the_same_answer(kind, distance_max):
    rng = RNG(2)
    bits = DATA[kind](rng)
    segment = Segment.build(np.arange(len(bits)), bits)
    queries = np.stack([_near(row, n % 34, rng) for n, row in enumerate(bits[rng.integers(0, len(bits), 20)])])
    assert _same(segment.search(queries, distance_max), segment.search(queries, distance_max, exhaustive=True))
