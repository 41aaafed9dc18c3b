"""Verbs and reads of keeping apart: say that two contents are not the same, take it back, and ask what stands."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.models import Apart, ApartKind, Media
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import APART_REASON_CHARACTERS_MAX
from clew.ledger.actions import record


class NothingToKeepApart(ClewError):
    """A content cannot be kept apart from itself. Nothing was changed. Choose two."""

    status = 422


def state_apart(
    officer: Officer, one: uuid.UUID, other: uuid.UUID, reason: str, *, kind: ApartKind = ApartKind.PICTURE
) -> Apart:
    """Say that two contents the officer may see are not the same; said already, it stands as it was said.

    Raises `NotFound` where one of them is absent or foreign.
    """
    require(officer, Permission.APART_STATE)
    reason = _reason(reason)
    if one == other:
        raise NothingToKeepApart
    left, right = sorted((one, other))
    with acting_as(officer):
        if Media.objects.filter(id__in=[left, right]).count() != 2:
            raise NotFound
        columns = {
            "owner_organisation_id": officer.organisation_id,
            "kind": kind.value,
            "left_id": left,
            "right_id": right,
        }
        Apart.objects.bulk_create(
            [Apart(id=new_id(), reason=reason, stated_by=officer, **columns)], ignore_conflicts=True
        )
        apart = Apart.objects.get(ended_at__isnull=True, **columns)
        _record("catalogue:apart:state", officer, apart)
    return apart


def end_apart(officer: Officer, apart_id: uuid.UUID, reason: str) -> Apart:
    """Take back what the officer's own organisation said. Taken back twice, the first stands."""
    require(officer, Permission.APART_STATE)
    reason = _reason(reason)
    with acting_as(officer):
        apart = Apart.objects.select_for_update().filter(id=apart_id).first()
        if apart is None:
            raise NotFound
        if apart.ended_at is None:
            apart.ended_at, apart.ended_by, apart.end_reason = now(), officer, reason
            apart.save(update_fields=["ended_at", "ended_by", "end_reason"])
            _record("catalogue:apart:end", officer, apart)
    return apart


def apart_of(officer: Officer, media_id: uuid.UUID, *, kind: ApartKind | None = None) -> QuerySet[Apart]:
    """What the officer's organisation keeps this content apart from, newest first. Runs inside the officer's scope."""
    require(officer, Permission.MEDIA_READ)
    found = Apart.objects.select_related("stated_by").filter(
        Q(left=media_id) | Q(right=media_id), ended_at__isnull=True
    )
    return (found.filter(kind=kind.value) if kind else found).order_by("-id")


def apart_from(officer: Officer, media_id: uuid.UUID, others: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Apart]]:
    """Of these contents those that the officer's organisation keeps apart from one of its own, with what it said."""
    asked, found = set(others), defaultdict(list)
    for apart in apart_of(officer, media_id):
        other = apart.right_id if apart.left_id == media_id else apart.left_id
        if other in asked:
            found[other].append(apart)
    return dict(found)


def pairs_apart(
    organisation_id: uuid.UUID,
    media_ids: Iterable[uuid.UUID],
    *,
    kind: ApartKind = ApartKind.PICTURE,
    using: str = "service",
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The pairs that an organisation keeps apart, at least one of each among these contents: for what groups contents, of whatever kind."""
    ids = list(media_ids)
    standing = Apart.objects.using(using).filter(
        owner_organisation=organisation_id, kind=kind.value, ended_at__isnull=True
    )
    return list(standing.filter(Q(left__in=ids) | Q(right__in=ids)).values_list("left_id", "right_id"))


def _reason(reason: str) -> str:
    told = reason.strip()
    if not told or len(told) > APART_REASON_CHARACTERS_MAX:
        raise InputRefused(reason=f"Say why, in 1 to {APART_REASON_CHARACTERS_MAX} characters. Nothing was changed.")
    return told


def _record(verb: str, officer: Officer, apart: Apart) -> None:
    # The entry names the statement, and the statement the contents.
    record(verb, actor=officer, using="default", subject_kind="apart", subject_id=apart.id, facts={"kind": apart.kind})
