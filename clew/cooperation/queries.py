"""Reads of cooperation: the alerts of an officer's organisation, and the requests for access it made and was asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.cooperation.models import AccessRequest, AccessTask, Alert, RequestWords
from clew.kernel.errors import NotFound


def alerts_of(officer: Officer) -> QuerySet[Alert]:
    """The alerts for the officer's organisation, newest first."""
    require(officer, Permission.ALERT_READ)
    told = Alert.objects.select_related("asker_unit__organisation", "series", "media", "owner_unit")
    # Told with its media: the join leaves it out, of the count too, for who may not see that.
    return told.filter(media__kind__isnull=False).order_by("-created_at")


def requests_of(officer: Officer) -> QuerySet[AccessRequest]:
    """What the officer's organisation asked others for, newest first; nothing for those who ask nobody."""
    if Permission.REQUEST_CREATE not in officer.permissions:
        return AccessRequest.objects.none()
    return AccessRequest.objects.select_related(
        "named_unit__organisation", "asked_by", "match__verdict__file"
    ).order_by("-id")


def tasks_of(officer: Officer) -> QuerySet[AccessTask]:
    """What others ask the officer for, newest first: their unit's, and for those who oversee it what the organisation left unanswered."""
    require(officer, Permission.REQUEST_ANSWER)
    mine = Q(owner_unit=officer.unit_id)
    if Permission.REQUEST_OVERSEE in officer.permissions:
        mine |= Q(escalated_at__isnull=False)
    found = AccessTask.objects.select_related("asker_unit__organisation", "owner_unit", "series", "media")
    # Told with its media, in the count too.
    return found.filter(mine, media__kind__isnull=False).order_by("-request_id")


def request_for(officer: Officer, request_id: uuid.UUID) -> AccessRequest:
    """One that the officer's organisation made, or `NotFound`."""
    found = requests_of(officer).filter(id=request_id).first()
    if found is None:
        raise NotFound
    return found


def task_for(officer: Officer, request_id: uuid.UUID) -> AccessTask:
    """One that the officer may answer, or `NotFound`."""
    found = tasks_of(officer).filter(request_id=request_id).first()
    if found is None:
        raise NotFound
    return found


def either_for(officer: Officer, request_id: uuid.UUID) -> tuple[AccessRequest | None, AccessTask | None]:
    """The request as the officer's side has it: made by it, or to be answered by it; `NotFound` where it is neither."""
    require(officer, Permission.REQUEST_READ)
    may_answer = Permission.REQUEST_ANSWER in officer.permissions
    made = requests_of(officer).filter(id=request_id).first()
    task = tasks_of(officer).filter(request_id=request_id).first() if may_answer else None
    if made is None and task is None:
        raise NotFound
    return made, task


def tasks_by_alert(officer: Officer, alerts: Iterable[Alert]) -> dict[uuid.UUID, AccessTask]:
    """For alerts after which their asker asked for access, the newest request that the officer may read, by the alert's id."""
    listed = list(alerts)
    if Permission.REQUEST_ANSWER not in officer.permissions:
        return {}
    media = {alert.media_id for alert in listed}
    asked = {(task.media_id, task.asker_unit_id): task for task in reversed(tasks_of(officer).filter(media__in=media))}
    found = {alert.id: asked.get((alert.media_id, alert.asker_unit_id)) for alert in listed}
    return {alert_id: task for alert_id, task in found.items() if task is not None}


def words_of(officer: Officer, request_id: uuid.UUID) -> QuerySet[RequestWords]:
    """What both sides wrote, in order, as far as row-level security shows it."""
    require(officer, Permission.REQUEST_READ)
    return RequestWords.objects.filter(request_id=request_id).order_by("id")
