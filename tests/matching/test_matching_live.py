"""The live index: what was added is found and what was removed is not, also while it is merged, and a bad merge changes nothing."""

import threading

import numpy as np
import pytest

from clew.matching import live
from clew.matching.errors import RecallLost, RowsRefused
from clew.matching.live import LiveIndex


@pytest.fixture
def held():
    bits = np.random.default_rng(1).integers(0, 256, (5000, 32), dtype=np.uint8)
    index = LiveIndex()
    index.add(np.arange(4000), bits[:4000])
    index.merge()
    return index, bits


def _found(index, bits):
    return index.search(bits, 0).id.tolist()


def test_an_empty_index_answers_and_merges():
    index = LiveIndex()
    index.merge()
    assert (len(index), _found(index, np.zeros(32, np.uint8))) == (0, [])


def test_what_is_added_and_removed_counts_at_once(held):
    index, bits = held
    index.add([9], bits[4500])
    assert _found(index, bits[4500]) == [9]
    index.remove([9, 77, 123456])
    assert _found(index, bits[4500]) == _found(index, bits[77]) == []
    index.add([77], bits[4501])
    assert _found(index, bits[4501]) == [77]
    assert _found(index, bits[77]) == []
    index.merge()
    assert _found(index, bits[4501]) == [77]
    assert _found(index, bits[77]) == []
    assert len(index) == 3999


def test_it_answers_while_it_is_merged_and_changes_made_meanwhile_stay(held, monkeypatch):
    index, bits = held
    begun, go_on = threading.Event(), threading.Event()
    verify = live._verify

    def slow(segment):
        begun.set()
        assert go_on.wait(20)
        verify(segment)

    monkeypatch.setattr(live, "_verify", slow)
    index.add([4000, 4001], bits[4000:4002])
    merging = threading.Thread(target=index.merge)
    merging.start()
    assert begun.wait(20)
    assert _found(index, bits[[5, 4000]]) == [5, 4000]
    index.remove([5, 4000])
    index.add([5], bits[4600])
    assert _found(index, bits[[5, 4000, 4600]]) == [5]
    go_on.set()
    merging.join()
    assert _found(index, bits[[5, 4000, 4001, 4600]]) == [4001, 5]
    index.merge()
    assert _found(index, bits[[5, 4000, 4001, 4600]]) == [4001, 5]


def test_a_segment_that_fails_its_test_never_answers_and_nothing_is_lost(held, monkeypatch):
    index, bits = held
    before = index.segment
    index.add([4000], bits[4000])
    index.remove([3])

    def lost(_segment):
        raise RecallLost(missed=1, probes=4)

    with monkeypatch.context() as patched:
        patched.setattr(live, "_verify", lost)
        with pytest.raises(RecallLost):
            index.merge()
    assert index.segment is before
    assert _found(index, bits[[3, 4, 4000]]) == [4, 4000]
    index.merge()
    assert _found(index, bits[[3, 4, 4000]]) == [4, 4000]


def test_a_segment_that_cannot_find_its_own_rows_is_refused(held):
    index, _bits = held
    index.segment.tables.rows[:] = 0
    with pytest.raises(RecallLost):
        live._verify(index.segment)


def test_a_merge_is_due_once_much_came_or_went(held, monkeypatch):
    index, bits = held
    monkeypatch.setattr(live, "DELTA_ROWS_MAX", 10)
    assert not index.is_merge_due
    index.add(np.arange(6000, 6011), bits[:11])
    assert index.is_merge_due
    index.merge()
    assert not index.is_merge_due
    index.remove(np.arange(11))
    assert index.is_merge_due


def test_rows_that_do_not_fit_are_refused_and_none_is_added(held):
    index, _bits = held
    with pytest.raises(RowsRefused):
        index.add([1, 2], np.zeros((1, 32), np.uint8))
    assert len(index) == 4000
