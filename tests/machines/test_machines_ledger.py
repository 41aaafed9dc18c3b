"""The ledger's tree in the database against a plain list, through any order of writing, committing late, growing, signing, proving and dying in between."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test


class Killed(Exception):
    """What a process meets when it is killed between two statements."""


class LedgerMachine(RuleBasedStateMachine):
    """Entries are written one by one; one transaction may stay open on another connection and be committed, or not, much later."""

    def __init__(self, connections, officer, empty):
        super().__init__()
        self.connections, self.officer, self.empty = connections, officer, empty
        empty()
        self.late = None
        #: Entries committed and not yet leaves, and the leaves, each as (number, hash).
        self.waiting: dict[int, bytes] = {}
        self.leaves: list[tuple[int, bytes]] = []
        self.signed: list[int] = []

    def teardown(self):
        if self.late is not None:
            self.end_late(commits=False)

    def _entries(self):
        from clew.ledger.models import Entry

        rows = Entry.objects.using("service").values_list("sequence", "leaf_hash")
        return {sequence: bytes(hash_) for sequence, hash_ in rows}

    def _note_new(self):
        known = {sequence for sequence, _ in self.leaves}
        self.waiting = {sequence: leaf for sequence, leaf in self._entries().items() if sequence not in known}

    @rule(count=st.sampled_from([1, 2, 3, 60]))
    def write(self, count):
        from django.db import transaction

        from clew.ledger.actions import record

        with transaction.atomic(using="service"):
            for number in range(count):
                record("tests:entry:write", actor=None, using="service", facts={"number": number})
        self._note_new()

    @precondition(lambda self: self.late is None)
    @rule()
    def begin_late(self):
        from clew.access.scope import acting_as
        from clew.ledger.actions import record

        self.late = acting_as(self.officer)
        self.late.__enter__()
        record("tests:entry:late", actor=self.officer, using="default")

    @precondition(lambda self: self.late is not None)
    @rule(commits=st.booleans())
    def end_late(self, commits):
        from django.db import transaction

        if not commits:
            transaction.set_rollback(True, using="default")
        self.late.__exit__(None, None, None)
        self.late = None
        self._note_new()

    @rule(statements=st.one_of(st.none(), st.integers(0, 12)))
    def grow(self, statements):
        from clew.ledger.stored_tree import grow

        if self._killed_after(statements, grow):
            return
        self.leaves += sorted(self.waiting.items())
        self.waiting = {}

    @rule(statements=st.one_of(st.none(), st.integers(0, 12)))
    def sign(self, statements):
        from clew.ledger.signing import newest_checkpoint, sign_if_grown

        if self._killed_after(statements, lambda: sign_if_grown(at_once=True)) or not self.leaves:
            return
        assert newest_checkpoint().size == len(self.leaves)
        if not self.signed or self.signed[-1] != len(self.leaves):
            self.signed.append(len(self.leaves))

    def _killed_after(self, statements, act):
        """Whether the act was cut off after so many statements, before its commit."""

        def count(execute, sql, values, many, context):
            nonlocal statements
            if statements is not None:
                statements -= 1
                if statements < 0:
                    raise Killed
            return execute(sql, values, many, context)

        with self.connections["service"].execute_wrapper(count):
            try:
                act()
            except Killed:
                return True
        return False

    @precondition(lambda self: self.signed)
    @rule(share=st.floats(0, 1, exclude_max=True))
    def prove(self, share):
        from clew.ledger.keyring import signing_keys
        from clew.ledger.signing import check_proof, prove_entry
        from clew.ledger.tree import leaf_hash

        index = int(share * self.signed[-1])
        sequence, leaf = self.leaves[index]
        held = check_proof(prove_entry(sequence), signing_keys().signer.verifier)
        assert (held.index, leaf_hash(held.canonical), held.checkpoint.size) == (index, leaf, self.signed[-1])

    @precondition(lambda self: self.late is None)
    @rule()
    def verify(self):
        from clew.ledger.verifying import verify_stored

        report = verify_stored()
        assert report.is_whole, report.faults
        assert (report.size, report.checkpoints, report.waiting) == (
            len(self.leaves),
            len(self.signed),
            len(self.waiting),
        )

    @invariant()
    def the_tree_is_that_of_the_list(self):
        from clew.ledger.models import Leaf, StoredCheckpoint
        from clew.ledger.proofs import root_at
        from clew.ledger.stored_tree import StoredTree
        from clew.ledger.tree import root_of

        rows = Leaf.objects.using("service").order_by("index").values_list("entry_sequence", "leaf_hash")
        assert [(sequence, bytes(leaf)) for sequence, leaf in rows] == self.leaves
        hashes = [leaf for _, leaf in self.leaves]
        assert root_at(StoredTree().read, len(hashes)) == root_of(hashes)
        for stored in StoredCheckpoint.objects.using("service"):
            assert bytes(stored.root) == root_of(hashes[: stored.size])


def test_the_ledger_is_a_plain_list_whatever_happens(world, database):
    def empty():
        with database["owner"].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for table in ("entry", "leaf", "node", "growth", "checkpoint", "cosignature"):
                cursor.execute(f"DELETE FROM ledger_{table}")
            cursor.execute("SET session_replication_role = DEFAULT")

    run_state_machine_as_test(
        lambda: LedgerMachine(database, world.officer("NO"), empty),
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
