"""Leases: one stack for one pair of eyes, given back when it is left, and in an order that says why."""

import datetime as dt
import threading

import pytest


@pytest.fixture
def seized(stacked, pictures, jpeg):
    """Six rooms of Norway's, six stacks."""
    return stacked("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(6)})


@pytest.fixture
def colleague(world):
    """A second specialist of Norway's unit."""
    from clew.access.actions import enlist_officer
    from clew.kernel.clock import now
    from tests.conftest import PASSWORD

    return enlist_officer(
        world.units["NO"],
        username="no.second",
        name="Second",
        roles=("specialist",),
        password=PASSWORD,
        certified_until=now().date() + dt.timedelta(days=30),
    )


def test_the_same_officer_gets_the_stack_back_and_nobody_else_meanwhile(world, seized, colleague):
    from clew.review.leases import StackLeased
    from clew.review.stacks import decide_stack, next_stack, release, skip

    officer = world.officer("NO")
    first = next_stack(officer)
    assert next_stack(officer).id == first.id
    other = next_stack(colleague)
    assert other.id != first.id
    for act in (lambda: decide_stack(colleague, first.id, "A", whole=True), lambda: skip(colleague, first.id)):
        with pytest.raises(StackLeased):
            act()
    decide_stack(officer, first.id, "A", whole=True)
    second = next_stack(officer)
    assert second.id not in {first.id, other.id}
    release(officer, second.id)
    assert next_stack(officer).id == second.id


def test_a_lease_that_was_left_ends_by_itself(world, seized, colleague):
    from clew.kernel.clock import now
    from clew.review.models import Stack
    from clew.review.stacks import next_stack

    first = next_stack(world.officer("NO"))
    assert next_stack(colleague).id != first.id
    Stack.objects.using("service").exclude(leased_by=colleague).filter(id=first.id).update(
        leased_until=now() - dt.timedelta(seconds=1)
    )
    Stack.objects.using("service").filter(leased_by=colleague).update(leased_by=None, leased_until=None)
    assert next_stack(colleague).id == first.id
    assert next_stack(world.officer("NO")).id != first.id


def test_what_was_put_off_comes_last_to_its_officer_and_at_once_to_others(world, seized, colleague):
    from clew.review.stacks import decide_stack, next_stack, skip

    officer = world.officer("NO")
    first = next_stack(officer)
    skip(officer, first.id)
    assert next_stack(colleague).id == first.id
    served = []
    for _ in range(5):
        served.append(next_stack(officer).id)
        decide_stack(officer, served[-1], "A", whole=True)
    assert first.id not in served
    assert len(set(served)) == 5
    assert next_stack(officer) is None
    skip(colleague, first.id)
    assert next_stack(officer).id == first.id


def test_undoing_brings_the_stack_back_into_the_same_hands(world, seized, desk):
    from clew.review.deciding import undo
    from clew.review.stacks import decide_stack, next_stack

    officer = world.officer("NO")
    first = next_stack(officer)
    before = desk.state(officer)
    decision = decide_stack(officer, first.id, "A", whole=True)
    next_stack(officer)
    undo(officer, decision.id)
    assert next_stack(officer).id == first.id
    held = {stack[0]: stack[4] for stack in desk.state(officer)[0]}
    assert held[str(first.id)] == {stack[0]: stack[4] for stack in before[0]}[str(first.id)] == officer.id


def test_officers_who_ask_at_the_same_moment_never_get_the_same_stack(world, stacked, pictures, jpeg, colleague):
    from django.db import connections

    from clew.review.stacks import decide_stack, next_stack

    stacked("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(24)})
    served, gate = {}, threading.Barrier(2)

    def work(officer):
        served[officer.pk] = []
        try:
            gate.wait()
            while (stack := next_stack(officer)) is not None:
                served[officer.pk].append(stack.id)
                decide_stack(officer, stack.id, "B", whole=True)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(officer,)) for officer in (world.officer("NO"), colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = served.values()
    assert first
    assert second
    assert len(first) + len(second) == len({*first, *second}) == 24


def test_only_stacks_whose_pictures_the_officer_may_see_are_served(world, stacked, pictures, jpeg):
    from clew.access.models import Officer
    from clew.kernel.errors import NotPermitted
    from clew.review.stacks import next_stack

    stacked("NO", {"a.jpg": jpeg(pictures(1))}, confidentiality="confidential")
    officer = world.officer("NO")
    Officer.objects.using("service").filter(id=officer.id).update(clearance="restricted")
    officer.refresh_from_db(using="service")
    assert next_stack(officer) is None
    Officer.objects.using("service").filter(id=officer.id).update(clearance="confidential")
    officer.refresh_from_db(using="service")
    assert next_stack(officer) is not None
    assert next_stack(world.officer("PT")) is None
    with pytest.raises(NotPermitted):
        next_stack(world.officer("HL"))


def test_the_worthiest_stack_comes_first_and_says_why(world, stacked, pictures, jpeg):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Sighting
    from clew.review.rating import rate_stacks
    from clew.review.stacks import decide_stack, next_stack, open_stacks, reasons_of

    stacked("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(3)})
    officer = world.officer("NO")
    with acting_as(officer):
        media = dict(Sighting.objects.values_list("path", "media_id"))
        identified = create_series(officer, "Alder", world.grounds(), victim_identified=True)
        unknown = create_series(officer, "Ash", world.grounds())
        state_membership(officer, identified, [media["0.jpg"]], basis="seen")
        state_membership(officer, unknown, [media["1.jpg"]], basis="seen")
        ids = list(open_stacks(officer).values_list("id", flat=True))
    rate_stacks(ids)
    served = []
    while (stack := next_stack(officer)) is not None:
        served.append((stack.medoid_id, reasons_of(stack)))
        decide_stack(officer, stack.id, "A", whole=True)
    assert [media_id for media_id, _ in served] == [media["1.jpg"], media["2.jpg"], media["0.jpg"]]
    assert "It is in a series whose victim is not identified." in served[0][1]
    assert "No victim in it is identified, as far as you may know." in served[1][1]
    assert not any("victim" in words for words in served[2][1])


def test_a_series_that_its_organisation_may_not_know_changes_nothing(world, stacked, pictures, jpeg):
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Sighting
    from clew.review.stacks import next_stack

    picture = jpeg(pictures(1))
    stacked("NO", {"a.jpg": picture}, sharing="members")
    norway, portugal = world.officer("NO"), world.officer("PT")
    stacked("PT", {"a.jpg": picture})
    before = next_stack(norway).reasons
    with acting_as(portugal):
        held = Sighting.objects.filter(owner_organisation=portugal.organisation_id).first()
        series = create_series(portugal, "Elm", world.grounds(), victim_identified=True)
        state_membership(portugal, series, [held.media_id], basis="seen")
    from clew.review.rating import rate_stacks

    rate_stacks([next_stack(norway).id])
    assert [told["key"] for told in next_stack(norway).reasons] == [told["key"] for told in before]
