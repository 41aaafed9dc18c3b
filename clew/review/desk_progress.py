"""How far the desk is: stacks left and decided, near copies with a proposal, offers of others; of all, and of each case. It counts no looks.

An organisation's own stacks are counted by the service, by the rule that row-level security would ask of each of them (`cleared`): for 20,000 that
takes a tenth of the time, and the desk shows the count all day. What others decided is seen under row-level security alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from clew.access.grants import clearances_within
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Case, Sighting
from clew.kernel.limits import DESK_CASES_SHOWN_MAX, DESK_OFFERS_COUNTED_MAX
from clew.review.leases import QUEUE_ORDER
from clew.review.models import Basis, Stack, StackMember, Statement
from clew.review.offers import in_own_words
from clew.review.proposals import waiting_of


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the officer's organisation is, as far as the officer may see it."""

    left: int
    decided: int
    #: Near copies that are proposed something.
    proposals: int
    #: Open stacks whose medoid another country has decided, in the words of the desk; `DESK_OFFERS_COUNTED_MAX` at most.
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
    counted = _own_stacks(officer).aggregate(left=Count("id", filter=Q(decided_by__isnull=True)), all=Count("id"))
    waiting = waiting_of(officer, using="service").filter(Exists(cleared(officer, "media")))
    return Progress(
        left=counted["left"],
        decided=counted["all"] - counted["left"],
        proposals=waiting.count(),
        offers=_offers(officer),
    )


def progress_by_case(officer: Officer) -> Sequence[CaseProgress]:
    """How far each of the newest cases is, `DESK_CASES_SHOWN_MAX` of them. Runs inside the officer's scope."""
    require(officer, Permission.STACK_READ)
    newest = Case.objects.filter(owner_organisation=officer.organisation_id).order_by("-id")[:DESK_CASES_SHOWN_MAX]
    return [CaseProgress(case, **_of_case(officer, case)) for case in newest]


def cleared(officer: Officer, media: str) -> QuerySet[Sighting]:
    """The organisation's own sightings of a row's content (its column `media`) that the officer is cleared for."""
    own = Sighting.objects.using("service").filter(owner_organisation=officer.organisation_id, media=OuterRef(media))
    return own.filter(confidentiality__in=clearances_within(officer.clearance))


def _own_stacks(officer: Officer) -> QuerySet[Stack]:
    mine = Stack.objects.using("service").filter(owner_organisation=officer.organisation_id, size__gt=0)
    return mine.filter(Exists(cleared(officer, "medoid")))


def _offers(officer: Officer) -> int:
    """Which contents come into question the service says; whether the officer may see what is said of them, row-level security."""
    theirs = Statement.objects.filter(is_standing=True, basis=Basis.DECIDED, slot="", start_ms__isnull=True)
    theirs = theirs.exclude(owner_organisation=officer.organisation_id)
    asked = _own_stacks(officer).filter(decided_by__isnull=True)
    asked = asked.filter(Exists(theirs.using("service").filter(media=OuterRef("medoid"))))
    ids = list(asked.order_by(*QUEUE_ORDER).values_list("medoid_id", flat=True)[:DESK_OFFERS_COUNTED_MAX])
    seen = theirs.filter(media__in=ids)
    return len({one.media_id for one in seen if in_own_words(officer, one) is not None})


def _of_case(officer: Officer, case: Case) -> dict[str, Any]:
    members = StackMember.objects.using("service").filter(
        Exists(cleared(officer, "media").filter(submission__case=case.id)), owner_organisation=officer.organisation_id
    )
    counted = members.aggregate(
        left=Count("stack_id", filter=Q(stack__decided_by__isnull=True), distinct=True),
        all=Count(F("stack_id"), distinct=True),
    )
    return {"left": counted["left"], "decided": counted["all"] - counted["left"]}
