"""Reads of statements: what is said of contents, by whomever, as far as the officer may know."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.kernel.errors import NotFound
from clew.review.models import Decision, Statement


def standing_statements(officer: Officer, media_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Statement]]:
    """What stands of each content, newest first: every country's, as far as the officer may see both statement and content."""
    require(officer, Permission.MEDIA_READ)
    stated = Statement.objects.filter(media__in=list(media_ids), is_standing=True).order_by("-made_at", "-id")
    found: dict[uuid.UUID, list[Statement]] = defaultdict(list)
    for statement in stated.select_related("owner_unit__organisation"):
        found[statement.media_id].append(statement)
    return dict(found)


def own_decisions(officer: Officer) -> QuerySet[Decision]:
    """What the officer decided, newest first, undone or not."""
    require(officer, Permission.STACK_DECIDE)
    return Decision.objects.filter(officer=officer.pk).order_by("-id")


def own_decision(officer: Officer, decision_id: uuid.UUID) -> Decision:
    """One of them, or `NotFound`: the same answer when it is absent and when it is another's."""
    found = own_decisions(officer).filter(id=decision_id).first()
    if found is None:
        raise NotFound
    return found
