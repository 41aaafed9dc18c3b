"""The live index against a list of rows, through any order of adding, removing, merging, reopening and asking."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from clew.matching.live import LiveIndex
from clew.matching.segment_files import open_segment, write_segment

IDS = st.integers(0, 12)
CENTRES = [np.random.default_rng(seed).integers(0, 256, 32, dtype=np.uint8) for seed in range(3)]
HASHES = st.builds(
    lambda centre, flips: CENTRES[centre] ^ np.packbits(np.isin(np.arange(256), list(flips))),
    st.integers(0, 2),
    st.sets(st.integers(0, 255), max_size=40),
)


def distance_between(left: np.ndarray, right: np.ndarray) -> int:
    return (int.from_bytes(left.tobytes()) ^ int.from_bytes(right.tobytes())).bit_count()


class LiveIndexMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.index = LiveIndex()
        self.model: list[tuple[int, np.ndarray]] = []
        self.folder = tempfile.TemporaryDirectory()

    def teardown(self):
        self.folder.cleanup()

    @rule(rows=st.lists(st.tuples(IDS, HASHES), max_size=6))
    def add(self, rows):
        self.index.add(
            [number for number, _ in rows], np.array([row for _, row in rows], dtype=np.uint8).reshape(-1, 32)
        )
        self.model += rows

    @rule(ids=st.lists(IDS, max_size=4))
    def remove(self, ids):
        self.index.remove(ids)
        self.model = [row for row in self.model if row[0] not in ids]

    @rule(seed=st.sampled_from([None, 1, 2]))
    def merge(self, seed):
        self.index.merge(seed=seed)

    @rule()
    def merge_and_reopen(self):
        path = Path(self.folder.name) / "a.segment"
        write_segment(self.index.merge(), path)
        self.index = LiveIndex(open_segment(path))

    @rule(queries=st.lists(HASHES, min_size=1, max_size=3), distance_max=st.integers(0, 40))
    def ask(self, queries, distance_max):
        hits = self.index.search(np.array(queries), distance_max)
        expected = sorted(
            (at, distance, number)
            for at, query in enumerate(queries)
            for number, row in self.model
            if (distance := distance_between(query, row)) <= distance_max
        )
        assert list(zip(hits.query_index, hits.distance, hits.id, strict=True)) == expected

    @rule()
    def count(self):
        assert len(self.index) == len(self.model)


LiveIndexMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_the_live_index_answers_like_a_list_of_rows = LiveIndexMachine.TestCase
