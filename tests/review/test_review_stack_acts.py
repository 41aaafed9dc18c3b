"""The desk's undo stack, and what a purge takes of stacks."""


def test_decisions_and_moves_are_undone_and_done_again_in_one_row(world, stacked, desk, copies):
    from clew.review.apart import take_out
    from clew.review.stack_acts import desk_acts, redo_act, undo_act
    from clew.review.stacks import decide_stack

    stacked("NO", copies(1, "half"))
    officer = world.officer("NO")
    stack = desk.stack(officer, "DCIM/1/half.jpg")
    (near,) = {desk.media(officer, f"DCIM/1/{name}.jpg") for name in ("half", "plain")} - {stack.medoid_id}
    states = [desk.state(officer)]
    decide_stack(officer, stack.id, "A", whole=True)
    states.append(desk.state(officer))
    take_out(officer, stack.id, near)
    states.append(desk.state(officer))
    acts = desk_acts(officer, 10)
    assert [(act.kind, act.is_undone, act.stack_id) for act in acts] == [
        ("move", False, stack.id),
        ("decision", False, stack.id),
    ]
    for act in acts:
        states.pop()
        undo_act(officer, act)
        assert desk.state(officer) == states[-1]
    assert [act.is_undone for act in desk_acts(officer, 10)] == [True, True]
    redo_act(officer, acts[1])
    assert desk.said(officer)[desk.path(officer, near)] == ("A", "accepted")
    redo_act(officer, acts[0])
    assert desk.said(officer) == {desk.path(officer, stack.medoid_id): ("A", "decided")}
    assert desk_acts(world.officer("PT"), 10) == []


def _purge(case_id):
    from django.db import transaction

    from clew.catalogue.expiring import plan
    from clew.catalogue.models import Case
    from clew.catalogue.retention_models import PurgeCause
    from clew.intake.purging import carry_out

    with transaction.atomic(using="service"):
        row = Case.objects.using("service").get(id=case_id)
        planned = plan("case", row, cause=PurgeCause.EXPIRY, reason="The court ordered that this be deleted.")
    carry_out(planned.id)


def test_what_a_purge_leaves_is_stacked_anew_around_another(world, stacked, desk, copies):
    from clew.access.scope import acting_as
    from clew.catalogue.models import Case
    from clew.intake.models import ReceivedFile
    from clew.review.apart import keep_apart
    from clew.review.models import Stack, StackMember
    from clew.review.stacks import decide_stack
    from clew.review.tasks import stack_finished

    files = copies(1, "half", "png")
    officer = world.officer("NO")
    stacked("NO", {"first.jpg": files["DCIM/1/plain.jpg"]}, reference="C-1")
    stacked("NO", {"second.jpg": files["DCIM/1/half.jpg"], "third.png": files["DCIM/1/png.png"]}, reference="C-2")
    stack = desk.stack(officer, "first.jpg")
    assert (desk.path(officer, stack.medoid_id), stack.size) == ("first.jpg", 3)
    keep_apart(officer, desk.media(officer, "first.jpg"), desk.media(officer, "third.png"), "another")
    decide_stack(officer, stack.id, "A", whole=True)
    with acting_as(officer):
        case_id = Case.objects.get(reference="C-1").id
    _purge(case_id)
    assert not ReceivedFile.objects.using("service").filter(path="first.jpg").exists()
    assert not StackMember.objects.using("service").filter(stack=stack.id).exists()
    stack_finished(0)
    # The one it was kept apart from stands by itself, and the other is a near copy of that too.
    assert desk.stacks(officer) == {frozenset({"second.jpg", "third.png"})}
    assert desk.path(officer, desk.stack(officer, "second.jpg").medoid_id) == "third.png"
    assert {path: code for path, (code, _) in desk.said(officer).items()} == {"second.jpg": "A"}
    assert not Stack.objects.using("service").exclude(size__gt=0).exists()
