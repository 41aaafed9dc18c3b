"""Requests for access: an asker who was told that something is held asks its owner for it; the owner grants, declines or asks back.

Written by the service, since each step changes the papers of both sides; who may take it is decided before, inside the officer's scope.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from clew.access.models import Officer
from clew.access.ownership import Level, clearances_up_to, level_for
from clew.access.permissions import Permission
from clew.access.purposes import reason_of
from clew.access.scope import acting_as, asker_in, require
from clew.access.standing import require_standing
from clew.catalogue.models import Series, Sighting
from clew.catalogue.sharing import share_with
from clew.cooperation.models import UNDECIDED, AccessRequest, AccessTask, RequestState, RequestWords
from clew.cooperation.queries import request_for, task_for
from clew.intake.queries import Shown, match_for
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import ACCESS_ANSWER_DAYS, ACCESS_WORDS_CHARACTERS_MAX
from clew.ledger.actions import record


class RequestDecided(ClewError):
    """This request was decided or taken further by somebody else meanwhile. Nothing was changed. Look at it again."""

    status = 409


class Decision(StrEnum):
    """What an owner may do with a request."""

    GRANT = "grant"
    DECLINE = "decline"
    ASK_BACK = "ask back"


@dataclass(frozen=True, slots=True)
class _OnBehalf:
    """One side of a request in the ledger where its officer did nothing: their organisation, and nobody by name."""

    organisation_id: uuid.UUID
    pk: None = None


def ask_for_access(
    officer: Officer, match_id: uuid.UUID, *, words: str, purpose: str | None = None, legal_basis: str | None = None
) -> AccessRequest:
    """Ask the owner of a match for what it holds; asked twice while it is undecided, it is one request.

    Only where the officer may know at this moment that something is held. What is silent, open, foreign or absent is `NotFound` alike.
    """
    require(officer, Permission.REQUEST_CREATE)
    words = _words(words)
    reason = reason_of(officer, purpose, legal_basis)
    with acting_as(officer):
        shown = match_for(officer, match_id)
    match = shown.match
    if match.media_id is None or shown.level not in {Level.CONTACT, Level.EXISTENCE}:
        raise NotFound
    with transaction.atomic(using="service"):
        held = _undecided(officer, shown)
        if held is not None:
            return held
        common: dict[str, Any] = {**reason.facts(), "answer_by": now().date() + dt.timedelta(days=ACCESS_ANSWER_DAYS)}
        request = AccessRequest(
            id=new_id(),
            owner_organisation_id=officer.organisation_id,
            owner_unit_id=officer.unit_id,
            asked_by=officer,
            match=match,
            named_unit_id=match.holder_unit_id if shown.names_holder else None,
            **common,
        )
        task = AccessTask(
            request=request,
            owner_organisation_id=match.holder_unit.organisation_id,
            owner_unit_id=match.holder_unit_id,
            asker_unit_id=officer.unit_id,
            media_id=match.media_id,
            series_id=match.series_id,
            **common,
        )
        AccessRequest.objects.using("service").bulk_create([request])
        AccessTask.objects.using("service").bulk_create([task])
        _write(request, words, by_owner=False)
        _on_record(
            "cooperation:request:create", officer, task, by_owner=False, told=shown.level.value, **reason.facts()
        )
    return request


def _undecided(officer: Officer, shown: Shown) -> AccessRequest | None:
    """The organisation's own request for the same thing that still waits, if there is one."""
    same = AccessTask.objects.using("service").filter(
        asker_unit__organisation=officer.organisation_id,
        owner_unit=shown.match.holder_unit_id,
        media=shown.match.media_id,
        series=shown.match.series_id,
        state__in=UNDECIDED,
    )
    found = same.select_related("request").first()
    return found.request if found else None


def answer_request(officer: Officer, request_id: uuid.UUID, decision: Decision, *, words: str = "") -> None:
    """Grant a request, decline it, or ask back. Granting names the asking organisation among those with whom the series, or the unit's
    sightings of the content, are shared. To decline or ask back takes words.
    """
    require(officer, Permission.REQUEST_ANSWER)
    words = _words(words, may_be_empty=decision is Decision.GRANT)
    with acting_as(officer):
        task_for(officer, request_id)
    with transaction.atomic(using="service"):
        owner = require_standing(officer, Permission.REQUEST_ANSWER)
        task = _locked(request_id)
        is_waiting = task.state == RequestState.OPEN or (
            task.state == RequestState.ASKED_BACK and decision is not Decision.ASK_BACK
        )
        if not is_waiting:
            raise RequestDecided
        shared = _share(task, owner) if decision is Decision.GRANT else 0
        state = {
            Decision.GRANT: RequestState.GRANTED,
            Decision.DECLINE: RequestState.DECLINED,
            Decision.ASK_BACK: RequestState.ASKED_BACK,
        }[decision]
        decided = {} if decision is Decision.ASK_BACK else {"decided_at": now()}
        _move(task, state, **decided)
        if decided:
            AccessTask.objects.using("service").filter(pk=task.pk).update(decided_by=officer)
        if decision is Decision.GRANT:
            # From here on the asker sees whose it is.
            AccessRequest.objects.using("service").filter(pk=task.pk).update(named_unit=task.owner_unit_id)
        if words:
            _write(task.request, words, by_owner=True)
        _on_record("cooperation:request:answer", officer, task, by_owner=True, decision=decision.value, shared=shared)


