"""Verbs of the second review: draw what is judged again, take one before one's eyes, judge it, and close the drawing."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import uuid

from django.db.models import Q, QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.models import Media
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import SECOND_LOOK_MINUTES_MAX, SECOND_REVIEW_MEDIA_MAX
from clew.ledger.actions import record
from clew.review.deciding import decide
from clew.review.models import Basis, SecondLook, SecondReview, Statement
from clew.review.schemes import scheme_of


class NothingToReview(ClewError):
    """Nothing was decided in this scheme in that time. Nothing was drawn. Choose a longer time or another scheme."""

    status = 409


class LookSettled(ClewError):
    """This was judged again already, or another officer has it before them now. Nothing was changed. Go on with the next."""

    status = 409


def draw_second_review(
    officer: Officer, *, scheme: str, made_from: dt.datetime, made_to: dt.datetime, number: int, is_blind: bool = True
) -> SecondReview:
    """Draw up to `number` contents that one's organisation decided in a scheme, each as likely as any other.

    Only what somebody decided of the content itself is drawn: what came with a stack or from another country was nobody's own judgement.
    """
    require(officer, Permission.SECOND_REVIEW_DRAW)
    scheme_of(scheme)
    if not 1 <= number <= SECOND_REVIEW_MEDIA_MAX:
        raise InputRefused(
            reason=f"A second review has 1 to {SECOND_REVIEW_MEDIA_MAX} contents. Nothing was drawn. Choose a number between."
        )
    with acting_as(officer):
        stated = Statement.objects.filter(
            owner_organisation=officer.organisation_id, scheme=scheme, is_standing=True, basis=Basis.DECIDED
        ).filter(made_at__gte=made_from, made_at__lt=made_to, slot="", start_ms__isnull=True)
        firsts = {one.media_id: one for one in stated.order_by("media_id", "-made_at", "-id")}
        if not firsts:
            raise NothingToReview
        review = SecondReview(
            id=new_id(),
            owner_organisation_id=officer.organisation_id,
            drawn_by=officer,
            scheme=scheme,
            is_blind=is_blind,
            made_from=made_from,
            made_to=made_to,
            drawn_from=len(firsts),
            seed=secrets.randbits(62),
        )
        SecondReview.objects.bulk_create([review])
        chosen = drawn(sorted(firsts), review.seed, number)
        SecondLook.objects.bulk_create([_look(review, firsts[media_id]) for media_id in chosen])
        _record("review:second_review:draw", officer, review, media=len(chosen), of=len(firsts), scheme=scheme)
    return review


def drawn(media_ids: list[uuid.UUID], seed: int, number: int) -> list[uuid.UUID]:
    """The contents that a seed draws from these."""
    return random.Random(seed).sample(media_ids, min(number, len(media_ids)))  # noqa: S311 - repeatable on purpose; the seed is from the system


def _look(review: SecondReview, first: Statement) -> SecondLook:
    return SecondLook(
        id=new_id(),
        review=review,
        owner_organisation_id=review.owner_organisation_id,
        media_id=first.media_id,
        first_officer_id=first.officer_id,
        first_code=first.code,
    )


def take_next(officer: Officer, review_id: uuid.UUID) -> SecondLook | None:
    """The content the officer judges next: the one they have before them, or one that nobody has; None where none is left for them.

    What the same person judged first, with whichever account, and what the officer may not see is left to others. Two who ask at once get
    two different ones.
    """
    require(officer, Permission.STACK_DECIDE)
    with acting_as(officer):
        review = _open(officer, review_id)
        mine = _theirs(officer).filter(review=review).order_by("id").first()
        if mine is not None:
            return mine
        free = Q(second_officer__isnull=True) | Q(
            taken_at__lt=now() - dt.timedelta(minutes=SECOND_LOOK_MINUTES_MAX), answered_at__isnull=True
        )
        left = SecondLook.objects.filter(free, review=review).exclude(first_officer__person_id=officer.person_id)
        seen = Media.objects.filter(id__in=left.values("media_id")).values("id")
        taken = left.filter(media__in=seen).select_for_update(of=("self",), skip_locked=True).order_by("id").first()
        if taken is None:
            return None
        taken.second_officer, taken.taken_at = officer, now()
        taken.save(update_fields=["second_officer", "taken_at"])
        _record("review:second_review:take", officer, review, media_id=str(taken.media_id))
    return taken


def judge_again(officer: Officer, look_id: uuid.UUID, code: str) -> SecondLook:
    """Say what the content is: a decision of the officer's own beside the first, which also counts as a vote."""
    require(officer, Permission.STACK_DECIDE)
    with acting_as(officer):
        look = SecondLook.objects.select_for_update(of=("self",)).filter(id=look_id).first()
        if look is None:
            raise NotFound
        if look.answered_at is not None or look.second_officer_id != officer.pk:
            raise LookSettled
        review = _open(officer, look.review_id)
        look.decision = decide(officer, [look.media_id], code=code, scheme=review.scheme)
        look.second_code, look.answered_at = code, now()
        look.save(update_fields=["decision", "second_code", "answered_at"])
        _record("review:second_review:judge", officer, review, agrees=code == look.first_code)
    return look


def close_second_review(officer: Officer, review_id: uuid.UUID) -> None:
    """Nobody judges any more of it; what was judged stays and counts."""
    require(officer, Permission.SECOND_REVIEW_DRAW)
    with acting_as(officer):
        review = _open(officer, review_id)
        SecondReview.objects.filter(id=review.id).update(closed_at=now())
        _record("review:second_review:close", officer, review)


def _theirs(officer: Officer) -> QuerySet[SecondLook]:
    return SecondLook.objects.filter(second_officer=officer.pk, answered_at__isnull=True)


def _open(officer: Officer, review_id: uuid.UUID) -> SecondReview:
    found = SecondReview.objects.filter(id=review_id, owner_organisation=officer.organisation_id).first()
    if found is None:
        raise NotFound
    if found.closed_at is not None:
        raise LookSettled
    return found


def _record(verb: str, officer: Officer, review: SecondReview, **facts: object) -> None:
    record(verb, actor=officer, using="default", subject_kind="second_review", subject_id=review.id, facts=facts)
