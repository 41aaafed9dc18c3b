"""Calls for votes and what they confirm: blind until one has voted, frozen by a dispute, confirmed and undone by two people, gone with the media."""

import pytest

REASON = "Two countries looked at it independently."


@pytest.fixture
def seized(world, pictures, jpeg):
    """Two pictures of Norway's, shared with all members; their media ids."""
    from clew.catalogue.models import Media

    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(2)}, sharing="members")
    return list(Media.objects.using("service").order_by("id").values_list("id", flat=True))


@pytest.fixture
def approver(world):
    """Norway's national administrator, who may grant."""
    from clew.access.actions import enlist_officer

    return enlist_officer(
        world.units["NO"],
        username="no.admin",
        name="Admin NO",
        roles=("national_administrator",),
        password="a long password for tests",
    )


def _said(officer, media_id):
    from clew.access.scope import acting_as
    from clew.review.statements import standing_statements

    with acting_as(officer):
        found = standing_statements(officer, [media_id]).get(media_id, [])
        return {(one.owner_organisation.key, one.code) for one in found}


def _grant(approver, approval):
    from clew.access.approvals import decide

    decide(approver, approval.id, digest=bytes(approval.request_digest), grant=True)


def _confirmed(world, approver, media_id):
    """Norway calls, both vote, and the baseline is confirmed; the confirmation."""
    from clew.review.deciding import decide
    from clew.review.vote_acts import ask_promotion, call_for_votes, promote

    call = call_for_votes(world.officer("NO"), media_id, rule="baseline")
    for key in ("NO", "PT"):
        decide(world.officer(key), [media_id], scheme="baseline", code="yes")
    _grant(approver, ask_promotion(world.officer("NO"), call.id, REASON))
    return promote(world.officer("NO"), call.id)


def test_who_is_asked_sees_what_others_say_once_they_have_voted(world, seized):
    from clew.review.deciding import decide, undo
    from clew.review.vote_acts import call_for_votes

    decide(world.officer("NO"), seized, scheme="baseline", code="yes")
    assert _said(world.officer("PT"), seized[0]) == {("no", "yes")}
    call_for_votes(world.officer("NO"), seized[0], rule="baseline")
    assert _said(world.officer("PT"), seized[0]) == set()
    assert _said(world.officer("PT"), seized[1]) == {("no", "yes")}
    vote = decide(world.officer("PT"), seized[:1], scheme="baseline", code="no")
    assert (
        _said(world.officer("PT"), seized[0]) == {("no", "yes"), ("pt", "no")} == _said(world.officer("NO"), seized[0])
    )
    undo(world.officer("PT"), vote.id)
    assert _said(world.officer("PT"), seized[0]) == set()


def test_a_vote_in_another_scheme_lifts_no_veil_and_a_second_account_does(world, seized):
    from clew.access.models import Officer
    from clew.review.deciding import decide
    from clew.review.vote_acts import call_for_votes

    decide(world.officer("NO"), seized, scheme="baseline", code="yes")
    call_for_votes(world.officer("NO"), seized[0], rule="baseline")
    decide(world.officer("PT"), seized[:1], scheme="uk", code="A")
    assert _said(world.officer("PT"), seized[0]) == {("pt", "A")}
    # Both accounts are of one person now: Norway's has voted.
    person = Officer.objects.get(id=world.officer("NO").id).person_id
    Officer.objects.filter(id=world.officer("PT").id).update(person_id=person)
    twin = Officer.objects.select_related("unit__organisation").get(id=world.officer("PT").id)
    # What the other account said is another organisation's row, seen by its rule.
    assert ("no", "yes") in _said(twin, seized[0])


def test_closing_a_call_lifts_the_veil(world, seized):
    from clew.review.deciding import decide
    from clew.review.vote_acts import call_for_votes, close_call

    decide(world.officer("NO"), seized, scheme="baseline", code="yes")
    call = call_for_votes(world.officer("NO"), seized[0], rule="baseline")
    close_call(world.officer("NO"), call.id, "It was asked for by mistake.")
    assert _said(world.officer("PT"), seized[0]) == {("no", "yes")}


def test_two_countries_confirm_the_baseline_as_a_second_person_approves(world, seized, approver):
    from clew.access.scope import acting_as
    from clew.review.vote_queries import promotions_visible

    made = _confirmed(world, approver, seized[0])
    assert (made.code, len(made.votes), made.owner_organisation.key) == ("yes", 2, "no")
    with acting_as(world.officer("PT")):
        assert [one.id for one in promotions_visible(world.officer("PT"), seized)] == [made.id]


