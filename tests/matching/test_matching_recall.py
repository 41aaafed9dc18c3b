from __future__ import annotations

import numpy as np
import pytest

from clew.matching.errors import RecallLost
from clew.matching.flat import FlatIndex
from clew.matching.hits import Hits
from clew.matching.recall import check_recall, plant_canaries, verify_recall


class ForgetfulIndex(FlatIndex):
    """An index that loses every hit farther than its radius: what an inexact index does."""

    radius = 30

    def search(self, queries, distance_max=31) -> Hits:
        hits = super().search(queries, distance_max)
        kept = hits.distance <= self.radius
        return Hits(hits.query_index[kept], hits.id[kept], hits.distance[kept])


def crowd(index: FlatIndex) -> FlatIndex:
    index.add(np.arange(500), np.random.default_rng(5).integers(0, 256, (500, 32), dtype=np.uint8))
    return index


def test_an_exact_index_gives_every_known_answer():
    index = crowd(FlatIndex())
    report = verify_recall(index, *plant_canaries(index, 5))
    assert (report.probes, report.missed, report.is_complete) == (20, (), True)


def test_any_held_row_can_serve_as_a_canary():
    index = FlatIndex()
    row = np.zeros((1, 32), dtype=np.uint8)
    index.add([3], row)
    assert verify_recall(index, [3], row).probes == 4


def test_an_index_that_loses_the_edge_is_found_out():
    index = crowd(ForgetfulIndex())
    canaries = plant_canaries(index, 2)
    report = check_recall(index, *canaries)
    assert report.missed == ((-1, 31), (-2, 31))
    assert not report.is_complete
    with pytest.raises(RecallLost, match=r"2 of 8 known answers"):
        verify_recall(index, *canaries)


def test_an_index_that_lost_a_row_is_found_out():
    index = crowd(FlatIndex())
    canaries = plant_canaries(index, 2)
    index.remove([-2])
    assert {number for number, _ in check_recall(index, *canaries).missed} == {-2}


def test_an_index_that_answers_a_wrong_distance_is_found_out():
    class Vague(FlatIndex):
        def search(self, queries, distance_max=31) -> Hits:
            hits = super().search(queries, distance_max)
            return Hits(hits.query_index, hits.id, np.maximum(hits.distance, 1))

    index = crowd(Vague())
    assert check_recall(index, *plant_canaries(index, 1)).missed == ((-1, 0),)


def test_every_process_plants_the_same_canaries():
    first, second = (plant_canaries(FlatIndex()) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_without_canaries_there_is_nothing_to_miss():
    assert check_recall(FlatIndex(), [], np.empty((0, 32), dtype=np.uint8)).is_complete
