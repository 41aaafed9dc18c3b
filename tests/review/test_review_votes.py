"""Counting votes: one person one vote, blind where asked, disputes freeze; held to a slow model over random histories."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def vote(person, body, code, minute, *, decided=True, qualified=True, standing=True, act=None):
    from clew.review.votes import Vote

    ids = [
        uuid.uuid5(uuid.NAMESPACE_OID, str(one)) for one in ((person, minute, code), person, act or (person, minute))
    ]
    at = START + dt.timedelta(minutes=minute)
    return Vote(ids[0], ids[1], body, code, ids[2], at, decided, qualified, standing)


def counted(rule, *votes, asked=0):
    from clew.review.votes import tally, vote_rule

    told = tally(vote_rule(rule), votes, asked_at=START + dt.timedelta(minutes=asked))
    return told.code, len(told.in_favour), told.is_reached, told.is_disputed


def test_the_rules_are_those_of_public_practice():
    from clew.review.votes import vote_rules

    told = {rule.key: (rule.votes_min, rule.bodies_min, rule.against_max, rule.is_blind) for rule in vote_rules()}
    assert told == {"baseline": (2, 2, 0, True), "caid": (3, 1, 0, True), "release": (2, 2, 0, True)}
    assert all(rule.author and rule.source for rule in vote_rules())


def test_three_undisputed_votes_allocate_a_category_and_two_do_not():
    three = [vote(person, "GB", "A", n) for n, person in enumerate("abc")]
    assert counted("caid", *three[:2]) == ("A", 2, False, False)
    assert counted("caid", *three) == ("A", 3, True, False)


def test_the_baseline_needs_two_countries_and_not_two_people_of_one():
    assert counted("baseline", vote("a", "NO", "yes", 1), vote("b", "NO", "yes", 2)) == ("yes", 2, False, False)
    assert counted("baseline", vote("a", "NO", "yes", 1), vote("b", "PT", "yes", 2)) == ("yes", 2, True, False)


def test_the_same_person_under_two_accounts_counts_once():
    assert counted("baseline", vote("a", "NO", "yes", 1), vote("a", "PT", "yes", 2))[1:3] == (1, False)


def test_copies_of_one_act_count_once():
    copies = [vote("a", "NO", "yes", 1, act="x"), vote("b", "PT", "yes", 2, act="x")]
    assert counted("baseline", *copies)[1:3] == (1, False)


@pytest.mark.parametrize("lacking", [{"decided": False}, {"qualified": False}, {"standing": False}])
def test_only_what_was_decided_by_the_qualified_and_stands_is_a_vote(lacking):
    first, second = vote("a", "NO", "yes", 1), vote("b", "PT", "yes", 2, **lacking)
    assert counted("baseline", first, second) == ("yes", 1, False, False)


def test_one_vote_against_freezes_whatever_the_majority():
    votes = [vote(person, "GB", "A", n) for n, person in enumerate("abc")]
    assert counted("caid", *votes, vote("d", "GB", "B", 9)) == ("A", 3, False, True)


def test_who_saw_what_others_said_does_not_add_and_does_stand_against():
    first = vote("a", "NO", "yes", 1)
    seen, unseen = vote("b", "PT", "yes", 5), vote("b", "PT", "yes", 15)
    assert counted("baseline", first, seen, asked=10) == ("yes", 1, False, False)
    assert counted("baseline", first, unseen, asked=10) == ("yes", 2, True, False)
    assert counted("baseline", first, vote("b", "PT", "no", 5), asked=10) == ("yes", 1, False, True)


def test_who_changes_their_vote_after_seeing_the_others_is_no_longer_blind():
    first = vote("a", "NO", "yes", 1)
    before = vote("b", "PT", "no", 15, standing=False)
    assert counted("baseline", first, before, vote("b", "PT", "yes", 20), asked=10) == ("yes", 1, False, False)


def test_two_codes_with_as_many_votes_are_disputed_and_confirm_neither():
    assert counted("baseline", vote("a", "NO", "yes", 1), vote("b", "PT", "no", 2)) == ("", 0, False, True)


def test_no_vote_confirms_nothing():
    assert counted("baseline") == ("", 0, False, False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.sampled_from(["NO", "PT"]),
            st.sampled_from(["yes", "no"]),
            st.integers(0, 30),
            st.booleans(),
            st.booleans(),
        ),
        max_size=8,
        unique_by=lambda one: one[3],
    ),
    st.integers(0, 30),
)
def test_whatever_the_history_what_is_confirmed_satisfies_the_rule(rows, asked):
    from clew.review.votes import tally, vote_rule

    votes = [vote(*row[:4], decided=row[4], standing=row[5]) for row in rows]
    rule = vote_rule("baseline")
    told = tally(rule, votes, asked_at=START + dt.timedelta(minutes=asked))
    assert told == tally(rule, reversed(votes), asked_at=START + dt.timedelta(minutes=asked))
    alive = [one for one in votes if one.is_decided and one.is_standing]
    newest = {one.person_id: one for one in sorted(alive, key=lambda one: one.made_at)}.values()
    if told.is_reached:
        assert {one.code for one in newest} == {told.code}
        assert len({one.person_id for one in told.in_favour}) >= rule.votes_min
        assert len({one.body for one in told.in_favour}) >= rule.bodies_min
    assert told.is_disputed == (len({one.code for one in newest}) > 1)
    assert set(told.in_favour) | set(told.against) <= set(newest)
