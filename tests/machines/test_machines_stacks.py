"""Stacks against a small model: two officers decide, take out, keep apart, undo and redo in any order, while new copies come in.

Copies of one picture lie up to 24 bits apart, a little more than the radius, so that some stand around another medoid.

The model is plain sets and lists: who stands around whom, who said what when, and what is kept apart. It knows nothing of how the product works
out what stands.
"""

from __future__ import annotations

import hashlib
import itertools
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from clew.kernel.limits import STACK_DISTANCE_MAX

OFFICERS = st.sampled_from(["first", "second"])
CODES = st.sampled_from(["A", "B", "C"])
AT = st.integers(0, 10_000)
CENTRES = [np.random.default_rng(seed).integers(0, 256, 32, dtype=np.uint8) for seed in range(2)]


@dataclass
class Said:
    """A statement: by whom, of what, in which act."""

    officer: str
    media: object
    code: str
    basis: str
    act: Act
    is_withdrawn: bool = False


@dataclass
class Act:
    """One act of an officer; of a move what it changed."""

    kind: str
    officer: str
    id: object = None
    is_undone: bool = False
    media: object = None
    apart: frozenset = frozenset()
    left: object = None
    withdrawn: list = field(default_factory=list)


class StackMachine(RuleBasedStateMachine):
    def __init__(self, bring, empty, officers):
        super().__init__()
        empty()
        self.bring, self.officers = bring, officers
        self.bits: dict = {}
        #: Medoid -> who stands around it, itself included.
        self.stacks: dict = {}
        self.said: list[Said] = []
        self.acts: list[Act] = []
        self.apart: set = set()
        self.leases: dict = {}

    # What the model knows.

    def stands(self, media):
        """The newest of each officer that was neither undone nor withdrawn, oldest first."""
        alive = [s for s in self.said if s.media == media and not s.act.is_undone and not s.is_withdrawn]
        newest = {s.officer: s for s in alive}
        return [s for s in alive if newest[s.officer] is s]

    def proposed(self):
        return {
            (media, self.stands(medoid)[-1].code)
            for medoid, theirs in self.stacks.items()
            if self.stands(medoid)
            for media in theirs - {medoid}
            if not self.stands(media)
        }

    def stack_of(self, media):
        return next(medoid for medoid, theirs in self.stacks.items() if media in theirs)

    def pick(self, options, at):
        ordered = sorted(options)
        return ordered[at % len(ordered)] if ordered else None

    def is_anothers(self, officer, medoid):
        return self.leases.get(medoid, officer) != officer

    # What happens.

    @rule(centre=st.integers(0, 1), flips=st.sets(st.integers(0, 255), max_size=12))
    def a_copy_comes(self, centre, flips):
        bits = CENTRES[centre] ^ np.packbits(np.isin(np.arange(256), list(flips)))
        media = self.bring(bits)
        self.bits[media] = bits
        near = sorted(
            (distance, medoid)
            for medoid in self.stacks
            if (distance := int(np.bitwise_count(self.bits[medoid] ^ bits).sum())) <= STACK_DISTANCE_MAX
        )
        self.stacks.setdefault(near[0][1] if near else media, set()).add(media)

    @rule(officer=OFFICERS)
    def the_next_is_served(self, officer):
        from clew.review.stacks import next_stack

        stack = next_stack(self.officers[officer])
        open_ = {medoid for medoid in self.stacks if not self.stands(medoid)}
        in_hand = {medoid for medoid in open_ if self.leases.get(medoid) == officer}
        free = {medoid for medoid in open_ if medoid not in self.leases}
        if stack is None:
            assert not in_hand | free
            return
        assert stack.medoid_id in (in_hand or free)
        self.leases[stack.medoid_id] = officer

    @precondition(lambda self: self.stacks)
    @rule(officer=OFFICERS, at=AT, code=CODES, whole=st.booleans())
    def a_stack_is_decided(self, officer, at, code, whole):
        from clew.review.leases import StackLeased
        from clew.review.stacks import decide_stack

        medoid = self.pick(self.stacks, at)
        stack_id = self.stack_id(medoid)
        if self.is_anothers(officer, medoid):
            with pytest.raises(StackLeased):
                decide_stack(self.officers[officer], stack_id, code, whole=whole)
            return
        act = self.done("decision", officer)
        act.id = decide_stack(self.officers[officer], stack_id, code, whole=whole).id
        self.said.append(Said(officer, medoid, code, "decided", act))
        if whole:
            for media in self.stacks[medoid] - {medoid}:
                if not any(s.basis == "decided" for s in self.stands(media)):
                    self.said.append(Said(officer, media, code, "accepted", act))

    @precondition(lambda self: self.proposed())
    @rule(officer=OFFICERS, at=AT)
    def a_proposal_is_accepted(self, officer, at):
        from clew.review.leases import StackLeased
        from clew.review.proposals import accept

        media, code = self.pick(self.proposed(), at)
        medoid = self.stack_of(media)
        if self.is_anothers(officer, medoid):
            with pytest.raises(StackLeased):
                accept(self.officers[officer], self.stack_id(medoid), [media])
            return
        act = self.done("decision", officer)
        act.id = accept(self.officers[officer], self.stack_id(medoid), [media]).id
        self.said.append(Said(officer, media, code, "accepted", act))

    @precondition(lambda self: any(len(theirs) > 1 for theirs in self.stacks.values()))
    @rule(officer=OFFICERS, at=AT)
    def one_is_taken_out(self, officer, at):
        from clew.review.apart import take_out
        from clew.review.leases import StackLeased

        media = self.pick({m for medoid, theirs in self.stacks.items() for m in theirs - {medoid}}, at)
        medoid = self.stack_of(media)
        if self.is_anothers(officer, medoid):
            with pytest.raises(StackLeased):
                take_out(self.officers[officer], self.stack_id(medoid), media)
            return
        act = self.done("move", officer)
        act.id = take_out(self.officers[officer], self.stack_id(medoid), media).id
        act.apart = frozenset({medoid, media})
        self.leaves(act, media)

    @precondition(lambda self: len(self.bits) > 1)
    @rule(officer=OFFICERS, at=AT, other=AT)
    def two_are_kept_apart(self, officer, at, other):
        from clew.review.apart import keep_apart
        from clew.review.leases import StackLeased

        one, two = self.pick(self.bits, at), self.pick(self.bits, other)
        if one == two or frozenset({one, two}) in self.apart:
            return
        medoid = self.stack_of(one)
        is_together = two in self.stacks[medoid]
        if is_together and self.is_anothers(officer, medoid):
            with pytest.raises(StackLeased):
                keep_apart(self.officers[officer], one, two, "not the same")
            return
        act = self.done("move", officer)
        act.apart = frozenset({one, two})
        move = keep_apart(self.officers[officer], one, two, "not the same")
        act.id = move.id
        if is_together:
            assert move.media_id in {one, two} - {medoid}
            self.leaves(act, move.media_id)
        else:
            self.apart.add(act.apart)

    def leaves(self, act, media):
        """A content leaves its stack, and what was accepted of it with it."""
        act.left, act.media = self.stack_of(media), media
        self.apart.add(act.apart)
        self.stacks[act.left].discard(media)
        self.stacks[media] = {media}
        act.withdrawn = [s for s in self.said if s.media == media and s.basis == "accepted" and not s.is_withdrawn]
        for said in act.withdrawn:
            said.is_withdrawn = True

    @precondition(lambda self: any(not act.is_undone for act in self.acts))
    @rule(officer=OFFICERS, at=AT, newest=st.booleans())
    def one_is_undone(self, officer, at, newest):
        from clew.review.apart import undo_move
        from clew.review.deciding import undo
        from clew.review.leases import StackLeased

        own = [act for act in self.acts if act.officer == officer and not act.is_undone]
        if not own:
            return
        act = own[-1] if newest else own[at % len(own)]
        if act.kind == "decision":
            undo(self.officers[officer], act.id)
            act.is_undone = True
            return
        if self.goes_back(act) and self.is_anothers(officer, act.left):
            with pytest.raises(StackLeased):
                undo_move(self.officers[officer], act.id)
            return
        undo_move(self.officers[officer], act.id)
        if self.goes_back(act) and not any(
            act.media in pair and pair & self.stacks[act.left] for pair in self.apart - {act.apart}
        ):
            for media in self.stacks.pop(act.media) - {act.media}:
                self.stacks[media] = {media}
            self.stacks[act.left].add(act.media)
            for said in act.withdrawn:
                said.is_withdrawn = False
        self.apart.discard(act.apart)
        act.is_undone = True

    def goes_back(self, act):
        """Whether there is a stack to go back to, and the content is where it went."""
        return act.left in self.stacks and act.media in self.stacks

    @precondition(lambda self: any(act.is_undone and act.kind == "decision" for act in self.acts))
    @rule(at=AT)
    def one_is_done_again(self, at):
        from clew.review.deciding import redo

        undone = [act for act in self.acts if act.is_undone and act.kind == "decision"]
        act = undone[at % len(undone)]
        redo(self.officers[act.officer], act.id)
        act.is_undone = False

    def done(self, kind, officer):
        self.acts.append(Act(kind, officer))
        return self.acts[-1]

    def stack_id(self, medoid):
        from clew.review.models import Stack

        return Stack.objects.using("service").get(medoid=medoid).id

    # What must be so.

    @invariant()
    def everybody_stands_where_the_model_says(self):
        from clew.review.models import Stack, StackMember

        found: dict = {}
        for media, medoid in StackMember.objects.using("service").values_list("media_id", "stack__medoid_id"):
            found.setdefault(medoid, set()).add(media)
        assert found == self.stacks
        sizes = dict(Stack.objects.using("service").filter(size__gt=0).values_list("medoid_id", "size"))
        assert sizes == {medoid: len(theirs) for medoid, theirs in self.stacks.items()}

    @invariant()
    def nobody_stands_with_whom_they_are_kept_apart(self):
        for theirs in self.stacks.values():
            assert not any(frozenset(pair) in self.apart for pair in itertools.combinations(theirs, 2))

    @invariant()
    def what_stands_and_what_is_proposed_is_what_the_model_says(self):
        from clew.access.scope import acting_as
        from clew.review.models import Stack, Statement
        from clew.review.proposals import proposals_of, stacks_with_proposals

        stated = Statement.objects.using("service").filter(is_standing=True)
        assert sorted(stated.values_list("media_id", "officer__username", "code", "basis")) == sorted(
            (s.media, self.officers[s.officer].username, s.code, s.basis)
            for media in self.bits
            for s in self.stands(media)
        )
        decided = Stack.objects.using("service").filter(decided_by__isnull=False, size__gt=0)
        assert set(decided.values_list("medoid_id", flat=True)) == {m for m in self.stacks if self.stands(m)}
        with acting_as(self.officers["first"]):
            told = {
                (proposal.member.media_id, proposal.stated.code)
                for stack in stacks_with_proposals(self.officers["first"])
                for proposal in proposals_of(self.officers["first"], stack)
            }
        assert told == self.proposed()


