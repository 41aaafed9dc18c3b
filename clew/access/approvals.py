"""Verbs of two-person acts: ask for a grave act, decide, withdraw, and carry it out once, exactly as it was granted."""

from __future__ import annotations

import hmac
import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from clew.access.approval_models import Approval, ApprovalState
from clew.access.grave_acts import ACT_PERMISSIONS, GraveAct, request_digest
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.access.standing import AccessEnded, commit_in_standing
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound, NotPermitted
from clew.kernel.ids import new_id
from clew.kernel.limits import GRAVE_REASON_CHARACTERS_MAX, GRAVE_REASON_CHARACTERS_MIN
from clew.ledger.actions import record


class ApprovalMissing(ClewError):
    """This needs a second person, who has not granted exactly this. Nothing was changed. Ask for it, and have another officer of your organisation decide."""

    status = 403


class ApprovalExpired(ClewError):
    """The time for this request is over. Nothing was changed. Ask for it anew."""

    status = 409


class ApprovalAltered(ClewError):
    """What is to be decided or carried out is not what was asked for. Nothing was changed. Reload the page and read the request again; tell your administrator if it happens twice."""

    status = 409


class ApprovalSettled(ClewError):
    """This request is settled already: it was decided, withdrawn or carried out. Nothing was changed. Reload the page to see how."""

    status = 409


class SamePerson(ClewError):
    """You asked for this yourself, with this account or another of yours. Nothing was changed. Another person must decide."""

    status = 403


def ask(
    officer: Officer,
    act: GraveAct,
    *,
    subject_kind: str,
    subject_id: uuid.UUID | None = None,
    facts: dict[str, Any] | None = None,
    reason: str,
) -> Approval:
    """Ask for a grave act, exactly as it is to be carried out: `facts` (JSON) hold everything it is given."""
    reason = grave_reason(reason)
    with transaction.atomic(using="service"):
        asker = present(officer)
        require(asker, ACT_PERMISSIONS[act])
        approval = Approval(
            id=new_id(),
            act=act.value,
            subject_kind=subject_kind,
            subject_id=subject_id,
            facts=facts or {},
            reason=reason,
            owner_organisation_id=asker.organisation_id,
            requested_by=asker,
            requester_person_id=asker.person_id,
            requested_at=now(),
        )
        approval.request_digest = _digest_of(approval)
        Approval.objects.using("service").bulk_create([approval])
        _record("access:approval:ask", asker, approval)
    return approval


def decide(officer: Officer, approval_id: uuid.UUID, *, digest: bytes, grant: bool, reason: str = "") -> Approval:
    """Grant or refuse a request of one's organisation. `digest` is that of the request the officer has read: no other is decided."""
    with transaction.atomic(using="service"):
        decider = present(officer)
        require(decider, Permission.APPROVAL_DECIDE)
        approval = _locked(decider, approval_id)
        if decider.person_id == approval.requester_person_id:
            raise SamePerson
        _require_state(approval, ApprovalState.WAITING)
        _require_unaltered(approval, digest)
        approval.state = ApprovalState.GRANTED if grant else ApprovalState.REFUSED
        approval.decided_by, approval.decider_person_id = decider, decider.person_id
        approval.decided_digest, approval.decided_at = digest, now()
        approval.decision_reason = reason.strip()[:GRAVE_REASON_CHARACTERS_MAX]
        approval.save(using="service")
        _record("access:approval:decide", decider, approval)
    return approval


def withdraw(officer: Officer, approval_id: uuid.UUID) -> None:
    """Take one's own request back, granted or not."""
    with transaction.atomic(using="service"):
        approval = _locked(officer, approval_id)
        if approval.requested_by_id != officer.pk:
            raise NotFound
        if approval.state not in {ApprovalState.WAITING, ApprovalState.GRANTED}:
            raise ApprovalSettled
        approval.state, approval.ended_at = ApprovalState.WITHDRAWN, now()
        approval.save(using="service")
        _record("access:approval:withdraw", officer, approval)


