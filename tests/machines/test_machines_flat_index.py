"""The flat index against a list of rows, through any order of adding, removing and asking."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from clew.matching import flat
from clew.matching.flat import FlatIndex
from clew.matching.recall import verify_recall

# Few ids and few centres, so that duplicates, removals and near misses happen all the time.
IDS = st.integers(0, 12)
CENTRES = [np.random.default_rng(seed).integers(0, 256, 32, dtype=np.uint8) for seed in range(3)]
HASHES = st.builds(
    lambda centre, flips: CENTRES[centre] ^ np.packbits(np.isin(np.arange(256), list(flips))),
    st.integers(0, 2),
    st.sets(st.integers(0, 255), max_size=40),
)


def distance_between(left: np.ndarray, right: np.ndarray) -> int:
    return (int.from_bytes(left.tobytes()) ^ int.from_bytes(right.tobytes())).bit_count()


class FlatIndexMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.index = FlatIndex()
        self.model: list[tuple[int, np.ndarray]] = []

    @rule(rows=st.lists(st.tuples(IDS, HASHES), max_size=6))
    def add(self, rows):
        bits = np.array([row for _, row in rows], dtype=np.uint8).reshape(-1, 32)
        self.index.add([number for number, _ in rows], bits)
        self.model += rows

    @rule(ids=st.lists(IDS, max_size=4))
    def remove(self, ids):
        kept = [row for row in self.model if row[0] not in ids]
        assert self.index.remove(ids) == len(self.model) - len(kept)
        self.model = kept

    @rule(count=st.integers(flat._ROWS_MIN - 20, flat._ROWS_MIN + 20))
    def grow_and_shrink(self, count):
        far = ~CENTRES[0]
        self.index.add(np.full(count, 99), np.repeat(far.reshape(1, 32), count, axis=0))
        assert len(self.index.search(far, 0)) == count + sum(np.array_equal(far, row) for _, row in self.model)
        assert self.index.remove([99]) == count

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

    @rule(names=st.dictionaries(st.sampled_from("abcdefgh"), HASHES, min_size=1))
    def ask_in_all_orientations(self, names):
        best: dict[int, tuple[int, int]] = {}
        for rank, query in enumerate(names.values()):
            for number, row in self.model:
                found = (distance_between(query, row), rank)
                if found[0] <= 31:
                    best[number] = min(best.get(number, found), found)
        order = list(names)
        expected = sorted((distance, number, order[rank]) for number, (distance, rank) in best.items())
        hits = self.index.search_oriented(names)
        assert [(hit.distance, hit.id, hit.orientation) for hit in hits] == expected

    @invariant()
    def holds_as_many_rows_as_the_model(self):
        assert len(self.index) == len(self.model)

    @invariant()
    def never_loses_a_row_it_holds(self):
        for number, row in self.model[-1:]:
            verify_recall(self.index, [number], row, seed=0)


FlatIndexMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_the_flat_index_answers_like_a_list_of_rows = FlatIndexMachine.TestCase