@pytest.fixture
def bring(world):
    """A picture with this hash, as a finished submission of Norway's brings it; its id."""
    from django.db import transaction

    from clew.catalogue.actions import Content, catalogue_contents, note_sightings
    from clew.catalogue.models import Submission, SubmissionState
    from clew.intake.actions import open_submission
    from clew.review.tasks import stack_finished

    officer, numbers = world.officer("NO"), itertools.count()

    def make(bits):
        number = next(numbers)
        submission = open_submission(
            officer, case_reference=f"C-{number}", legal_basis="Act 1", grounds=world.grounds(), door="test"
        )
        content = Content(
            kind="image",
            mime="image/jpeg",
            thumbnail_address="kept",
            digests={"sha256": hashlib.sha256(str(number).encode()).digest()},
            pdq_bits=bits.tobytes(),
            pdq_quality=100,
            pdq_algorithm="test",
        )
        with transaction.atomic(using="service"):
            (media_id,) = catalogue_contents([content], submission_id=submission.id)
            note_sightings(submission, [(media_id, f"{number}.jpg", None)])
        Submission.objects.using("service").filter(id=submission.id).update(state=SubmissionState.FINISHED)
        stack_finished(0)
        return media_id

    return make


#: What one run leaves; the countries stay.
_OF_A_RUN = (
    "review_stackskip review_stackmove review_stackmember review_stack review_stackedsubmission review_statement review_decision catalogue_apart"
    " catalogue_sighting catalogue_signature catalogue_digests catalogue_media catalogue_submission catalogue_case ledger_announcement"
)


def test_stacks_stand_as_the_model_says_in_any_order(world, database, bring):
    import datetime as dt

    from clew.access.actions import enlist_officer
    from clew.kernel.clock import now

    second = enlist_officer(
        world.units["NO"],
        username="no.second",
        name="Second",
        roles=("specialist",),
        password="a long password for tests",
        certified_until=now().date() + dt.timedelta(days=30),
    )
    officers = {"first": world.officer("NO"), "second": second}

    def empty():
        with database["owner"].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for table in _OF_A_RUN.split():
                with suppress(KeyError):
                    cursor.execute(f"DELETE FROM {table}")
            cursor.execute("SET session_replication_role = DEFAULT")

    run_state_machine_as_test(
        lambda: StackMachine(bring, empty, officers),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
