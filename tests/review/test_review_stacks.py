"""Stacks: near copies around one that is looked at, built once, joined by what comes later, and decided with one look."""

import uuid

import pytest

CHANGES = ("half", "mirrored", "turned90", "bordered", "quarter")


def test_copies_stand_around_one_and_strangers_by_themselves(world, stacked, desk, copies):
    files = {**copies(1, *CHANGES), **copies(2, "cropped")}
    stacked("NO", files)
    officer = world.officer("NO")
    around = {path for path in files if path.startswith("DCIM/1/")}
    assert desk.stacks(officer) == {
        frozenset(around),
        frozenset({"DCIM/2/plain.jpg"}),
        frozenset({"DCIM/2/cropped.jpg"}),
    }


def test_two_mirrors_of_one_delivery_find_each_other_without_the_picture_between_them(world, stacked, desk, copies):
    files = copies(1, "mirrored", "turned90", "turned270")
    del files["DCIM/1/plain.jpg"]
    stacked("NO", files)
    assert desk.stacks(world.officer("NO")) == {frozenset(files)}


def test_stacking_again_and_what_was_there_before_changes_nothing(world, stacked, desk, copies):
    from clew.review.models import StackedSubmission
    from clew.review.stacking import stack_submission
    from clew.review.tasks import stack_finished

    submission = world.submit("NO", copies(1, "half"))
    officer = world.officer("NO")
    assert desk.stacks(officer) == set()
    stack_finished(0)
    made = desk.state(officer)
    assert len(made[1]) == 2
    assert stack_submission(submission.id) == 0
    StackedSubmission.objects.using("service").all().delete()
    stack_finished(0)
    assert desk.state(officer) == made


def test_a_job_killed_on_the_way_leaves_nothing_and_is_done_again(world, desk, copies, monkeypatch):
    from clew.review import stacking
    from clew.review.tasks import stack_finished

    world.submit("NO", copies(1, "half"))
    rate = stacking.rate_stacks

    def killed(_ids):
        raise KeyboardInterrupt

    monkeypatch.setattr(stacking, "rate_stacks", killed)
    with pytest.raises(KeyboardInterrupt):
        stack_finished(0)
    assert desk.stacks(world.officer("NO")) == set()
    monkeypatch.setattr(stacking, "rate_stacks", rate)
    stack_finished(0)
    assert len(desk.stacks(world.officer("NO"))) == 1


def test_each_organisation_has_stacks_of_its_own_and_sees_no_others(world, stacked, desk, copies):
    from clew.access.scope import acting_as
    from clew.kernel.errors import NotFound
    from clew.review.models import Stack
    from clew.review.stacks import stack_for

    stacked("NO", copies(1, "half"), sharing="members")
    stacked("PT", copies(1), sharing="members")
    norway, portugal = world.officer("NO"), world.officer("PT")
    assert desk.stacks(portugal) == {frozenset({"DCIM/1/plain.jpg"})}
    foreign = desk.stack(norway, "DCIM/1/plain.jpg")
    with acting_as(portugal):
        assert Stack.objects.count() == 1
        for absent in (foreign.id, uuid.uuid4()):
            with pytest.raises(NotFound):
                stack_for(portugal, absent)


def test_hashes_alone_and_texts_do_not_enter_the_queue(world, stacked, desk):
    stacked("NO", {"notes.txt": b"nothing to look at"})
    assert desk.stacks(world.officer("NO")) == set()


def test_the_same_bytes_again_need_nothing_and_a_new_near_copy_joins(world, stacked, desk, copies):
    from clew.review.stacks import decide_stack

    officer = world.officer("NO")
    first = copies(1, "half")
    stacked("NO", first)
    stack = desk.stack(officer, "DCIM/1/plain.jpg")
    decide_stack(officer, stack.id, "A", whole=True)
    stacked("NO", {"again.jpg": first["DCIM/1/plain.jpg"]}, reference="C-2")
    assert desk.proposed(officer, stack) == {}
    again = desk.stack(officer, "DCIM/1/plain.jpg")
    assert (again.id, again.size, again.files) == (stack.id, 2, 3)
    stacked("NO", {"new.png": copies(1, "png")["DCIM/1/png.png"]}, reference="C-3")
    assert desk.proposed(officer, stack) == {"new.png": "A"}
    assert desk.stack(officer, "new.png").medoid_id == stack.medoid_id


def test_one_look_decides_the_medoid_and_proposes_the_rest_or_the_whole_at_once(world, stacked, desk, copies):
    from clew.review.deciding import redo, undo
    from clew.review.proposals import NothingProposed, accept
    from clew.review.stacks import decide_stack

    stacked("NO", copies(1, "half", "mirrored"))
    officer = world.officer("NO")
    stack = desk.stack(officer, "DCIM/1/plain.jpg")
    medoid = desk.path(officer, stack.medoid_id)
    others = {"DCIM/1/plain.jpg", "DCIM/1/half.jpg", "DCIM/1/mirrored.jpg"} - {medoid}
    before = desk.state(officer)
    decision = decide_stack(officer, stack.id, "B", whole=False)
    assert desk.said(officer) == {medoid: ("B", "decided")}
    assert desk.proposed(officer, stack) == dict.fromkeys(others, "B")
    one = min(others)
    taken = accept(officer, stack.id, [desk.media(officer, one)])
    assert desk.said(officer)[one] == ("B", "accepted")
    with pytest.raises(NothingProposed):
        accept(officer, stack.id, [desk.media(officer, one)])
    accept(officer, stack.id)
    assert desk.proposed(officer, stack) == {}
    undo(officer, taken.id)
    assert desk.proposed(officer, stack) == {one: "B"}
    for act in list(reversed(_decisions(officer))):
        undo(officer, act)
    assert desk.state(officer) == before
    redo(officer, decision.id)
    assert desk.proposed(officer, stack) == dict.fromkeys(others, "B")
    undo(officer, decision.id)
    whole = decide_stack(officer, stack.id, "A", whole=True)
    assert desk.said(officer) == {medoid: ("A", "decided"), **dict.fromkeys(others, ("A", "accepted"))}
    undo(officer, whole.id)
    assert desk.state(officer) == before


def _decisions(officer):
    from clew.access.scope import acting_as
    from clew.review.statements import own_decisions

    with acting_as(officer):
        return list(own_decisions(officer).values_list("id", flat=True))


def test_what_was_decided_elsewhere_than_at_the_desk_counts_too(world, stacked, desk, copies):
    from clew.review.deciding import decide
    from clew.review.stacks import next_stack

    stacked("NO", copies(1, "half"))
    officer = world.officer("NO")
    stack = desk.stack(officer, "DCIM/1/half.jpg")
    decide(officer, [stack.medoid_id], code="C")
    assert next_stack(officer) is None
    assert set(desk.proposed(officer, stack).values()) == {"C"}


def test_a_colleagues_look_at_a_near_copy_is_not_overwritten(world, stacked, desk, copies):
    from clew.review.deciding import decide
    from clew.review.stacks import decide_stack

    stacked("NO", copies(1, "half"))
    officer = world.officer("NO")
    stack = desk.stack(officer, "DCIM/1/half.jpg")
    near = next(iter({"DCIM/1/half.jpg", "DCIM/1/plain.jpg"} - {desk.path(officer, stack.medoid_id)}))
    decide(officer, [desk.media(officer, near)], code="C")
    decide_stack(officer, stack.id, "A", whole=True)
    assert desk.said(officer)[near] == ("C", "decided")
