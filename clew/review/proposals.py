"""Proposals: what a near copy is proposed to be, since its medoid was decided so. They are no rows but follow from what stands.

A content of a decided stack of which its organisation has said nothing itself in that scheme has one. So a new near copy that joins a decided stack
has its proposal at once, undoing the decision takes all of them away, and whoever takes a content out of the stack takes its proposal too.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.kernel.errors import ClewError
from clew.review.deciding import decide
from clew.review.leases import stack_in_hand
from clew.review.models import Basis, Decision, Stack, StackMember, Statement


class NothingProposed(ClewError):
    """Nothing is proposed of this any more: it was decided, taken out, or its stack was opened again. Nothing was changed. Load the page again."""

    status = 409


@dataclass(frozen=True, slots=True)
class Proposal:
    """A near copy, how it lies to what was decided, and what is therefore proposed."""

    member: StackMember
    stated: Statement


def proposals_of(officer: Officer, stack: Stack) -> list[Proposal]:
    """What is proposed of the contents of one stack, the nearest first. Runs inside the officer's scope."""
    require(officer, Permission.STACK_READ)
    stated = Statement.objects.filter(id=stack.decided_by).first() if stack.decided_by else None
    if stated is None:
        return []
    waiting = waiting_of(officer).filter(stack=stack.id).select_related("media").order_by("distance", "id")
    return [Proposal(member, stated) for member in waiting]


def stacks_with_proposals(officer: Officer) -> QuerySet[Stack]:
    """Decided stacks in which something is still proposed, the newest first. Runs inside the officer's scope."""
    require(officer, Permission.STACK_READ)
    decided = Stack.objects.filter(owner_organisation=officer.organisation_id, decided_by__isnull=False, size__gt=1)
    return decided.filter(Exists(waiting_of(officer).filter(stack=OuterRef("pk")))).order_by("-id")


def accept(officer: Officer, stack_id: uuid.UUID, media_ids: Collection[uuid.UUID] | None = None) -> Decision:
    """Take what is proposed of these contents, or of all of the stack, as one act that can be undone. Raises `NothingProposed`."""
    with acting_as(officer):
        stack = stack_in_hand(officer, stack_id)
        proposed = proposals_of(officer, stack)
        chosen = [p.member.media_id for p in proposed if media_ids is None or p.member.media_id in media_ids]
        if not chosen or (media_ids is not None and len(chosen) != len(set(media_ids))):
            raise NothingProposed
        stated = proposed[0].stated
        # No decision of the stack: that one may be undone, and this one stays.
        return decide(
            officer, chosen, code=stated.code, scheme=stated.scheme, version=stated.scheme_version, basis=Basis.ACCEPTED
        )


def waiting_of(officer: Officer, *, using: str = "default") -> QuerySet[StackMember]:
    """Near copies in decided stacks of which the organisation itself has said nothing in the scheme of the decision. Inside the officer's scope."""
    statements = Statement.objects.using(using)
    decided = statements.filter(id=OuterRef("stack__decided_by"))
    said = statements.filter(
        owner_organisation=officer.organisation_id, media=OuterRef("media"), is_standing=True, slot="", start_ms__isnull=True,
        scheme__in=statements.filter(id=OuterRef(OuterRef("stack__decided_by"))).values("scheme"),
    )  # fmt: skip
    near = StackMember.objects.using(using).filter(owner_organisation=officer.organisation_id)
    return near.exclude(media=F("stack__medoid")).filter(
        Exists(decided), ~Exists(said), stack__decided_by__isnull=False
    )
