"""Reads of data subjects' requests: the list with its clocks, and one request opened. Each read is on record before it is shown."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass

from clew.access.data_protection import policy
from clew.access.models import Officer, SubjectFreeze, SubjectRequest
from clew.access.permissions import Permission
from clew.access.sealer import sealer
from clew.access.subject_request_rules import STEPS, TEMPLATES, Clocks, Decision, RequestState, clocks, is_overdue
from clew.access.subject_requests import PURPOSE
from clew.access.subject_store import COMPLIANCE, opened_store
from clew.kernel.clock import now
from clew.kernel.errors import NotFound
from clew.ledger.models import Entry


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as the list shows it: how it stands and whether a clock has run out; nothing of what was written."""

    request: SubjectRequest
    clocks: Clocks
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """A request with what the person wrote, its freezes, its steps on record, and the answers that could be sent."""

    line: RequestLine
    person: str
    contact: str
    words: str
    answer: str
    freezes: list[SubjectFreeze]
    steps: list[Entry]
    templates: dict[str, str]
    next_states: list[str]


def requests_listed(officer: Officer) -> list[RequestLine]:
    """The requests of the officer's organisation, those that are late first."""
    with opened_store(officer, Permission.SUBJECT_REQUEST_READ, "list"):
        lines = [_line(request) for request in SubjectRequest.objects.using("service").order_by("received_on", "id")]
    return sorted(lines, key=lambda line: (not line.is_overdue, line.request.state == RequestState.ANSWERED))


def request_opened(officer: Officer, request_id: uuid.UUID) -> OpenedRequest:
    """One request, opened, or `NotFound`."""
    with opened_store(officer, Permission.SUBJECT_REQUEST_READ, "read") as desk:
        desk.about = request_id
        request = SubjectRequest.objects.using("service").filter(id=request_id).first()
        if request is None:
            raise NotFound
        freezes = list(SubjectFreeze.objects.using("service").filter(request=request).order_by("frozen_at"))
    steps = Entry.objects.using("service").filter(subject_kind=COMPLIANCE, subject_id=request_id)
    told = json.loads(sealer(PURPOSE).decrypt(bytes(request.sealed_words)))
    answer = bytes(request.sealed_answer) if request.sealed_answer else b""
    line = _line(request)
    return OpenedRequest(
        line=line,
        person=told["person"],
        contact=told["contact"],
        words=told["words"],
        answer=sealer(PURPOSE).decrypt(answer).decode() if answer else "",
        freezes=freezes,
        steps=list(steps.order_by("sequence")),
        templates=_templates(request, line.clocks),
        next_states=sorted(state.value for state in STEPS[RequestState(request.state)]),
    )


def _line(request: SubjectRequest) -> RequestLine:
    found = clocks(policy(), request.kind, request.received_on, request.admitted_on)
    return RequestLine(request, found, is_overdue(request.state, found, now().date()))


def _templates(request: SubjectRequest, found: Clocks) -> dict[str, str]:
    """The answer that fits how the request stands; "neither confirm nor deny" always does."""
    decide: dt.date | str = found.decide_by or "the day the rules give, once it is admitted"
    chosen = {Decision.NEITHER.value} | ({request.decision} if request.decision else {"acknowledgement"})
    return {
        str(name): words.format(received=request.received_on, decide=decide, words="").strip()
        for name, words in TEMPLATES.items()
        if name in chosen
    }
