"""How far the desk is: stacks left and decided, near copies with a proposal, offers of others; of all, and of each case. It counts no looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Case, Sighting
from clew.kernel.limits import DESK_CASES_SHOWN_MAX
from clew.review.leases import open_stacks
from clew.review.models import Basis, Stack, StackMember, Statement
from clew.review.proposals import waiting_of
from clew.review.schemes import desk_scheme


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the officer's organisation is, as far as the officer may see it."""

    left: int
    decided: int
    #: Near copies that are proposed something.
    proposals: int
    #: Open stacks whose medoid another country has decided, in the words of the desk.
    offers: int

    @property
    def stacks(self) -> int:
        """All of them."""
        return self.left + self.decided


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """The same of one case: stacks with a content of it."""

    case: Case
    left: int
    decided: int

    @property
    def stacks(self) -> int:
        """All of them."""
        return self.left + self.decided


def progress_of(officer: Officer) -> Progress:
    """How far all is. Runs inside the officer's scope."""
    require(officer, Permission.STACK_READ)
    mine = Stack.objects.filter(owner_organisation=officer.organisation_id, size__gt=0)
    counted = mine.aggregate(left=Count("id", filter=Q(decided_by__isnull=True)), all=Count("id"))
    theirs = Statement.objects.filter(
        media=OuterRef("medoid"), is_standing=True, basis=Basis.DECIDED, slot="", start_ms__isnull=True,
        scheme=desk_scheme(officer).key,
    ).exclude(owner_organisation=officer.organisation_id)  # fmt: skip
    return Progress(
        left=counted["left"],
        decided=counted["all"] - counted["left"],
        proposals=waiting_of(officer).count(),
        offers=open_stacks(officer).filter(Exists(theirs)).count(),
    )


def progress_by_case(officer: Officer) -> Sequence[CaseProgress]:
    """How far each of the newest cases is, `DESK_CASES_SHOWN_MAX` of them. Runs inside the officer's scope."""
    require(officer, Permission.STACK_READ)
    newest = Case.objects.filter(owner_organisation=officer.organisation_id).order_by("-id")[:DESK_CASES_SHOWN_MAX]
    return [CaseProgress(case, **_of_case(officer, case)) for case in newest]


def _of_case(officer: Officer, case: Case) -> dict[str, Any]:
    seen = Sighting.objects.filter(owner_organisation=officer.organisation_id, submission__case=case.id)
    members = StackMember.objects.filter(owner_organisation=officer.organisation_id, media__in=seen.values("media_id"))
    counted = members.aggregate(
        left=Count("stack_id", filter=Q(stack__decided_by__isnull=True), distinct=True),
        all=Count(F("stack_id"), distinct=True),
    )
    return {"left": counted["left"], "decided": counted["all"] - counted["left"]}
