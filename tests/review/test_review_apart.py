"""Keeping apart: it survives every later run of intake and stacking, is its organisation's own, and can be taken back."""

import pytest


@pytest.fixture
def pair(world, stacked, desk, copies):
    """A stack of two, its medoid and its near copy."""
    stacked("NO", copies(1, "half"))
    stack = desk.stack(world.officer("NO"), "DCIM/1/half.jpg")
    near = {desk.media(world.officer("NO"), path) for path in ("DCIM/1/half.jpg", "DCIM/1/plain.jpg")} - {
        stack.medoid_id
    }
    return stack, near.pop()


def test_what_was_kept_apart_stays_apart_when_everything_is_delivered_and_stacked_anew(
    world, stacked, desk, copies, pair
):
    from clew.review.apart import keep_apart
    from clew.review.models import Stack, StackedSubmission, StackMember
    from clew.review.tasks import stack_finished

    officer, (stack, near) = world.officer("NO"), pair
    keep_apart(officer, stack.medoid_id, near, "another room")
    apart = {frozenset({"DCIM/1/half.jpg"}), frozenset({"DCIM/1/plain.jpg"})}
    assert desk.stacks(officer) == apart
    stacked("NO", copies(1, "half"), reference="C-2")
    assert desk.stacks(officer) == apart
    # As if there had never been stacks: all of it is built anew, from the same statements.
    for rows in (StackMember, Stack, StackedSubmission):
        rows.objects.using("service").all().delete()
    stack_finished(0)
    assert desk.stacks(officer) == apart
    stacked("NO", {"new.png": copies(1, "png")["DCIM/1/png.png"]}, reference="C-3")
    assert {frozenset({"DCIM/1/half.jpg"}), frozenset({"DCIM/1/plain.jpg"})} & desk.stacks(officer)
    assert len(desk.stacks(officer)) == 2


def test_what_is_taken_out_loses_what_it_was_given_and_gets_it_back(world, desk, pair):
    from clew.review.apart import take_out, undo_move
    from clew.review.stacks import decide_stack

    officer, (stack, near) = world.officer("NO"), pair
    decide_stack(officer, stack.id, "A", whole=True)
    before = desk.state(officer)
    move = take_out(officer, stack.id, near)
    assert desk.said(officer) == {desk.path(officer, stack.medoid_id): ("A", "decided")}
    assert desk.stack(officer, desk.path(officer, near)).decided_by is None
    undo_move(officer, move.id)
    assert desk.state(officer) == before
    undo_move(officer, move.id)
    assert desk.state(officer) == before


def test_the_medoid_stays_and_strangers_to_the_stack_are_not_found(world, stacked, desk, pictures, jpeg, pair):
    from clew.kernel.errors import NotFound
    from clew.review.apart import MedoidStays, take_out

    officer, (stack, _near) = world.officer("NO"), pair
    stacked("NO", {"other.jpg": jpeg(pictures(5))}, reference="C-2")
    with pytest.raises(MedoidStays):
        take_out(officer, stack.id, stack.medoid_id)
    with pytest.raises(NotFound):
        take_out(officer, stack.id, desk.media(officer, "other.jpg"))


def test_another_country_neither_sees_nor_ends_what_is_kept_apart(world, stacked, copies, pair):
    from clew.access.scope import acting_as
    from clew.catalogue.apart import apart_of, end_apart, state_apart
    from clew.catalogue.models import Apart
    from clew.kernel.errors import NotFound

    norway, portugal, (stack, near) = world.officer("NO"), world.officer("PT"), pair
    with pytest.raises(NotFound):
        state_apart(portugal, stack.medoid_id, near, "no")
    stacked("PT", copies(1, "half"))
    own = state_apart(portugal, stack.medoid_id, near, "theirs")
    apart = state_apart(norway, stack.medoid_id, near, "ours")
    assert state_apart(norway, near, stack.medoid_id, "again").id == apart.id
    with acting_as(portugal):
        assert list(apart_of(portugal, near)) == [own]
        assert Apart.objects.count() == 1
    with pytest.raises(NotFound):
        end_apart(portugal, apart.id, "not ours")
    end_apart(norway, apart.id, "a mistake")
    with acting_as(norway):
        assert not apart_of(norway, near).exists()
    assert state_apart(norway, stack.medoid_id, near, "after all").id != apart.id


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_asked_for(world, pair, reason):
    from clew.catalogue.apart import NothingToKeepApart, state_apart
    from clew.kernel.errors import InputRefused

    officer, (stack, near) = world.officer("NO"), pair
    with pytest.raises(InputRefused):
        state_apart(officer, stack.medoid_id, near, reason)
    with pytest.raises(NothingToKeepApart):
        state_apart(officer, near, near, "the same")


def test_the_page_of_a_verdict_says_what_its_organisation_keeps_apart(world, copies):
    from django.urls import reverse

    from clew.access.scope import acting_as
    from clew.catalogue.apart import state_apart
    from clew.catalogue.models import Sighting
    from clew.intake.models import Verdict

    first, second = copies(1), copies(1, "half")
    del second["DCIM/1/plain.jpg"]
    world.submit("NO", first)
    submission = world.submit("NO", second, reference="C-2")
    officer = world.officer("NO")
    with acting_as(officer):
        media = dict(Sighting.objects.values_list("path", "media_id"))
    verdict = Verdict.objects.using("service").get(submission=submission)
    page = reverse("intake:verdict", args=[verdict.file_id])
    assert "Kept apart" not in world.client("NO").get(page).content.decode()
    state_apart(officer, *media.values(), "another lamp")
    told = world.client("NO").get(page).content.decode()
    assert "Kept apart" in told
    assert "another lamp" in told
