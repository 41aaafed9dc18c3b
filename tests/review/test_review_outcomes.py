"""Outcomes: who worked on a series learns what it came to; who may not see it any more learns no more than that; who never could, nothing."""

import pytest


@pytest.fixture
def held(world, pictures, jpeg):
    """Norway's series with a picture in it, both for all members; Portugal has brought the picture, too."""
    from clew.access.scope import acting_as
    from clew.catalogue.actions import create_series, state_membership
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    world.submit("PT", {"b.jpg": jpeg(pictures(1))})
    officer = world.officer("NO")
    with acting_as(officer):
        media = Media.objects.get()
        series = create_series(officer, "Blue sofa", world.grounds(sharing="members"))
        state_membership(officer, series, [media.id], basis="seen")
    return series, media


def _look(officer, media):
    from clew.catalogue.looking import look

    look(officer, media.id, "thumbnail", step="outline")
    look(officer, media.id, "thumbnail", step="reduced")


def _state(world, series, kind="safeguarded"):
    from clew.catalogue.outcomes import state_outcome
    from clew.ledger.delivery import deliver_waiting

    state_outcome(world.officer("NO"), series.id, kind)
    deliver_waiting()
    deliver_waiting()


def _told(officer):
    from clew.access.scope import acting_as
    from clew.review.outcomes import outcomes_told

    with acting_as(officer):
        return [(one.notice.kind, one.series.name if one.series else None) for one in outcomes_told(officer)]


def _close(world, series):
    from clew.catalogue.sharing import Rule, change_rule

    rule = Rule(confidentiality="restricted", sharing="nobody", outside="silent")
    change_rule(world.officer("NO"), "series", series.id, rule)


def test_who_looked_and_who_placed_are_told_and_the_series_counts_as_identified(world, held):
    from clew.catalogue.models import Series

    _look(world.officer("PT"), held[1])
    _state(world, held[0])
    assert _told(world.officer("PT")) == [("safeguarded", "Blue sofa")] == _told(world.officer("NO"))
    series = Series.objects.using("service").get()
    assert (series.state, series.victim_identified) == ("identified", True)
    assert "Good news" in world.client("PT").get("/series/").content.decode()


def test_who_may_not_see_it_any_more_learns_that_it_was_one_of_theirs(world, held):
    _look(world.officer("PT"), held[1])
    _close(world, held[0])
    _state(world, held[0])
    assert _told(world.officer("PT")) == [("safeguarded", None)]
    page = world.client("PT").get("/review/outcomes/").content.decode()
    assert "a series you worked on" in page
    assert "Blue sofa" not in page
    assert str(held[0].id) not in page


def test_who_never_could_see_it_learns_nothing(world, held):
    from clew.review.deciding import decide

    _close(world, held[0])
    # Portugal holds the picture itself, looks at it and decides it: that it is in a series of Norway's is not for it to know.
    _look(world.officer("PT"), held[1])
    decide(world.officer("PT"), [held[1].id], code="A")
    _state(world, held[0])
    assert _told(world.officer("PT")) == []


def test_who_decided_what_is_in_it_is_told(world, held):
    from clew.review.deciding import decide

    decide(world.officer("PT"), [held[1].id], code="A")
    _state(world, held[0])
    assert _told(world.officer("PT")) == [("safeguarded", "Blue sofa")]


def test_an_outline_is_no_work(world, held):
    from clew.catalogue.looking import outlines

    outlines(world.officer("PT"), [held[1].id])
    _state(world, held[0])
    assert _told(world.officer("PT")) == []


def test_an_outcome_is_the_owners_to_state_once_of_each_kind_and_on_record(world, held):
    from clew.catalogue.outcomes import OutcomeStatedAlready, state_outcome
    from clew.kernel.errors import InputRefused, NotFound, NotPermitted
    from clew.ledger.models import Entry

    with pytest.raises(NotFound):
        state_outcome(world.officer("PT"), held[0].id, "identified")
    with pytest.raises(NotFound):
        state_outcome(world.officer("PT"), held[1].id, "identified")
    with pytest.raises(NotPermitted):
        state_outcome(world.officer("HL"), held[0].id, "identified")
    with pytest.raises(InputRefused):
        state_outcome(world.officer("NO"), held[0].id, "closed")
    _state(world, held[0], "identified")
    with pytest.raises(OutcomeStatedAlready):
        state_outcome(world.officer("NO"), held[0].id, "identified")
    _state(world, held[0], "safeguarded")
    entries = Entry.objects.using("service").filter(verb="catalogue:outcome:state", outcome="done")
    assert [entry.facts for entry in entries.order_by("sequence")] == [
        {"outcome": "identified"},
        {"outcome": "safeguarded"},
    ]


def test_the_page_states_it_and_the_feed_is_read(world, held):
    client = world.client("NO")
    assert "State an outcome" in client.get(f"/series/{held[0].id}/").content.decode()
    assert "State an outcome" not in world.client("PT").get(f"/series/{held[0].id}/").content.decode()
    client.post(f"/series/{held[0].id}/outcome/", {"outcome": "safeguarded"})
    assert "The child is safeguarded" in client.get(f"/series/{held[0].id}/").content.decode()
    from clew.ledger.delivery import deliver_waiting

    deliver_waiting()
    assert "Good news" in client.get("/series/").content.decode()
    assert "Blue sofa" in client.get("/review/outcomes/").content.decode()
    client.post("/review/outcomes/read/")
    assert "Good news" not in client.get("/series/").content.decode()


def test_a_series_that_is_purged_leaves_the_good_news_and_no_trace_of_itself(world, held):
    from clew.intake.purge_scope import PurgeScope
    from clew.review.models import OutcomeNotice, Shown, Worked
    from clew.review.purging import remove_exposure

    _look(world.officer("PT"), held[1])
    _state(world, held[0])

    unit = world.units["NO"]
    scope = PurgeScope("series", held[0].id, unit.organisation_id, unit.id, takes_from_series=False)
    remove_exposure(scope, [held[1].id])
    assert not Worked.objects.using("service").exists()
    assert not Shown.objects.using("service").exists()
    assert set(OutcomeNotice.objects.using("service").values_list("series_id", flat=True)) == {None}
    assert _told(world.officer("PT")) == [("safeguarded", None)]
