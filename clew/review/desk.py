"""The desk: one stack as its page tells it, everything that can be known without looking first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Sighting
from clew.intake.comparison import orientation_words
from clew.kernel.clock import now
from clew.kernel.limits import DESK_MEMBERS_SHOWN_MAX
from clew.review.models import SkipReason, Stack, StackMember, StackSkip
from clew.review.offers import Offer, offers_for
from clew.review.proposals import Proposal, proposals_of
from clew.review.scheme_nouns import CodeUnknown, SchemeUnknown
from clew.review.schemes import Scheme, desk_schemes, scheme_of
from clew.review.stacks import Spread, members_of, reasons_of, spread_of
from clew.review.viewing import Said, said_of


@dataclass(frozen=True, slots=True)
class Offered:
    """What another country decided, with the words of one's own scheme for it."""

    offer: Offer
    label: str


@dataclass(frozen=True, slots=True)
class Near:
    """A near copy, and how it lies to the one that is looked at, in words."""

    member: StackMember
    words: str


@dataclass(frozen=True, slots=True)
class StackTold:
    """One stack as the desk shows it."""

    stack: Stack
    medoid: StackMember
    #: The nearest of its near copies, `DESK_MEMBERS_SHOWN_MAX` at most.
    near: Sequence[Near]
    #: Contents that the officer may see, the medoid among them.
    contents: int
    spread: Spread | None
    #: Files of the organisation that hold one of them, and in how many submissions they came.
    sightings: int
    submissions: int
    reasons: Sequence[str]
    offers: Sequence[Offered]
    own: Sequence[Said]
    others: Sequence[Said]
    proposals: Sequence[Proposal]
    #: Why colleagues put it off.
    put_off: Sequence[str]

    @property
    def is_decided(self) -> bool:
        """Whether somebody of the organisation has decided it."""
        return self.stack.decided_by is not None

    @property
    def are_offers_agreed(self) -> bool:
        """Whether all countries that decided say the same."""
        return len({one.offer.code for one in self.offers}) == 1

    @property
    def proposed_label(self) -> str:
        """What is proposed of the near copies; empty where nothing is."""
        stated = self.proposals[0].stated if self.proposals else None
        return label_of(stated.scheme, stated.scheme_version, stated.code) if stated else ""


def told_of(officer: Officer, stack: Stack) -> StackTold | None:
    """What the desk tells of a stack; none where the officer sees nothing of it any more. Runs inside their scope."""
    require(officer, Permission.STACK_READ)
    members = members_of(officer, stack)
    if not members:
        return None
    said = said_of(officer, stack.medoid_id)
    sightings = Sighting.objects.filter(
        owner_organisation=officer.organisation_id,
        media__in=StackMember.objects.filter(stack=stack.id).values("media_id"),
    )
    own_words = {code.code: code.label for scheme in desk_schemes(officer)[:1] for code in scheme.codes}
    return StackTold(
        stack=stack,
        medoid=members[0],
        near=[Near(one, _lies(one)) for one in members[1 : 1 + DESK_MEMBERS_SHOWN_MAX]],
        contents=len(members),
        spread=spread_of(members),
        sightings=sightings.count(),
        submissions=sightings.values("submission_id").distinct().count(),
        reasons=reasons_of(stack),
        offers=[Offered(one, own_words.get(one.code, one.code)) for one in offers_for(officer, stack)],
        own=[one for one in said if one.is_own],
        others=[one for one in said if not one.is_own],
        proposals=proposals_of(officer, stack),
        put_off=_put_off(officer, stack),
    )


def label_of(scheme: str, version: str, code: str) -> str:
    """What a code is called; the code itself where its scheme is not known here."""
    try:
        return scheme_of(scheme, version).code(code).label
    except (SchemeUnknown, CodeUnknown):
        return code


def _lies(member: StackMember) -> str:
    bits = f"{member.distance} bit{'' if member.distance == 1 else 's'} off"
    turned = "" if member.orientation == "original" else orientation_words(member.orientation)
    return f"{bits}. {turned}" if turned else bits


def is_elsewhere(officer: Officer, stack: Stack) -> bool:
    """Whether a colleague has it in hand just now."""
    return bool(
        stack.leased_by_id not in {None, officer.pk}
        and stack.leased_until
        and stack.leased_until > now()
        and stack.decided_by is None
    )


def _put_off(officer: Officer, stack: Stack) -> list[str]:
    """Without names, and without what says something of the colleague rather than of the picture."""
    told = StackSkip.objects.filter(stack=stack.id).exclude(officer=officer.pk).exclude(reason__in=["", "not_now"])
    return [SkipReason(reason).label for reason in sorted(set(told.values_list("reason", flat=True)))]


def scheme_in_use(schemes: Sequence[Scheme], told: str) -> Scheme:
    """The scheme by which digits decide: the one that the page names (`key/version`), else the first."""
    return next((one for one in schemes if f"{one.key}/{one.version}" == told), schemes[0])


def beside(history: Sequence[uuid.UUID], stack_id: uuid.UUID) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """What an officer had before a stack, and after it; of one that they have only now, the latest and nothing."""
    if stack_id not in history:
        return (history[0] if history else None), None
    at = history.index(stack_id)
    return (history[at + 1] if at + 1 < len(history) else None), (history[at - 1] if at else None)
