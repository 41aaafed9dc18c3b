"""Verbs of the broken glass: open for minutes what an owner does not share, with the reason first, and have it reviewed by another person.

It opens what its officer has been told exists, never what they do not know of; what an owner marked for named ones alone, or denied them, stays shut.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import connections, transaction
from django.db.models import Q, QuerySet

from clew.access.approval_models import GlassBreak
from clew.access.approvals import SamePerson, grave_reason, present
from clew.access.models import Officer, Unit
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import GLASS_UNREVIEWED_HOURS_MAX
from clew.ledger.actions import record

_BREAKING = int.from_bytes(b"clewglas", "big")


class GlassLocked(ClewError):
    """The glass cannot be broken now: an earlier use is not reviewed yet. Nothing was opened. Have it reviewed, and call the owner meanwhile."""

    status = 409


class ReviewSettled(ClewError):
    """This use was reviewed already. Nothing was changed. Reload the page to see how."""

    status = 409


def break_glass(
    officer: Officer,
    *,
    rows: Sequence[uuid.UUID],
    holder_unit: Unit,
    media_id: uuid.UUID | None,
    series_id: uuid.UUID | None,
    reason: str,
) -> GlassBreak:
    """Open these protected rows of a unit to the officer, for an hour at most. Its owner sees it from this moment on.

    The caller has seen to it that the officer was told of them. Refused while the officer's last use is unreviewed, or a colleague's for a day.
    """
    reason = grave_reason(reason)
    with transaction.atomic(using="service"):
        # Of two at the same moment the later must see the earlier, whichever accounts of one person or organisation they are.
        with connections["service"].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BREAKING])
        actor = present(officer)
        require(actor, Permission.GLASS_BREAK)
        _require_unlocked(actor)
        broken = GlassBreak(
            id=new_id(),
            officer=actor,
            person_id=actor.person_id,
            owner_organisation_id=actor.organisation_id,
            holder_unit=holder_unit,
            holder_organisation_id=holder_unit.organisation_id,
            opened_rows=list(rows),
            media_id=media_id,
            series_id=series_id,
            reason=reason,
            opened_at=now(),
        )
        GlassBreak.objects.using("service").bulk_create([broken])
        facts = {"holder": str(holder_unit.organisation_id), "rows": len(rows)}
        _record("access:glass:break", actor, broken, facts)
    return broken


def close_glass(officer: Officer, glass_id: uuid.UUID) -> None:
    """Close one's own before its time is over."""
    with transaction.atomic(using="service"):
        own = GlassBreak.objects.using("service").filter(id=glass_id, officer_id=officer.pk, closed_at=None)
        broken = own.select_for_update().first()
        if broken is None or not broken.is_open:
            raise NotFound
        own.update(closed_at=now())
        _record("access:glass:close", officer, broken, {})


def review_glass(officer: Officer, glass_id: uuid.UUID, *, was_justified: bool, words: str) -> GlassBreak:
    """Say whether a use was justified: a reviewer of the owner of what was opened does, and another person than its officer."""
    words = grave_reason(words)
    with transaction.atomic(using="service"):
        reviewer = present(officer)
        require(reviewer, Permission.GLASS_REVIEW)
        to_review = GlassBreak.objects.using("service").select_for_update()
        broken = to_review.filter(id=glass_id, holder_organisation_id=reviewer.organisation_id).first()
        if broken is None:
            raise NotFound
        if broken.person_id == reviewer.person_id:
            raise SamePerson
        if broken.reviewed_at is not None:
            raise ReviewSettled
        if broken.is_open:
            broken.closed_at = now()
        broken.reviewed_by, broken.reviewed_at = reviewer, now()
        broken.was_justified, broken.review_words = was_justified, words
        broken.save(using="service")
        _record("access:glass:review", reviewer, broken, {"was_justified": was_justified})
    return broken


def glass_seen(officer: Officer) -> QuerySet[GlassBreak]:
    """Uses by the officer's organisation and uses on what it holds, newest first."""
    require(officer, Permission.GLASS_READ)
    mine = Q(owner_organisation=officer.organisation_id) | Q(holder_organisation=officer.organisation_id)
    # Read by the service: officers of other organisations are told of by their unit, which pages name instead of them.
    seen = GlassBreak.objects.using("service").select_related(
        "officer__unit__organisation", "holder_unit__organisation", "reviewed_by__unit"
    )
    return seen.filter(mine).order_by("-opened_at")


def unreviewed_of(officer: Officer) -> int:
    """How many uses wait for a review by the officer's organisation; 0 for those who review none."""
    if Permission.GLASS_REVIEW not in officer.permissions:
        return 0
    return glass_seen(officer).filter(holder_organisation=officer.organisation_id, reviewed_at=None).count()


def _require_unlocked(actor: Officer) -> None:
    unreviewed = GlassBreak.objects.using("service").filter(reviewed_at=None)
    overdue = now() - dt.timedelta(hours=GLASS_UNREVIEWED_HOURS_MAX)
    own = Q(person_id=actor.person_id)
    colleagues = Q(owner_organisation=actor.organisation_id, opened_at__lt=overdue)
    if unreviewed.filter(own | colleagues).exists():
        raise GlassLocked


def _record(verb: str, officer: Officer, broken: GlassBreak, facts: dict[str, object]) -> None:
    record(verb, actor=officer, using="service", subject_kind="glass", subject_id=broken.id, facts=facts)
