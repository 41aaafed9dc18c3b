"""The store: what is kept was tested, what fails is never in use, and every process sees the same."""

import json
from dataclasses import replace

import numpy as np
import pytest

from clew.matching.errors import RecallLost, SegmentDamaged
from clew.matching.recall import canaries
from clew.matching.segment import Segment
from clew.matching.store import LOOKS, SegmentStore, known_answers

RNG = np.random.default_rng


def built(rows, seed=0):
    ids, bits = canaries()
    more = RNG(seed).integers(0, 256, (rows, 32), dtype=np.uint8)
    return Segment.build(np.concatenate([ids, np.arange(rows)]), np.concatenate([bits, more])), more


@pytest.fixture
def store(tmp_path):
    return SegmentStore(tmp_path, LOOKS)


def test_nothing_is_kept_at_first(store):
    assert (store.current(), store.mark()) == (None, None)


@pytest.mark.parametrize("rows", [0, 1, 2, 1000])
def test_what_is_kept_is_what_another_process_opens(store, tmp_path, rows):
    segment, bits = built(rows)
    kept = store.keep(segment, watermark="17", source="db")
    other = SegmentStore(tmp_path, LOOKS)
    assert other.current() == kept
    assert (kept.rows, kept.watermark, kept.source, kept.is_trusted) == (rows + 4, "17", "db", True)
    opened = other.open(kept)
    for at in range(min(rows, 5)):
        assert at in opened.search(bits[at]).id


def test_keeping_another_changes_the_mark_and_leaves_one_file(store, tmp_path):
    store.keep(built(5)[0], watermark="1", source="db")
    before = store.mark()
    mapped = store.open(store.current())
    kept = store.keep(built(9)[0], watermark="2", source="db")
    assert store.mark() != before
    assert {path.name for path in tmp_path.glob("segment-*")} == {kept.name, f"{kept.name}.verified"}
    # Whoever still maps the old one goes on.
    assert len(mapped) == 9
    assert known_answers(mapped).is_complete


def test_one_that_fails_its_test_is_not_kept_and_the_old_one_stays(store, tmp_path):
    kept = store.keep(built(50)[0], watermark="1", source="db")

    def failing(segment):
        raise RecallLost(missed=1, probes=1)

    with pytest.raises(RecallLost):
        SegmentStore(tmp_path, replace(LOOKS, known_answers=failing)).keep(built(60)[0], watermark="2", source="db")
    assert store.current() == kept
    assert {path.name for path in tmp_path.glob("segment-*")} == {kept.name, f"{kept.name}.verified"}


def test_a_segment_without_the_canaries_fails():
    bits = RNG(1).integers(0, 256, (100, 32), dtype=np.uint8)
    with pytest.raises(RecallLost):
        known_answers(Segment.build(np.arange(100), bits))


def test_a_segment_whose_tables_lost_rows_fails():
    segment, _bits = built(3000)
    # Every row number of every table now names row 0: the tables give almost nothing, a look at every hash gives all.
    segment.tables.rows[:] = 0
    with pytest.raises(RecallLost):
        known_answers(segment)


def test_a_distrusted_one_stays_in_use_and_says_so(store):
    kept = store.keep(built(5)[0], watermark="1", source="db")
    store.distrust(kept)
    assert store.current().is_trusted is False
    assert store.current().name == kept.name


def test_distrusting_one_that_was_replaced_changes_nothing(store):
    old = store.keep(built(5)[0], watermark="1", source="db")
    new = store.keep(built(6)[0], watermark="2", source="db")
    store.distrust(old)
    assert store.current() == new


def test_one_process_builds_at_a_time(store, tmp_path):
    with store.building() as first, SegmentStore(tmp_path, LOOKS).building() as second:
        assert (first, second) == (True, False)
    with store.building() as again:
        assert again


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"name": 1', json.dumps({"name": "x", "more": 1})])
def test_a_broken_note_of_what_is_in_use_is_refused(store, tmp_path, content):
    (tmp_path / "current.json").write_text(content)
    with pytest.raises(SegmentDamaged):
        store.current()