def use(
    officer: Officer,
    act: GraveAct,
    *,
    subject_kind: str,
    subject_id: uuid.UUID | None = None,
    facts: dict[str, Any] | None = None,
) -> Approval:
    """Carry an act out: takes the grant of exactly this request, once. Runs first in the act's own transaction on the service's connection.

    Raises `ApprovalMissing` where there is none, `ApprovalExpired` where its time is over, `ApprovalAltered` where the request is another.
    """
    if not transaction.get_connection("service").in_atomic_block:
        message = "an approval is used inside the act's transaction"
        raise transaction.TransactionManagementError(message)
    actor = present(officer)
    require(actor, ACT_PERMISSIONS[act])
    granted = (
        Approval.objects.using("service")
        .select_for_update()
        .filter(
            act=act.value,
            subject_kind=subject_kind,
            subject_id=subject_id,
            requested_by=actor,
            state=ApprovalState.GRANTED,
        )
    )
    approval = granted.order_by("-decided_at").first()
    if approval is None:
        raise ApprovalMissing
    if not approval.is_open:
        raise ApprovalExpired
    approval.facts = facts or {}
    _require_unaltered(approval, bytes(approval.decided_digest or b""))
    _require_decider(approval)
    Approval.objects.using("service").filter(id=approval.id).update(state=ApprovalState.USED, ended_at=now())
    _record("access:approval:use", actor, approval)
    return approval


def approvals_seen(officer: Officer) -> QuerySet[Approval]:
    """The requests of the officer's organisation, newest first."""
    require(officer, Permission.APPROVAL_READ)
    seen = Approval.objects.select_related("requested_by", "decided_by")
    return seen.filter(owner_organisation=officer.organisation_id).order_by("-requested_at")


def approval_for(officer: Officer, approval_id: uuid.UUID) -> Approval:
    """One of them, or `NotFound`: the same answer when it is absent and when it is foreign."""
    found = approvals_seen(officer).filter(id=approval_id).first()
    if found is None:
        raise NotFound
    return found


def grave_reason(reason: str) -> str:
    """The reason, tidied; refused where it is too short to be judged by others."""
    tidied = reason.strip()
    if not GRAVE_REASON_CHARACTERS_MIN <= len(tidied) <= GRAVE_REASON_CHARACTERS_MAX:
        raise InputRefused(
            reason=f"The reason must be a sentence of {GRAVE_REASON_CHARACTERS_MIN} to {GRAVE_REASON_CHARACTERS_MAX} characters that others can judge. "
            "Nothing was changed. Write it and try again."
        )
    return tidied


def present(officer: Officer) -> Officer:
    """The officer as they are at this moment, not as they were when the request began: roles taken away since count for nothing.

    Inside the service's transaction; until it ends nobody can end their access.
    """
    try:
        return commit_in_standing(officer, None, using="service")
    except AccessEnded:
        raise NotPermitted(permission="an active account") from None


def _locked(officer: Officer, approval_id: uuid.UUID) -> Approval:
    own = Approval.objects.using("service").select_for_update().filter(owner_organisation=officer.organisation_id)
    found = own.filter(id=approval_id).first()
    if found is None:
        raise NotFound
    return found


def _require_state(approval: Approval, state: ApprovalState) -> None:
    if approval.state != state:
        raise ApprovalSettled
    if not approval.is_open:
        raise ApprovalExpired


def _require_unaltered(approval: Approval, digest: bytes) -> None:
    """The digest shown, the one stored and the one of what the row says now must be one."""
    stored, computed = bytes(approval.request_digest), _digest_of(approval)
    if not (hmac.compare_digest(stored, computed) and hmac.compare_digest(stored, digest)):
        raise ApprovalAltered


def _require_decider(approval: Approval) -> None:
    """Whoever granted it must be another person who may still decide."""
    if approval.decided_by is None:
        raise ApprovalMissing
    decider = present(approval.decided_by)
    may_still = Permission.APPROVAL_DECIDE in decider.permissions
    if not may_still or decider.organisation_id != approval.owner_organisation_id:
        raise ApprovalMissing
    if approval.requester_person_id in {decider.person_id, approval.decider_person_id}:
        raise SamePerson


def _digest_of(approval: Approval) -> bytes:
    return request_digest(
        approval_id=approval.id,
        act=approval.act,
        subject_kind=approval.subject_kind,
        subject_id=approval.subject_id,
        facts=approval.facts,
        reason=approval.reason,
        requested_by=approval.requested_by_id,
        requested_at=approval.requested_at,
    )


def _record(verb: str, officer: Officer, approval: Approval) -> None:
    facts = {"act": approval.act, "state": approval.state, "of": approval.subject_kind}
    record(verb, actor=officer, using="service", subject_kind="approval", subject_id=approval.id, facts=facts)
