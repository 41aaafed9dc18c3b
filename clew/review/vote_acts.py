"""Verbs of votes: call for them, close the call, withdraw one's own with a reason, and confirm what they come to, as a second person approves."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from clew.access.approvals import ask, grave_reason, present, use
from clew.access.grave_acts import GraveAct
from clew.access.models import Approval, Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.actions import inherited_columns
from clew.catalogue.models import Media
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.ledger.actions import record
from clew.review.deciding import rules_for, stand_anew
from clew.review.models import Promotion, Statement, VoteCall
from clew.review.scheme_acts import word_for
from clew.review.schemes import scheme_of
from clew.review.vote_queries import call_for, promotion_for, tally_of
from clew.review.votes import Tally, vote_rule


class CallOpen(ClewError):
    """Your organisation is already asking for these votes. Nothing was changed. You find the call under Votes."""

    status = 409


class NotReached(ClewError):
    """The votes do not confirm it: {why}. Nothing was changed. Wait for votes, or have the dispute settled first."""

    status = 409


def call_for_votes(officer: Officer, media_id: uuid.UUID, *, rule: str, scheme: str = "") -> VoteCall:
    """Ask everybody who sees a content, and may decide, to vote on it. From now on they see what others say of it once they have voted."""
    require(officer, Permission.VOTE_CALL)
    chosen = vote_rule(rule)
    if chosen.scheme and scheme not in {"", chosen.scheme}:
        raise InputRefused(reason="That rule is for another scheme. Nothing was changed. Choose one that fits.")
    said_in = scheme_of(chosen.scheme or scheme)
    if said_in.to_decide:
        word_for(officer, said_in.key, said_in.version, said_in.to_decide[0].code)
    with acting_as(officer):
        if not Media.objects.filter(id=media_id).exists():
            raise NotFound
        rule_then = rules_for(officer, [media_id])[media_id]
        call = VoteCall(
            id=new_id(),
            media_id=media_id,
            rule=chosen.key,
            rule_version=chosen.version,
            scheme=said_in.key,
            scheme_version=said_in.version,
            is_blind=chosen.is_blind,
            opened_by=officer,
            **rule_then,
        )
        try:
            with transaction.atomic():
                VoteCall.objects.bulk_create([call])
        except IntegrityError:
            raise CallOpen from None
        rule_now = rules_for(officer, [media_id])[media_id]
        if rule_now != rule_then:
            VoteCall.objects.filter(id=call.id).update(**rule_now)
        _record("review:vote:call", officer, call, rule=f"{chosen.key} {chosen.version}", scheme=said_in.key)
    return call


def close_call(officer: Officer, call_id: uuid.UUID, reason: str) -> None:
    """Ask no more; what was said stays said, and is no longer hidden from those who have not voted. By the organisation that asked."""
    require(officer, Permission.VOTE_CALL)
    reason = grave_reason(reason)
    with acting_as(officer):
        call = call_for(officer, call_id)
        if call.owner_organisation_id != officer.organisation_id or call.closed_at is not None:
            raise NotFound
        call.closed_at = now()
        call.save(update_fields=["closed_at"])
        _record("review:vote:close", officer, call, reason=reason)


def withdraw_vote(officer: Officer, statement_id: uuid.UUID, reason: str) -> None:
    """Take one's own statement back, with a reason; what the officer said before of the same stands again."""
    require(officer, Permission.STACK_DECIDE)
    reason = grave_reason(reason)
    with acting_as(officer):
        own = Statement.objects.select_for_update().select_related("decision").filter(officer=officer.pk)
        found = own.filter(id=statement_id, withdrawn_at__isnull=True).first()
        if found is None:
            raise NotFound
        found.withdrawn_at, found.withdrawal_reason = now(), reason
        found.save(update_fields=["withdrawn_at", "withdrawal_reason"])
        stand_anew(found.decision)
        facts = {"scheme": found.scheme, "code": found.code}
        record(
            "review:vote:withdraw",
            actor=officer,
            using="default",
            subject_kind="statement",
            subject_id=found.id,
            facts=facts,
        )


def ask_promotion(officer: Officer, call_id: uuid.UUID, reason: str) -> Approval:
    """Ask a second person that what the votes come to be confirmed. Raises `NotReached`."""
    call, facts = _promotable(officer, call_id)
    return ask(officer, GraveAct.CODE_PROMOTE, subject_kind="vote call", subject_id=call.id, facts=facts, reason=reason)


