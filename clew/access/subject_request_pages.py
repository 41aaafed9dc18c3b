"""Pages of data subjects' requests, for the data protection officer alone. Each action brings its own transaction and its own, neutral, record."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.access.doors import officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.access.subject_request_queries import request_opened, requests_listed
from clew.access.subject_request_rules import Decision, RequestKind, RequestState
from clew.access.subject_requests import answer_request, decide_request, enter_request, freeze_record, take_step
from clew.access.subject_store import note_refusal
from clew.kernel.errors import ClewError, InputRefused, NotFound


def quietly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer what is refused in the store itself: nobody's ledger shows that there was something to refuse."""

    @wraps(view)
    def quiet(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ClewError as refusal:
            note_refusal(officer_of(request), refusal)
            return render(request, "error.html", {"error": refusal}, status=refusal.status)

    return quiet


@require_http_methods(["GET", "HEAD", "POST"])
@hatch(Permission.SUBJECT_REQUEST_OPEN, "access:compliance:enter")
@quietly
def request_new(request: HttpRequest) -> HttpResponse:
    """Enter a request as it came."""
    if request.method != "POST":
        return _shown(request, "access/subject_request_new.html", {"kinds": list(RequestKind)})
    request_id = enter_request(
        officer_of(request),
        kind=request.POST.get("kind", ""),
        received_on=_day(request.POST.get("received_on", "")),
        person=request.POST.get("person", ""),
        contact=request.POST.get("contact", ""),
        words=request.POST.get("words", ""),
    )
    return _to(request_id)


@require_safe
@hatch(Permission.SUBJECT_REQUEST_READ, "access:compliance:list")
@quietly
def requests(request: HttpRequest) -> HttpResponse:
    """All of them with their clocks."""
    return _shown(request, "access/subject_requests.html", {"lines": requests_listed(officer_of(request))})


@require_safe
@hatch(Permission.SUBJECT_REQUEST_READ, "access:compliance:read")
@quietly
def request_one(request: HttpRequest, subject_request_id: uuid.UUID) -> HttpResponse:
    """One request, opened."""
    opened = request_opened(officer_of(request), subject_request_id)
    return _shown(request, "access/subject_request.html", {"opened": opened, "decisions": list(Decision)})


@require_POST
@hatch(Permission.SUBJECT_REQUEST_DECIDE, "access:compliance:step")
@quietly
def request_step(request: HttpRequest, subject_request_id: uuid.UUID) -> HttpResponse:
    """Take it a step further, decide it, or answer it."""
    officer, state = officer_of(request), request.POST.get("state", "")
    if state == RequestState.DECIDED:
        decide_request(officer, subject_request_id, request.POST.get("decision", ""))
    elif state == RequestState.ANSWERED:
        answer_request(officer, subject_request_id, request.POST.get("answer", ""))
    else:
        take_step(officer, subject_request_id, state)
    return _to(subject_request_id)


@require_POST
@hatch(Permission.SUBJECT_REQUEST_FREEZE, "access:compliance:freeze")
@quietly
def request_freeze(request: HttpRequest, subject_request_id: uuid.UUID) -> HttpResponse:
    """Freeze a record it concerns."""
    try:
        record_id = uuid.UUID(request.POST.get("record", ""))
    except ValueError:
        raise NotFound from None
    freeze_record(officer_of(request), subject_request_id, request.POST.get("kind", ""), record_id)
    return _to(subject_request_id)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputRefused(reason="That is no day. Nothing was changed. Give it as year, month, day.") from None


def _shown(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    answer = render(request, template, context)
    answer["Cache-Control"] = "no-store"
    return answer


def _to(request_id: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("access:subject_request", args=[request_id]))
