"""The doors of cooperation for programs: ask for access, read requests, answer them."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from clew.access.declared import declares
from clew.access.doors import attempt, visit
from clew.access.permissions import Permission
from clew.access.purposes import LEGAL_BASIS_CHARACTERS_MAX, PURPOSE_CHARACTERS_MAX
from clew.cooperation.models import AccessRequest, AccessTask
from clew.cooperation.queries import either_for, requests_of, tasks_of, words_of
from clew.cooperation.requests import Decision, answer_back, answer_request, ask_for_access
from clew.kernel.limits import ACCESS_WORDS_CHARACTERS_MAX

router = Router()

#: Requests in one answer, the newest.
ROWS_MAX = 200


class NewRequest(Schema):
    """Of which match access is asked, for what and on which law; left out, these are what the officer's unit has set."""

    match_id: uuid.UUID
    words: str = Field(max_length=ACCESS_WORDS_CHARACTERS_MAX)
    purpose: str | None = Field(None, max_length=PURPOSE_CHARACTERS_MAX)
    legal_basis: str | None = Field(None, max_length=LEGAL_BASIS_CHARACTERS_MAX)


class Answer(Schema):
    """What the owner decides."""

    decision: Decision
    words: str = Field("", max_length=ACCESS_WORDS_CHARACTERS_MAX)


class Reply(Schema):
    """What the asker says to what was asked back."""

    words: str = Field(max_length=ACCESS_WORDS_CHARACTERS_MAX)


@router.post("/requests", summary="Ask the owner of a match for access")
@declares(Permission.REQUEST_CREATE, "cooperation:request:create")
def ask(request: HttpRequest, asked: NewRequest) -> dict[str, Any]:
    """The request; the one that waits already, if there is one."""
    with attempt(request, "cooperation:request:create", match_id=asked.match_id) as officer:
        made = ask_for_access(
            officer, asked.match_id, words=asked.words, purpose=asked.purpose, legal_basis=asked.legal_basis
        )
    return {"id": made.id, "state": made.state, "answer_by": made.answer_by}


@router.get("/requests", summary="The newest requests made and to be answered")
@declares(Permission.REQUEST_READ, "cooperation:request:list")
def listed(request: HttpRequest) -> dict[str, Any]:
    """`made` by this organisation, and `to_answer` by this officer."""
    with visit(request, Permission.REQUEST_READ, "cooperation:request:list") as officer:
        may_answer = Permission.REQUEST_ANSWER in officer.permissions
        return {
            "made": [_told(made) for made in requests_of(officer)[:ROWS_MAX]],
            "to_answer": [_told_task(task) for task in tasks_of(officer)[:ROWS_MAX]] if may_answer else [],
        }


@router.get("/requests/{uuid:request_id}", summary="One request with what both sides wrote")
@declares(Permission.REQUEST_READ, "cooperation:request:read")
def read(request: HttpRequest, request_id: uuid.UUID) -> dict[str, Any]:
    """As the officer's side has it."""
    with visit(request, Permission.REQUEST_READ, "cooperation:request:read", request_id=request_id) as officer:
        made, task = either_for(officer, request_id)
        written = [
            {"by": "owner" if one.by_owner else "asker", "at": one.written_at, "words": one.words}
            for one in words_of(officer, request_id)
        ]
        paper = _told_task(task) if task else _told(made) if made else {}
        return {**paper, "words": written}


@router.post("/requests/{uuid:request_id}/answer", summary="Grant a request, decline it, or ask back")
@declares(Permission.REQUEST_ANSWER, "cooperation:request:answer")
def answer(request: HttpRequest, request_id: uuid.UUID, given: Answer) -> dict[str, Any]:
    """What was decided."""
    with attempt(request, "cooperation:request:answer", request_id=request_id) as officer:
        answer_request(officer, request_id, given.decision, words=given.words)
    return {"id": request_id, "decision": given.decision.value}


@router.post("/requests/{uuid:request_id}/reply", summary="Answer what the owner asked back")
@declares(Permission.REQUEST_CREATE, "cooperation:request:reply")
def reply(request: HttpRequest, request_id: uuid.UUID, given: Reply) -> dict[str, Any]:
    """That it was sent."""
    with attempt(request, "cooperation:request:reply", request_id=request_id) as officer:
        answer_back(officer, request_id, words=given.words)
    return {"id": request_id}


def _told(made: AccessRequest) -> dict[str, Any]:
    return {
        "id": made.id,
        "state": made.state,
        "is_overdue": made.is_overdue,
        "answer_by": made.answer_by,
        "asked_of": str(made.named_unit) if made.named_unit else None,
        "match_id": made.match_id,
        "purpose": made.purpose,
        "legal_basis": made.legal_basis,
    }


def _told_task(task: AccessTask) -> dict[str, Any]:
    return {
        "id": task.request_id,
        "state": task.state,
        "is_overdue": task.is_overdue,
        "answer_by": task.answer_by,
        "asked_by": str(task.asker_unit),
        "media": task.media_id,
        "series": task.series_id,
        "purpose": task.purpose,
        "legal_basis": task.legal_basis,
    }
