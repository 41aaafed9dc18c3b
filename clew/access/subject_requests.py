"""Verbs of data subjects' requests: enter one, take it a step further, decide, answer, freeze what it concerns. All in the separate store."""

from __future__ import annotations

import datetime as dt
import json
import uuid

from clew.access.models import Officer, SubjectFreeze, SubjectRequest
from clew.access.permissions import Permission
from clew.access.sealer import sealer
from clew.access.subject_request_rules import STEPS, Decision, RequestKind, RequestState
from clew.access.subject_store import opened_store
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, InputRefused, NotFound
from clew.kernel.events import CautionAsked, CautionEnded
from clew.kernel.ids import new_id

#: The label under which the key of the store is derived from the key ring.
PURPOSE = "subject requests"
WORDS_CHARACTERS_MAX = 10_000
FROZEN_KINDS = frozenset({"case", "series"})


class StepNotPossible(ClewError):
    """This request cannot take that step from where it stands. Nothing was changed. Reload the page to see how it stands."""

    status = 409


def enter_request(
    officer: Officer, *, kind: str, received_on: dt.date, person: str, contact: str, words: str
) -> uuid.UUID:
    """Enter a request as it came; its clocks run from the day it was received. Its id."""
    if kind not in set(RequestKind) or not person.strip() or not words.strip():
        raise InputRefused(
            reason="A request needs its kind, who asks, and what is asked. Nothing was stored. Fill them in."
        )
    if max(len(person), len(contact), len(words)) > WORDS_CHARACTERS_MAX:
        raise InputRefused(reason="That is too long. Nothing was stored. Shorten it.")
    if received_on > now().date():
        raise InputRefused(reason="A request cannot have come on a day to come. Nothing was stored. Correct the day.")
    told = json.dumps({"person": person.strip(), "contact": contact.strip(), "words": words.strip()})
    with opened_store(officer, Permission.SUBJECT_REQUEST_OPEN, "enter") as desk:
        request = SubjectRequest(
            id=new_id(),
            organisation_id=desk.officer.organisation_id,
            kind=kind,
            received_on=received_on,
            sealed_words=sealer(PURPOSE).encrypt(told.encode()),
            entered_by_id=desk.officer.pk,
            entered_at=now(),
        )
        SubjectRequest.objects.using("service").bulk_create([request])
        desk.about = request.id
    return request.id


def take_step(officer: Officer, request_id: uuid.UUID, state: str) -> None:
    """Acknowledge it, admit it, or find it not admissible."""
    plain = {
        RequestState.ACKNOWLEDGED: "acknowledged_on",
        RequestState.ADMITTED: "admitted_on",
        RequestState.REFUSED: "decided_on",
    }
    if state not in plain:
        raise StepNotPossible
    with opened_store(officer, Permission.SUBJECT_REQUEST_DECIDE, "step") as desk:
        request = _locked(request_id)
        desk.about = request.id
        _move(request, RequestState(state))
        setattr(request, plain[RequestState(state)], now().date())
        request.save(using="service")


def decide_request(officer: Officer, request_id: uuid.UUID, decision: str) -> None:
    """Decide an admitted request. Carrying the decision out on records is the owner's own act, by its own rules."""
    if decision not in set(Decision):
        raise StepNotPossible
    with opened_store(officer, Permission.SUBJECT_REQUEST_DECIDE, "step") as desk:
        request = _locked(request_id)
        desk.about = request.id
        _move(request, RequestState.DECIDED)
        request.decision, request.decided_on = decision, now().date()
        request.save(using="service")


def answer_request(officer: Officer, request_id: uuid.UUID, answer: str) -> None:
    """Keep the answer as it was sent, and end every freeze that the request brought about."""
    if not answer.strip() or len(answer) > WORDS_CHARACTERS_MAX:
        raise InputRefused(reason="An answer needs its words, not too many. Nothing was stored. Correct it.")
    with opened_store(officer, Permission.SUBJECT_REQUEST_DECIDE, "step") as desk:
        request = _locked(request_id)
        desk.about = request.id
        _move(request, RequestState.ANSWERED)
        request.sealed_answer, request.answered_on = sealer(PURPOSE).encrypt(answer.encode()), now().date()
        request.save(using="service")
        standing = SubjectFreeze.objects.using("service").filter(request=request, released_at__isnull=True)
        for freeze in standing:
            desk.events.append(CautionEnded(caution_id=freeze.id, organisation_id=freeze.organisation_id))
        standing.update(released_at=now())


def freeze_record(officer: Officer, request_id: uuid.UUID, kind: str, record_id: uuid.UUID) -> None:
    """Have a record of the organisation used by nobody while the request is examined. The police side is told of a caution, not of a request.

    Whether there is such a record is not answered here: a caution on what does not exist changes nothing.
    """
    if kind not in FROZEN_KINDS:
        raise NotFound
    with opened_store(officer, Permission.SUBJECT_REQUEST_FREEZE, "step") as desk:
        request = _locked(request_id)
        desk.about = request.id
        if request.state == RequestState.ANSWERED:
            raise StepNotPossible
        freeze = SubjectFreeze(
            id=new_id(),
            request=request,
            organisation_id=request.organisation_id,
            record_kind=kind,
            record_id=record_id,
            frozen_at=now(),
        )
        SubjectFreeze.objects.using("service").bulk_create([freeze])
        desk.events.append(
            CautionAsked(
                caution_id=freeze.id, organisation_id=request.organisation_id, record_id=record_id, record_kind=kind
            )
        )


def _locked(request_id: uuid.UUID) -> SubjectRequest:
    found = SubjectRequest.objects.using("service").select_for_update().filter(id=request_id).first()
    if found is None:
        raise NotFound
    return found


def _move(request: SubjectRequest, state: RequestState) -> None:
    if state not in STEPS[RequestState(request.state)]:
        raise StepNotPossible
    request.state = state.value