def test_nothing_is_confirmed_without_the_votes_or_the_second_person(world, seized, approver):
    from clew.access.approvals import ApprovalMissing
    from clew.review.deciding import decide
    from clew.review.vote_acts import NotReached, ask_promotion, call_for_votes, promote

    call = call_for_votes(world.officer("NO"), seized[0], rule="baseline")
    decide(world.officer("NO"), seized[:1], scheme="baseline", code="yes")
    with pytest.raises(NotReached, match="1 more vote and 1 more country or agency needed"):
        ask_promotion(world.officer("NO"), call.id, REASON)
    decide(world.officer("PT"), seized[:1], scheme="baseline", code="yes")
    with pytest.raises(ApprovalMissing):
        promote(world.officer("NO"), call.id)


def test_a_dispute_freezes_also_what_was_granted_and_withdrawing_the_vote_settles_it(world, seized, approver):
    from clew.review.deciding import decide
    from clew.review.models import Statement
    from clew.review.vote_acts import NotReached, ask_promotion, call_for_votes, promote, withdraw_vote

    third = world.found("SE")
    call = call_for_votes(world.officer("NO"), seized[0], rule="baseline")
    for key in ("NO", "PT"):
        decide(world.officer(key), seized[:1], scheme="baseline", code="yes")
    _grant(approver, ask_promotion(world.officer("NO"), call.id, REASON))
    decide(third, seized[:1], scheme="baseline", code="no")
    with pytest.raises(NotReached, match="the votes differ"):
        promote(world.officer("NO"), call.id)
    against = Statement.objects.using("service").get(officer=third)
    withdraw_vote(third, against.id, "I took it for another picture.")
    assert promote(world.officer("NO"), call.id).code == "yes"
    with pytest.raises(NotReached):
        promote(world.officer("NO"), call.id)


def test_other_votes_than_those_approved_are_another_request(world, seized, approver):
    from clew.access.approvals import ApprovalAltered
    from clew.review.deciding import decide
    from clew.review.vote_acts import ask_promotion, call_for_votes, promote

    third = world.found("SE")
    call = call_for_votes(world.officer("NO"), seized[0], rule="baseline")
    for key in ("NO", "PT"):
        decide(world.officer(key), seized[:1], scheme="baseline", code="yes")
    _grant(approver, ask_promotion(world.officer("NO"), call.id, REASON))
    decide(third, seized[:1], scheme="baseline", code="yes")
    with pytest.raises(ApprovalAltered):
        promote(world.officer("NO"), call.id)


def test_a_vote_is_withdrawn_by_its_voter_alone_and_with_a_reason(world, seized):
    from clew.kernel.errors import InputRefused, NotFound
    from clew.review.deciding import decide
    from clew.review.models import Statement
    from clew.review.vote_acts import withdraw_vote

    decide(world.officer("PT"), seized[:1], scheme="baseline", code="yes")
    own = Statement.objects.using("service").get()
    with pytest.raises(NotFound):
        withdraw_vote(world.officer("NO"), own.id, "It is not mine to take back.")
    with pytest.raises(InputRefused):
        withdraw_vote(world.officer("PT"), own.id, "")
    withdraw_vote(world.officer("PT"), own.id, "I took it for another picture.")
    own.refresh_from_db(using="service")
    assert (own.is_standing, own.withdrawal_reason) == (False, "I took it for another picture.")


def test_what_was_confirmed_is_undone_by_an_approved_act_too_and_stays_on_record(world, seized, approver):
    from clew.access.approvals import ApprovalMissing
    from clew.kernel.errors import NotFound
    from clew.review.models import Promotion
    from clew.review.vote_acts import ask_demotion, demote

    made = _confirmed(world, approver, seized[0])
    with pytest.raises(ApprovalMissing):
        demote(world.officer("NO"), made.id)
    with pytest.raises(NotFound):
        ask_demotion(world.officer("PT"), made.id, "It is another country's to undo.")
    _grant(approver, ask_demotion(world.officer("NO"), made.id, "A vote rested on a mistake."))
    demote(world.officer("NO"), made.id)
    made = Promotion.objects.using("service").get()
    assert made.undone_at is not None
    assert made.undo_approval_id != made.approval_id


def test_a_call_is_made_once_and_by_those_who_see_the_content(world, seized, pictures, jpeg):
    from clew.catalogue.models import Media
    from clew.kernel.errors import InputRefused, NotFound
    from clew.review.vote_acts import CallOpen, call_for_votes
    from clew.review.votes import VoteRuleUnknown

    call_for_votes(world.officer("NO"), seized[0], rule="baseline")
    with pytest.raises(CallOpen):
        call_for_votes(world.officer("NO"), seized[0], rule="baseline")
    world.submit("PT", {"own.jpg": jpeg(pictures(9))}, sharing="nobody")
    foreign = Media.objects.using("service").exclude(id__in=seized).get().id
    with pytest.raises(NotFound):
        call_for_votes(world.officer("NO"), foreign, rule="baseline")
    with pytest.raises(VoteRuleUnknown):
        call_for_votes(world.officer("NO"), seized[1], rule="none-such")
    with pytest.raises(InputRefused):
        call_for_votes(world.officer("NO"), seized[1], rule="caid", scheme="ncmec")
