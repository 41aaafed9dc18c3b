"""Reads of the second review: drawings and how far they are, and who agrees with whom, by scheme."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.errors import NotFound
from clew.review.agreement import Agreement, agreement_of
from clew.review.models import Basis, SecondLook, SecondReview, Statement

#: Contents that two organisations judged, over which their agreement is worked out: the newest of them.
SHARED_JUDGEMENTS_MAX = 20_000


def second_reviews_of(officer: Officer) -> QuerySet[SecondReview]:
    """The drawings of the officer's organisation, newest first, with `drawn` and `answered`."""
    require(officer, Permission.AGREEMENT_READ)
    return _with_numbers(officer)


def second_reviews_open(officer: Officer) -> QuerySet[SecondReview]:
    """Those in which there is still something to judge, for whoever judges."""
    require(officer, Permission.STACK_DECIDE)
    left = SecondLook.objects.filter(review=OuterRef("pk"), answered_at__isnull=True)
    return _with_numbers(officer).filter(Exists(left), closed_at__isnull=True)


def _with_numbers(officer: Officer) -> QuerySet[SecondReview]:
    answered = Q(looks__answered_at__isnull=False)
    return (
        SecondReview.objects.filter(owner_organisation=officer.organisation_id)
        .select_related("drawn_by")
        .annotate(
            drawn=Count("looks"),
            answered=Count("looks", filter=answered),
            waiting=Count("looks", filter=~answered),
        )
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who judged the same contents in one scheme, and how far they agree."""

    scheme: str
    first: str
    second: str
    agreement: Agreement


def agreement_in(officer: Officer, review_id: uuid.UUID) -> tuple[SecondReview, Agreement, list[Pair]]:
    """One drawing: the agreement over all of it, and by pair of officers."""
    review = second_reviews_of(officer).filter(id=review_id).first()
    if review is None:
        raise NotFound
    answered = _answered(officer).filter(review=review)
    return review, agreement_of((look.first_code, look.second_code) for look in answered), _pairs(answered)


def agreement_of_officers(officer: Officer) -> list[Pair]:
    """Over all drawings of the officer's organisation: by scheme and pair of officers, the most judged first."""
    require(officer, Permission.AGREEMENT_READ)
    return _pairs(_answered(officer))


def _answered(officer: Officer) -> QuerySet[SecondLook]:
    judged = SecondLook.objects.filter(owner_organisation=officer.organisation_id, answered_at__isnull=False)
    return judged.select_related("first_officer", "second_officer", "review")


def _pairs(looks: Iterable[SecondLook]) -> list[Pair]:
    """Which of two officers came first is the same for all of a pair: else two who differ always one way would look as if they did not."""
    codes: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for look in looks:
        assert look.second_officer is not None
        sides = sorted([(look.first_officer.name, look.first_code), (look.second_officer.name, look.second_code)])
        (first, said_first), (second, said_second) = sides
        codes[look.review.scheme, first, second].append((said_first, said_second))
    return _sorted(Pair(*key, agreement_of(pairs)) for key, pairs in codes.items())


def agreement_of_organisations(officer: Officer) -> list[Pair]:
    """One's own organisation beside each other one, over contents that both judged for themselves: as far as the officer may see what the
    others say. Where an organisation's officers differ among themselves, its newest word counts.
    """
    require(officer, Permission.AGREEMENT_READ)
    stated = Statement.objects.filter(is_standing=True, basis=Basis.DECIDED, slot="", start_ms__isnull=True)
    own: dict[tuple[str, uuid.UUID], str] = {}
    newest = stated.filter(owner_organisation=officer.organisation_id).order_by("-made_at", "-id")
    for scheme, media_id, code in newest.values_list("scheme", "media_id", "code")[:SHARED_JUDGEMENTS_MAX]:
        own.setdefault((scheme, media_id), code)
    others = stated.filter(media__in={media_id for _, media_id in own}).exclude(
        owner_organisation=officer.organisation_id
    )
    theirs: dict[tuple[str, str, uuid.UUID], str] = {}
    for one in others.select_related("owner_organisation").order_by("-made_at", "-id"):
        if (one.scheme, one.media_id) in own:
            theirs.setdefault((one.owner_organisation.name, one.scheme, one.media_id), one.code)
    codes: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for (organisation, scheme, media_id), code in theirs.items():
        codes[scheme, organisation].append((own[scheme, media_id], code))
    name = officer.organisation.name
    return _sorted(Pair(scheme, name, other, agreement_of(pairs)) for (scheme, other), pairs in codes.items())


def _sorted(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (pair.scheme, -pair.agreement.number, pair.first, pair.second))
