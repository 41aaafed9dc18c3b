"""What is said follows its content: another rule, a caution, a new copy, a purge change statements in the same moment."""

import pytest


@pytest.fixture
def held(world, pictures, jpeg):
    """A picture of Norway's that all members see, and what both countries say of it; media id and submission."""
    from clew.catalogue.models import Media
    from clew.review.deciding import decide

    submission = world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    media_id = Media.objects.using("service").get().id
    decide(world.officer("NO"), [media_id], code="A")
    decide(world.officer("PT"), [media_id], code="B")
    return media_id, submission, jpeg(pictures(1))


def _seen(officer, media_id):
    from clew.access.scope import acting_as
    from clew.review.statements import standing_statements

    with acting_as(officer):
        return {one.owner_organisation.key for one in standing_statements(officer, [media_id]).get(media_id, [])}


def _rule(world, sharing, **changes):
    from clew.catalogue.sharing import Rule

    return Rule("restricted", sharing, "contact", **changes)


def _submission_id(submission):
    from clew.catalogue.models import Submission

    return Submission.objects.using("service").order_by("id").first().id


def test_a_stricter_rule_closes_what_was_said_at_once_and_a_looser_one_opens_ones_own(world, held):
    from clew.catalogue.sharing import change_rule

    media_id, submission, picture = held
    # Portugal holds a copy of its own: the content stays in its sight, Norway's word does not.
    world.submit("PT", {"b.jpg": picture}, sharing="members")
    assert _seen(world.officer("PT"), media_id) == {"no", "pt"}
    change_rule(world.officer("NO"), "submission", _submission_id(submission), _rule(world, "nobody"))
    assert _seen(world.officer("PT"), media_id) == {"pt"}
    change_rule(world.officer("NO"), "submission", _submission_id(submission), _rule(world, "members"))
    assert _seen(world.officer("PT"), media_id) == {"no", "pt"}


def test_what_is_said_by_anothers_leave_follows_to_the_stricter_side_alone(world, held):
    from clew.catalogue.sharing import change_rule
    from clew.review.models import Statement

    media_id, submission, _ = held
    portugal = Statement.objects.using("service").get(owner_organisation=world.organisations["PT"])
    assert portugal.sharing == "members"
    for sharing, expected in (("nobody", "nobody"), ("members", "nobody")):
        change_rule(world.officer("NO"), "submission", _submission_id(submission), _rule(world, sharing))
        portugal.refresh_from_db(using="service")
        assert portugal.sharing == expected
    assert media_id


def test_a_copy_of_ones_own_brings_its_own_rule(world, held):
    from clew.review.models import Statement

    media_id, _, picture = held
    world.submit("PT", {"b.jpg": picture}, sharing="nobody")
    assert Statement.objects.using("service").get(owner_organisation=world.organisations["PT"]).sharing == "nobody"
    assert _seen(world.officer("NO"), media_id) == {"no"}


def test_a_caution_takes_what_was_said_out_of_use_and_its_end_brings_it_back(world, held):
    from clew.catalogue.caution import clear_caution, set_caution
    from clew.catalogue.models import Case

    media_id, _, picture = held
    world.submit("PT", {"b.jpg": picture}, sharing="members")
    case = Case.objects.using("service").get(owner_organisation=world.organisations["NO"])
    caution = set_caution(world.officer("NO"), "case", case.id, "It is doubted whether this is so.")
    assert _seen(world.officer("PT"), media_id) == {"pt"}
    assert _seen(world.officer("NO"), media_id) == {"no", "pt"}
    clear_caution(world.officer("NO"), caution.id, "It was as stated, and is in use again.")
    assert _seen(world.officer("PT"), media_id) == {"no", "pt"}


def test_a_call_and_a_confirmation_follow_too(world, held):
    from clew.access.scope import acting_as
    from clew.catalogue.sharing import change_rule
    from clew.review.vote_acts import call_for_votes
    from clew.review.vote_queries import calls_visible

    media_id, submission, picture = held
    world.submit("PT", {"b.jpg": picture}, sharing="members")
    call_for_votes(world.officer("NO"), media_id, rule="baseline")

    def seen():
        with acting_as(world.officer("PT")):
            return calls_visible(world.officer("PT")).count()

    assert seen() == 1
    change_rule(world.officer("NO"), "submission", _submission_id(submission), _rule(world, "nobody"))
    assert seen() == 0


def test_calls_and_confirmations_go_with_their_content(world, held):
    from django.db import transaction

    from clew.catalogue.expiring import plan
    from clew.catalogue.models import Case
    from clew.catalogue.retention_models import PurgeCause
    from clew.intake.purging import carry_out
    from clew.review.models import Statement, VoteCall
    from clew.review.vote_acts import call_for_votes

    media_id, _, picture = held
    world.submit("PT", {"b.jpg": picture}, sharing="members")
    for key in ("NO", "PT"):
        call_for_votes(world.officer(key), media_id, rule="baseline")
    case = Case.objects.using("service").get(owner_organisation=world.organisations["NO"])
    with transaction.atomic(using="service"):
        planned = plan("case", case, cause=PurgeCause.BY_HAND, reason="Asked for.", asked_by=world.officer("NO"))
    carry_out(planned.id)
    left = {
        one.owner_organisation.key for one in VoteCall.objects.using("service").select_related("owner_organisation")
    }
    assert left == {"pt"}
    assert not Statement.objects.using("service").filter(owner_organisation=world.organisations["NO"]).exists()


@pytest.mark.parametrize("act", ["decide", "call"])
def test_a_rule_that_changes_between_the_look_and_the_word_is_followed(world, held, monkeypatch, act):
    from clew.catalogue.sharing import change_rule
    from clew.review import deciding, vote_acts
    from clew.review.models import Statement, VoteCall

    media_id, submission, _ = held
    looked_up = deciding.rules_for

    def changed_meanwhile(officer, media_ids):
        found = looked_up(officer, media_ids)
        monkeypatch.setattr(deciding, "rules_for", looked_up)
        monkeypatch.setattr(vote_acts, "rules_for", looked_up)
        change_rule(world.officer("NO"), "submission", _submission_id(submission), _rule(world, "nobody"))
        return found

    monkeypatch.setattr(deciding, "rules_for", changed_meanwhile)
    monkeypatch.setattr(vote_acts, "rules_for", changed_meanwhile)
    if act == "decide":
        deciding.decide(world.officer("NO"), [media_id], code="C")
        assert Statement.objects.using("service").get(code="C").sharing == "nobody"
    else:
        vote_acts.call_for_votes(world.officer("NO"), media_id, rule="baseline")
        assert VoteCall.objects.using("service").get().sharing == "nobody"
