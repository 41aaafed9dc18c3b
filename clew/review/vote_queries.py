"""Reads of votes: calls, what they come to, and what is hidden from whoever has not voted yet."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from clew.access.approval_models import Approval, ApprovalState
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.errors import NotFound
from clew.review.models import Basis, Promotion, SecondLook, Statement, VoteCall
from clew.review.votes import Tally, Vote, tally, vote_rule


def calls_visible(officer: Officer) -> QuerySet[VoteCall]:
    """Every call the officer may see, newest first."""
    require(officer, Permission.STACK_READ)
    return VoteCall.objects.select_related("owner_unit__organisation").order_by("-id")


def call_for(officer: Officer, call_id: uuid.UUID) -> VoteCall:
    """One of them, or `NotFound`."""
    found = calls_visible(officer).filter(id=call_id).first()
    if found is None:
        raise NotFound
    return found


def promotions_visible(officer: Officer, media_ids: Iterable[uuid.UUID]) -> QuerySet[Promotion]:
    """What was confirmed of contents and not undone, newest first, as far as the officer may see it."""
    require(officer, Permission.MEDIA_READ)
    standing = Promotion.objects.filter(media__in=list(media_ids), undone_at__isnull=True)
    return standing.select_related("owner_unit__organisation").order_by("-id")


def promotion_for(officer: Officer, promotion_id: uuid.UUID) -> Promotion:
    """One confirmation, undone or not, or `NotFound`."""
    require(officer, Permission.STACK_READ)
    found = Promotion.objects.select_related("owner_unit__organisation", "call").filter(id=promotion_id).first()
    if found is None:
        raise NotFound
    return found


def granted_for(officer: Officer, subject_kind: str, subject_id: uuid.UUID) -> Approval | None:
    """The officer's own request about this, if a second person has granted it and its time is not over."""
    granted = Approval.objects.using("service").filter(
        subject_kind=subject_kind, subject_id=subject_id, requested_by=officer, state=ApprovalState.GRANTED
    )
    return next((one for one in granted.select_related("decided_by").order_by("-decided_at") if one.is_open), None)


def own_statement(officer: Officer, statement_id: uuid.UUID) -> Statement:
    """A statement of the officer's own that they have not withdrawn, or `NotFound`."""
    require(officer, Permission.STACK_DECIDE)
    found = Statement.objects.filter(id=statement_id, officer=officer.pk, withdrawn_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def tally_of(call: VoteCall) -> Tally:
    """What the votes come to, as far as the scope that is open lets them be seen: nobody counts what is not shared with them."""
    return tallies_of([call])[call.id]


def tallies_of(calls: Sequence[VoteCall]) -> dict[uuid.UUID, Tally]:
    """The same of several calls, in one question for all."""
    said: dict[tuple[uuid.UUID, str], list[Statement]] = defaultdict(list)
    about = Statement.objects.filter(media__in={call.media_id for call in calls}, slot="", start_ms__isnull=True)
    for statement in about.filter(withdrawn_at__isnull=True).select_related("owner_organisation"):
        said[statement.media_id, statement.scheme].append(statement)
    voters = _voters({one.officer_id for listed in said.values() for one in listed})
    return {
        call.id: tally(
            vote_rule(call.rule, call.rule_version),
            [_vote(one, voters, call) for one in said[call.media_id, call.scheme]],
            asked_at=call.opened_at,
        )
        for call in calls
    }


#: Officer -> person, and until when they are certified.
Voters = dict[uuid.UUID, tuple[uuid.UUID, dt.date | None]]


def _voters(officer_ids: set[uuid.UUID]) -> Voters:
    """Who the accounts belong to, over all countries: for counting, never shown."""
    found = Officer.objects.using("service").filter(id__in=officer_ids)
    return {id_: (person, until) for id_, person, until in found.values_list("id", "person_id", "certified_until")}


def _vote(statement: Statement, voters: Voters, call: VoteCall) -> Vote:
    person, until = voters[statement.officer_id]
    organisation = statement.owner_organisation
    return Vote(
        statement_id=statement.id,
        person_id=person,
        body=organisation.country or organisation.key,
        code=statement.code,
        origin_id=statement.decision_id,
        made_at=statement.made_at,
        is_decided=statement.basis == Basis.DECIDED and statement.scheme_version == call.scheme_version,
        is_qualified=until is not None and until >= statement.made_at.date(),
        is_standing=statement.is_standing,
    )


def veiled(officer: Officer, media_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """The contents of which the officer sees what they said alone: a blind vote is asked for and they have not cast theirs, or they judge it
    again, blind.

    Runs inside the officer's scope. Whoever has a second account has voted with either.
    """
    ids = list(media_ids)
    looks = SecondLook.objects.filter(media__in=ids, second_officer=officer.pk, answered_at__isnull=True)
    judging = set(looks.filter(review__is_blind=True).values_list("media_id", flat=True))
    open_calls = VoteCall.objects.filter(media__in=ids, closed_at__isnull=True, is_blind=True)
    asked = set(open_calls.values_list("media_id", "scheme"))
    if not asked:
        return judging
    accounts = Officer.objects.using("service").filter(person_id=officer.person_id).values_list("id", flat=True)
    own = Statement.objects.filter(
        officer__in=list(accounts),
        media__in={media for media, _ in asked},
        is_standing=True,
        basis=Basis.DECIDED,
        slot="",
    )
    return judging | {media for media, _ in asked - set(own.values_list("media_id", "scheme"))}
