"""Stacks as the desk reads and decides them: their contents, why they are served, and one decision for one look."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Value, When

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.kernel.clock import now
from clew.kernel.ids import new_id
from clew.ledger.actions import record
from clew.review.deciding import decide, rules_for, stand_anew
from clew.review.leases import next_stack, open_stacks, release, skip, stack_for, stack_in_hand
from clew.review.models import Basis, Decision, Stack, StackMember, Statement
from clew.review.worth import Reason

__all__ = [
    "decide_stack",
    "members_of",
    "next_stack",
    "open_stacks",
    "reasons_of",
    "release",
    "skip",
    "spread_of",
    "stack_for",
    "stack_of",
]


def members_of(officer: Officer, stack: Stack) -> list[StackMember]:
    """The contents of a stack that the officer may see, with how each lies to the medoid: that one first, then the nearest. In their scope."""
    require(officer, Permission.STACK_READ)
    is_medoid = Case(When(media=stack.medoid_id, then=Value(0)), default=Value(1))
    return list(
        StackMember.objects.select_related("media").filter(stack=stack.id).order_by(is_medoid, "distance", "id")
    )


def stack_of(officer: Officer, media_id: uuid.UUID) -> Stack | None:
    """The stack of the officer's organisation that has this content, if one does. Runs inside the officer's scope."""
    require(officer, Permission.STACK_READ)
    member = StackMember.objects.filter(owner_organisation=officer.organisation_id, media=media_id).first()
    return Stack.objects.filter(id=member.stack_id).first() if member else None


def reasons_of(stack: Stack) -> list[str]:
    """Why a stack is served when it is, in words, the weightiest reason first."""
    return [Reason(**told).words for told in stack.reasons]


@dataclass(frozen=True, slots=True)
class Spread:
    """How far its near copies lie from the medoid, in bits."""

    nearest: int
    farthest: int


def spread_of(members: Sequence[StackMember]) -> Spread | None:
    """The spread of a stack's near copies; none of a stack without any."""
    distances = [member.distance for member in members[1:]]
    return Spread(min(distances), max(distances)) if distances else None


def decide_stack(
    officer: Officer,
    stack_id: uuid.UUID,
    code: str,
    *,
    whole: bool,
    scheme: str = "",
    version: str = "",
    note: str = "",
) -> Decision:
    """Decide the medoid of a stack, which the officer looked at; `whole`: its near copies with it, as accepted and not as decided.

    Where it is not for the whole, the near copies are proposed the same (`proposals`). Exact copies are the same content and need nothing.
    Undoing the decision (`deciding.undo`) opens the stack again as it was, its lease included. Raises `StackLeased`, and what `decide` raises.
    """
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        decision = decide(
            officer, [stack.medoid_id], code=code, scheme=scheme, version=version, stack_id=stack.id, note=note
        )
        if whole:
            accept_with(decision, officer, [member.media_id for member in members_of(officer, stack)[1:]])
    return decision


def accept_with(decision: Decision, officer: Officer, media_ids: Sequence[uuid.UUID]) -> None:
    """Say the same of near copies, in the same act, on the ground that they are near copies. What their organisation decided of one of them by
    a look stands; runs inside the officer's scope.
    """
    looked_at = Statement.objects.filter(
        media__in=media_ids,
        owner_organisation=officer.organisation_id,
        scheme=decision.scheme,
        slot="",
        start_ms__isnull=True,
        is_standing=True,
    ).filter(basis=Basis.DECIDED)
    chosen = [id_ for id_ in media_ids if id_ not in set(looked_at.values_list("media_id", flat=True))]
    if not chosen:
        return
    said = {
        "decision": decision,
        "officer": officer,
        "scheme": decision.scheme,
        "scheme_version": decision.scheme_version,
        "code": decision.code,
        "basis": Basis.ACCEPTED.value,
        "made_at": now(),
        "is_standing": False,
    }
    rules = rules_for(officer, chosen)
    Statement.objects.bulk_create(
        [Statement(id=new_id(), media_id=media_id, **said, **rules[media_id]) for media_id in chosen], batch_size=1000
    )
    stand_anew(decision)
    record(
        "review:proposal:accept",
        actor=officer,
        using="default",
        subject_kind="decision",
        subject_id=decision.id,
        facts={"media": len(chosen)},
    )
