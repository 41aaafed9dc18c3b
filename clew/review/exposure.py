"""Exposure: what an officer sees is counted, and looks are refused where a budget is spent, a break is due, or a shift ends.

Registered with `clew.catalogue.looking.on_look`: the guard refuses before anything is on record, the noter counts what was shown.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.looking import LookAsked
from clew.catalogue.looking_rules import GRID_RENDITION
from clew.kernel.clock import now
from clew.kernel.errors import ClewError
from clew.kernel.limits import (
    BEAT_PICTURES_MAX,
    BEAT_SECONDS_MAX,
    LOOK_SECONDS_MIN,
    LOOK_SHARE_PREVIEW,
    LOOK_SHARE_THUMBNAIL,
    SHOWN_SECONDS_MAX,
)
from clew.media.steps import Step
from clew.review.exposure_rules import Allowed, Standing, allow_picture, allow_work, begins_anew, warns, weight_of
from clew.review.models import Duty, Exposure, ExposureRule, Shown
from clew.review.schemes import scheme_of
from clew.review.statements import standing_statements


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page reports of one picture: how many seconds it was to be seen since the last report, and of how much of the screen (0 to 1)."""

    media_id: uuid.UUID
    seconds: float
    share: float


def allowed_for(officer: Officer) -> Allowed:
    """What the officer's organisation allows."""
    found = ExposureRule.objects.using("service").filter(organisation_id=officer.organisation_id).first()
    rule = found or ExposureRule()
    return Allowed(
        rule.day_points_max, rule.week_points_max, rule.break_after_minutes, rule.break_minutes, rule.stop_minutes
    )


def standing_of(officer: Officer) -> Standing:
    """How the officer stands at this moment. Days are of UTC; weeks begin on Monday."""
    duty = Duty.objects.using("service").filter(officer_id=officer.pk).first() or Duty()
    today = now().date()
    monday = today - dt.timedelta(days=today.weekday())
    own = Exposure.objects.using("service").filter(officer_id=officer.pk, day__gte=monday)
    points = dict(own.values_list("day", "points"))
    return Standing(
        duty.working_since,
        duty.last_look_at,
        duty.break_since,
        duty.shift_ends_at,
        points.get(today, 0.0),
        sum(points.values()),
    )


def guard_look(asked: LookAsked) -> None:
    """Refuse what is too much. Runs in the officer's scope."""
    standing, allowed, moment = standing_of(asked.officer), allowed_for(asked.officer), now()
    allow_work(standing, allowed, moment)
    if asked.step > Step.OUTLINE:
        severity = max((s for s in severities(asked.officer, asked.media_ids).values() if s is not None), default=None)
        allow_picture(standing, allowed, moment, severity)


def note_look(asked: LookAsked) -> None:
    """Count the look itself, and the work. Runs in the service's transaction, once it is on record."""
    officer, moment, allowed = asked.officer, now(), allowed_for(asked.officer)
    Duty.objects.using("service").get_or_create(officer_id=officer.pk)
    duty = Duty.objects.using("service").select_for_update().get(officer_id=officer.pk)
    if begins_anew(Standing(duty.working_since, duty.last_look_at), allowed, moment):
        duty.working_since = moment
    duty.last_look_at = moment
    duty.save(using="service", update_fields=["working_since", "last_look_at"])
    if asked.step is Step.OUTLINE:
        return
    with acting_as(officer):
        severity = severities(officer, asked.media_ids)
    share = LOOK_SHARE_THUMBNAIL if asked.rendition == GRID_RENDITION else LOOK_SHARE_PREVIEW
    until = moment + dt.timedelta(seconds=LOOK_SECONDS_MIN)
    for media_id in asked.media_ids:
        weight = weight_of(severity.get(media_id))
        found, is_new = Shown.objects.using("service").get_or_create(
            officer_id=officer.pk,
            media_id=media_id,
            defaults={"looked_at": moment, "counted_until": until, "weight": weight},
        )
        if not is_new:
            found.looked_at, found.counted_until, found.weight = moment, max(found.counted_until, until), weight
            found.save(using="service")
        _add(officer, LOOK_SECONDS_MIN, share, weight, looks=1)


def report(officer: Officer, seen: Sequence[Seen]) -> Standing:
    """Count what a page reports; how the officer stands then. Of each picture no more counts than the time since it was counted last, and
    nothing of what the officer did not look at.
    """
    require(officer, Permission.EXPOSURE_READ)
    moment = now()
    with transaction.atomic(using="service"):
        # Of the officer's windows one after the other.
        Duty.objects.using("service").get_or_create(officer_id=officer.pk)
        Duty.objects.using("service").select_for_update().get(officer_id=officer.pk)
        looked = Shown.objects.using("service").filter(
            officer_id=officer.pk,
            media_id__in=[one.media_id for one in seen[:BEAT_PICTURES_MAX]],
            looked_at__gte=moment - dt.timedelta(seconds=SHOWN_SECONDS_MAX),
        )
        shown = {row.media_id: row for row in looked}
        for one in seen[:BEAT_PICTURES_MAX]:
            row = shown.pop(one.media_id, None)
            if row is None:
                continue
            passed = (moment - row.counted_until).total_seconds()
            seconds = min(max(one.seconds, 0.0), passed, BEAT_SECONDS_MAX)
            if seconds > 0:
                _add(officer, seconds, min(max(one.share, 0.0), 1.0), row.weight)
                Shown.objects.using("service").filter(id=row.id).update(counted_until=moment)
        Shown.objects.using("service").filter(
            looked_at__lt=moment - dt.timedelta(days=1), officer_id=officer.pk
        ).delete()
    return standing_of(officer)


def is_warned(officer: Officer, standing: Standing) -> bool:
    """Whether to tell the officer that a budget ends soon."""
    return warns(standing, allowed_for(officer))


def severities(officer: Officer, media_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int | None]:
    """The gravest severity that anybody states of each, as far as the officer may see; None where nobody does. Runs in their scope."""
    found: dict[uuid.UUID, int | None] = dict.fromkeys(media_ids)
    if not media_ids:
        return found
    for media_id, statements in standing_statements(officer, media_ids).items():
        told = [_severity(statement.scheme, statement.scheme_version, statement.code) for statement in statements]
        found[media_id] = max((severity for severity in told if severity is not None), default=None)
    return found


def _severity(scheme: str, version: str, code: str) -> int | None:
    try:
        return scheme_of(scheme, version).code(code).severity
    except ClewError:
        # Of a scheme that this installation does not know any more.
        return None


def _add(officer: Officer, seconds: float, share: float, weight: int, *, looks: int = 0) -> None:
    Exposure.objects.using("service").get_or_create(officer_id=officer.pk, day=now().date())
    Exposure.objects.using("service").filter(officer_id=officer.pk, day=now().date()).update(
        seconds=F("seconds") + seconds, points=F("points") + seconds * share * weight, looks=F("looks") + looks
    )


def own_days(officer: Officer, days: int = 28) -> list[Exposure]:
    """What the officer saw on each of the last days, newest first: their own record, which nobody else reads."""
    require(officer, Permission.EXPOSURE_READ)
    since = now().date() - dt.timedelta(days=days)
    return list(Exposure.objects.using("service").filter(officer_id=officer.pk, day__gt=since).order_by("-day"))
