"""The join gives the pairs that asking one by one gives, whatever the hashes are like and however many threads work."""

import numpy as np
import pytest

from clew.matching import join as joining
from clew.matching.errors import RowsRefused
from clew.matching.join import join
from clew.matching.segment import Segment
from tests.matching.test_matching_segment import DATA, RNG, _near, _same


@pytest.fixture(autouse=True)
def walked(monkeypatch):
    """These segments are small enough to be asked one by one; here they are walked through."""
    monkeypatch.setattr(joining, "ROWS_WALKED_MIN", 0)


@pytest.fixture(params=DATA)
def asked(request):
    rng = RNG(3)
    bits = DATA[request.param](rng)
    rows = bits[rng.integers(0, len(bits), 300)] if len(bits) else rng.integers(0, 256, (4, 32), dtype=np.uint8)
    queries = np.stack([_near(row, n % 34, rng) for n, row in enumerate(rows)])
    return Segment.build(rng.permutation(len(bits)) * 3 - 50, bits), queries


@pytest.mark.parametrize("distance_max", [0, 1, 10, 21, 30, 31, 32, 40, 256])
def test_it_gives_the_pairs_of_single_questions(asked, distance_max):
    segment, queries = asked
    assert _same(join(segment, queries, distance_max), segment.search(queries, distance_max))


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("cached_bytes", [1 << 10, 1 << 14])
def test_neither_threads_nor_blocks_change_it(asked, threads, cached_bytes, monkeypatch):
    segment, queries = asked
    monkeypatch.setattr(joining, "CACHED_BYTES", cached_bytes)
    assert _same(join(segment, queries, threads=threads), segment.search(queries))


@pytest.mark.parametrize("rows_max", [0, 1, 40])
def test_crowded_buckets_do_not_change_it(asked, rows_max, monkeypatch):
    segment, queries = asked
    monkeypatch.setattr(joining, "BUCKET_ROWS_MAX", rows_max)
    assert _same(join(segment, queries), segment.search(queries))


def test_few_questions_and_none_are_answered_too():
    segment = Segment.build(np.arange(3000), RNG(0).integers(0, 256, (3000, 32), dtype=np.uint8))
    assert len(join(segment, np.empty((0, 32), dtype=np.uint8))) == 0
    assert len(join(segment, np.zeros(32, dtype=np.uint8), 256)) == 3000


def test_a_distance_that_is_none_is_refused():
    with pytest.raises(RowsRefused):
        join(Segment.build([], np.empty((0, 32), dtype=np.uint8)), np.zeros(32, dtype=np.uint8), 257)
