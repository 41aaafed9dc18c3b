"""Results: kept in their order, found at any place, their officer's alone, and nothing in them shows what may no longer be seen."""

import datetime as dt
import uuid

import pytest

from clew.access.models import Denial
from clew.access.scope import acting_as
from clew.catalogue.models import Media
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused, NotPermitted
from clew.kernel.ids import new_id
from clew.kernel.limits import DECISION_MEDIA_MAX, RESULTS_KEPT_MAX
from clew.review import results
from clew.review.grid_facts import tiles_of
from clew.review.models import Result, ResultChunk
from clew.review.results import (
    ResultGone,
    collect_more,
    forget_results,
    ids_at,
    keep_ids,
    keep_result,
    ranges_of,
    result_for,
)
from clew.review.search import Search

ALL = Search()


@pytest.fixture
def small_steps(monkeypatch):
    """The same in tens: chunks of four, the first eight at once, then eight by eight."""
    for name, value in {"RESULT_CHUNK_IDS": 4, "RESULT_FIRST_IDS": 8, "RESULT_STEP_IDS": 8}.items():
        monkeypatch.setattr(results, name, value)


@pytest.fixture
def seized(world, pictures, jpeg):
    """Twenty-one pictures of Norway, newest first."""
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n, 64, 48)) for n in range(21)}, sharing="members")
    return list(Media.objects.using("service").order_by("-id").values_list("id", flat=True))


def test_the_first_are_there_at_once_the_rest_follows_and_each_is_found_at_its_place(world, seized, small_steps):
    officer = world.officer("NO")
    with acting_as(officer):
        begun = keep_result(officer, ALL)
        assert (begun.count, begun.is_whole) == (8, False)
        whole = collect_more(officer, begun.id)
        assert (whole.count, whole.is_whole) == (21, True)
        assert ids_at(whole, 0, 100) == seized
        for place in range(21):
            assert ids_at(whole, place, 1) == seized[place : place + 1]
            assert ids_at(whole, place, 6) == seized[place : place + 6]
        assert ids_at(whole, 21, 5) == ids_at(whole, -1, 5) == ids_at(whole, 3, 0) == []
        assert {len(chunk.media_ids) // 16 for chunk in ResultChunk.objects.filter(number__lt=5)} == {4}
        assert collect_more(officer, begun.id).count == 21


def test_a_result_as_long_as_its_steps_is_whole_without_anything_more(world, seized, small_steps, monkeypatch):
    officer = world.officer("NO")
    monkeypatch.setattr(results, "RESULT_STEP_IDS", 13 - 13 % 4 + 4)
    with acting_as(officer):
        # Eight and sixteen are more than there are; a search that ends exactly at a step finds out with the next.
        assert collect_more(officer, keep_result(officer, ALL).id).is_whole
        found = keep_result(officer, Search(kind="image"))
        assert not found.is_whole
        assert collect_more(officer, found.id).count == 21


def test_what_comes_and_goes_moves_no_place(world, seized, small_steps, pictures, jpeg):
    officer = world.officer("NO")
    with acting_as(officer):
        kept = collect_more(officer, keep_result(officer, ALL).id)
    world.submit("NO", {"new.jpg": jpeg(pictures(50, 64, 48))}, sharing="members")
    with acting_as(officer):
        assert ids_at(result_for(officer, kept.id), 0, 100) == seized
        assert keep_result(officer, ALL).count == 8
        assert ids_at(keep_result(officer, ALL), 1, 7) == seized[:7]


def test_a_result_is_its_officers_alone_and_over_after_its_hours(world, seized):
    officer = world.officer("NO")
    colleague = world.found("NA")
    with acting_as(officer):
        kept = keep_result(officer, ALL)
        assert result_for(officer, kept.id).count == 21
    for other in (colleague, world.officer("PT")):
        with acting_as(other), pytest.raises(ResultGone):
            result_for(other, kept.id)
    with acting_as(officer), pytest.raises(ResultGone):
        result_for(officer, uuid.uuid4())
    Result.objects.using("service").update(expires_at=now() - dt.timedelta(seconds=1))
    with acting_as(officer), pytest.raises(ResultGone):
        result_for(officer, kept.id)
    assert forget_results() == 1
    assert not Result.objects.using("service").exists()
    assert not ResultChunk.objects.using("service").exists()


def test_another_officer_of_the_same_organisation_does_not_get_it_either(world, seized):
    from clew.access.actions import enlist_officer

    officer = world.officer("NO")
    beside = enlist_officer(
        world.units["NO"],
        username="no.second",
        name="Second",
        roles=("specialist",),
        password="a long password for tests",
        certified_until=dt.date(2999, 1, 1),
    )
    with acting_as(officer):
        kept = keep_result(officer, ALL)
    with acting_as(beside), pytest.raises(ResultGone):
        result_for(beside, kept.id)


def test_only_so_many_are_kept_the_newest(world, seized):
    officer = world.officer("NO")
    with acting_as(officer):
        first = keep_result(officer, ALL)
    for _ in range(RESULTS_KEPT_MAX):
        with acting_as(officer):
            keep_result(officer, ALL)
    assert Result.objects.using("service").count() == RESULTS_KEPT_MAX
    with acting_as(officer), pytest.raises(ResultGone):
        result_for(officer, first.id)


def test_an_order_of_its_own_is_kept_whole(world, seized, small_steps):
    officer = world.officer("NO")
    with acting_as(officer):
        kept = keep_ids(officer, ALL, seized[::-1])
        assert kept.is_whole
        assert ids_at(kept, 0, 100) == seized[::-1]
        assert keep_ids(officer, ALL, []).count == 0


def test_what_may_be_seen_is_decided_when_it_is_asked_for(world, seized):
    norway, portugal = world.officer("NO"), world.officer("PT")
    with acting_as(portugal):
        kept = keep_result(portugal, ALL)
        ids = ids_at(kept, 0, 100)
        assert ids == seized
        assert all(tiles_of(portugal, ids))
    Denial(
        id=new_id(),
        owner_organisation=world.organisations["NO"],
        denied=world.organisations["PT"],
        reason="x",
        denied_by=norway,
    ).save(using="service")
    with acting_as(portugal):
        absent = uuid.uuid4()
        assert tiles_of(portugal, [*ids_at(kept, 0, 3), absent]) == [None] * 4
    with acting_as(norway):
        assert all(tiles_of(norway, seized))


def test_a_provider_keeps_no_result(world):
    engineer = world.officer("HL")
    with acting_as(engineer), pytest.raises(NotPermitted):
        keep_result(engineer, ALL)


def test_places_are_read_as_a_page_names_them():
    assert ranges_of("0-4,9-9") == [(0, 5), (9, 1)]
    for told in ("", "4", "-1-2", "a-b", "5-4", "1-2,", f"0-{DECISION_MEDIA_MAX}", "1-99999999999", "\u0663-\u0664"):
        with pytest.raises(InputRefused):
            ranges_of(told)