def answer_back(officer: Officer, request_id: uuid.UUID, *, words: str) -> None:
    """Answer what the owner asked back; the owner then has the whole time again."""
    require(officer, Permission.REQUEST_CREATE)
    words = _words(words)
    with acting_as(officer):
        request_for(officer, request_id)
    with transaction.atomic(using="service"):
        task = _locked(request_id)
        if task.state != RequestState.ASKED_BACK:
            raise RequestDecided
        answer_by = now().date() + dt.timedelta(days=ACCESS_ANSWER_DAYS)
        _move(task, RequestState.OPEN, answer_by=answer_by)
        AccessTask.objects.using("service").filter(pk=task.pk).update(escalated_at=None)
        _write(task.request, words, by_owner=False)
        _on_record("cooperation:request:reply", officer, task, by_owner=False)


def escalate_overdue() -> int:
    """Put requests whose day went by unanswered before the owner's national administrator; how many. Each once."""
    with transaction.atomic(using="service"):
        overdue = list(
            AccessTask.objects.using("service")
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("asker_unit")
            .filter(state=RequestState.OPEN, escalated_at__isnull=True, answer_by__lt=now().date())
        )
        for task in overdue:
            AccessTask.objects.using("service").filter(pk=task.pk).update(escalated_at=now())
            _on_record("cooperation:request:escalate", None, task, by_owner=True)
    return len(overdue)


def _locked(request_id: uuid.UUID) -> AccessTask:
    tasks = AccessTask.objects.using("service").select_related("request", "asker_unit__organisation")
    return tasks.select_for_update(of=("self",)).get(pk=request_id)


def _share(task: AccessTask, owner: Officer) -> int:
    """Share what the task is about with the asking organisation, as far as whoever grants it is cleared; how many rows. Refused where the
    asker would still see nothing of it.
    """
    rows: list[Series | Sighting]
    # Locked: the rule of the owner and another grant at the same moment would else be written over with what was read before.
    cleared = {"confidentiality__in": clearances_up_to(owner.clearance)}
    if task.series_id:
        series = Series.objects.using("service").select_for_update(of=("self",))
        rows = list(series.filter(id=task.series_id, **cleared))
    else:
        seen = Sighting.objects.using("service").select_for_update(of=("self",)).order_by("id")
        rows = list(seen.filter(media=task.media_id, owner_unit=task.owner_unit_id, **cleared))
    asker = asker_in(task.asker_unit.organisation)
    for row in rows:
        share_with(row, asker.organisation_id)
        row.refresh_from_db(using="service")
    if not any(level_for(row, asker) == Level.FULL for row in rows):
        raise InputRefused(
            reason="The asker would still not see it: it is under examination, they are denied it, or you are not cleared for it. Nothing was changed. "
            "Lift that first, have a colleague answer, or decline."
        )
    return len(rows)


def _move(task: AccessTask, state: RequestState, **columns: Any) -> None:
    """Both papers say the same."""
    AccessTask.objects.using("service").filter(pk=task.pk).update(state=state, **columns)
    AccessRequest.objects.using("service").filter(pk=task.pk).update(state=state, **columns)


def _write(request: AccessRequest, words: str, *, by_owner: bool) -> None:
    RequestWords.objects.using("service").bulk_create(
        [RequestWords(id=new_id(), request=request, by_owner=by_owner, words=words)]
    )


def _words(words: str, *, may_be_empty: bool = False) -> str:
    told = words.strip()
    if not told and not may_be_empty:
        raise InputRefused(
            reason="Words are needed, so that the other side knows why. Nothing was changed. Write some."
        )
    if len(told) > ACCESS_WORDS_CHARACTERS_MAX:
        raise InputRefused(
            reason=f"These are more than {ACCESS_WORDS_CHARACTERS_MAX} characters. Nothing was changed. Say it shorter."
        )
    return told


def _on_record(verb: str, officer: Officer | None, task: AccessTask, *, by_owner: bool, **facts: Any) -> None:
    """On the record of both sides: under the officer's name on their own, under nobody's on the other."""
    owner, asker = _OnBehalf(task.owner_organisation_id), _OnBehalf(task.asker_unit.organisation_id)
    sides = (owner, asker) if by_owner else (asker, owner)
    for actor in (officer or sides[0], sides[1]):
        record(verb, actor=actor, using="service", subject_kind="request", subject_id=task.pk, facts=facts)