def promote(officer: Officer, call_id: uuid.UUID) -> Promotion:
    """Confirm it, as another person has granted it: exactly these votes. Raises `NotReached`, and what `approvals.use` does."""
    call, facts = _promotable(officer, call_id)
    with transaction.atomic(using="service"):
        actor = present(officer)
        locked = VoteCall.objects.using("service").select_for_update().get(id=call.id)
        if locked.closed_at is not None:
            raise NotReached(why="the call is closed")
        approval = use(actor, GraveAct.CODE_PROMOTE, subject_kind="vote call", subject_id=call.id, facts=facts)
        promotion = Promotion(
            id=new_id(),
            call=locked,
            media_id=call.media_id,
            scheme=call.scheme,
            scheme_version=call.scheme_version,
            code=facts["code"],
            votes=facts["votes"],
            approval=approval,
            promoted_by=actor,
            **inherited_columns(locked),
        )
        promotion.save(using="service", force_insert=True)
        locked.closed_at = now()
        locked.save(using="service", update_fields=["closed_at"])
        record(
            "review:code:promote",
            actor=actor,
            using="service",
            subject_kind="media",
            subject_id=call.media_id,
            facts=facts,
        )
    return promotion


def ask_demotion(officer: Officer, promotion_id: uuid.UUID, reason: str) -> Approval:
    """Ask a second person that a confirmation of one's organisation be undone."""
    require(officer, Permission.CODE_PROMOTE)
    promotion = _own_promotion(officer, promotion_id)
    facts = _undo_facts(promotion)
    return ask(
        officer, GraveAct.CODE_DEMOTE, subject_kind="promotion", subject_id=promotion.id, facts=facts, reason=reason
    )


def demote(officer: Officer, promotion_id: uuid.UUID) -> None:
    """Undo it, as another person has granted. It stays on record that it was confirmed."""
    promotion = _own_promotion(officer, promotion_id)
    with transaction.atomic(using="service"):
        actor = present(officer)
        locked = Promotion.objects.using("service").select_for_update().get(id=promotion.id)
        if locked.undone_at is not None:
            raise NotFound
        facts = _undo_facts(locked)
        approval = use(actor, GraveAct.CODE_DEMOTE, subject_kind="promotion", subject_id=locked.id, facts=facts)
        locked.undone_at, locked.undone_by, locked.undo_approval = now(), actor, approval
        locked.save(using="service", update_fields=["undone_at", "undone_by", "undo_approval"])
        record(
            "review:code:demote",
            actor=actor,
            using="service",
            subject_kind="media",
            subject_id=locked.media_id,
            facts=facts,
        )


def _promotable(officer: Officer, call_id: uuid.UUID) -> tuple[VoteCall, dict[str, Any]]:
    """An open call of the officer's organisation whose votes confirm a code, and what is to be approved of it."""
    require(officer, Permission.CODE_PROMOTE)
    with acting_as(officer):
        call = call_for(officer, call_id)
        if call.owner_organisation_id != officer.organisation_id:
            raise NotFound
        counted = tally_of(call)
    if call.closed_at is not None:
        raise NotReached(why="the call is closed")
    if not counted.is_reached:
        raise NotReached(why=why_not(counted))
    votes = sorted(str(vote.statement_id) for vote in counted.in_favour)
    facts = {"rule": call.rule, "rule_version": call.rule_version, "scheme": call.scheme}
    return call, {
        **facts,
        "scheme_version": call.scheme_version,
        "code": counted.code,
        "media": str(call.media_id),
        "votes": votes,
    }


def why_not(counted: Tally) -> str:
    """What stands in the way, in words."""
    if counted.is_disputed:
        return "the votes differ, and until that is settled nothing is confirmed"
    return f"{' and '.join(counted.missing)} needed" if counted.missing else "two codes have as many votes"


def _own_promotion(officer: Officer, promotion_id: uuid.UUID) -> Promotion:
    with acting_as(officer):
        found = promotion_for(officer, promotion_id)
    if found.owner_organisation_id != officer.organisation_id or found.undone_at is not None:
        raise NotFound
    return found


def _undo_facts(promotion: Promotion) -> dict[str, Any]:
    return {"scheme": promotion.scheme, "code": promotion.code, "media": str(promotion.media_id)}


def _record(verb: str, officer: Officer, call: VoteCall, **facts: Any) -> None:
    record(verb, actor=officer, using="default", subject_kind="media", subject_id=call.media_id, facts=facts)
