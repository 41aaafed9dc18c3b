"""Pages of cooperation: the alerts of the officer's organisation, and requests for access, made and to be answered."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.access.purposes import purposes_offered
from clew.cooperation.queries import alerts_of, either_for, requests_of, tasks_by_alert, tasks_of, words_of
from clew.cooperation.requests import Decision, answer_back, answer_request, ask_for_access
from clew.intake.queries import match_for
from clew.kernel.errors import InputRefused, NotFound


@require_safe
@door(Permission.ALERT_READ, "cooperation:alert:list")
def alerts(request: HttpRequest) -> HttpResponse:
    """Who met the organisation's material, on what basis, for what, and how much they were told."""
    officer = officer_of(request)
    page = page_of(request, alerts_of(officer))
    tasks = tasks_by_alert(officer, page.object_list)
    context = {
        "page": page,
        "lines": [(alert, tasks.get(alert.id)) for alert in page.object_list],
        "may_read_media": Permission.MEDIA_READ in officer.permissions,
    }
    return TemplateResponse(request, "cooperation/alerts.html", context)


@require_safe
@door(Permission.REQUEST_READ, "cooperation:request:list")
def requests(request: HttpRequest) -> HttpResponse:
    """What others ask this unit for, and what it asked others for."""
    officer = officer_of(request)
    asked = tasks_of(officer) if Permission.REQUEST_ANSWER in officer.permissions else None
    context = {
        "tasks": page_of(request, asked) if asked is not None else None,
        "made": page_of(request, requests_of(officer)),
    }
    return TemplateResponse(request, "cooperation/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.REQUEST_CREATE, "cooperation:request:new")
def request_new(request: HttpRequest, match_id: uuid.UUID) -> HttpResponse:
    """Ask the owner of what was met for access to it."""
    officer = officer_of(request)
    if request.method == "POST":
        made = ask_for_access(
            officer,
            match_id,
            words=request.POST.get("words", ""),
            purpose=request.POST.get("purpose"),
            legal_basis=request.POST.get("legal_basis"),
        )
        return HttpResponseRedirect(reverse("cooperation:request", args=[made.id]))
    shown = match_for(officer, match_id)
    if shown.is_open:
        raise NotFound
    context = {"shown": shown, "submission": shown.match.verdict.submission, "purposes": purposes_offered()}
    return TemplateResponse(request, "cooperation/request_new.html", context)


@require_safe
@door(Permission.REQUEST_READ, "cooperation:request:read")
def request_one(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """One request as the officer's side has it, with what both sides wrote."""
    officer = officer_of(request)
    made, task = either_for(officer, request_id)
    context = {
        "made": made,
        "task": task,
        "paper": task or made,
        "words": words_of(officer, request_id),
        "may_read_media": Permission.MEDIA_READ in officer.permissions,
    }
    return TemplateResponse(request, "cooperation/request.html", context)


@require_POST
@hatch(Permission.REQUEST_ANSWER, "cooperation:request:answer")
def answer(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Grant, decline or ask back."""
    try:
        decision = Decision(request.POST.get("decision", ""))
    except ValueError:
        raise InputRefused(reason="Grant, decline or ask back. Nothing was changed. Choose one.") from None
    answer_request(officer_of(request), request_id, decision, words=request.POST.get("words", ""))
    return HttpResponseRedirect(reverse("cooperation:request", args=[request_id]))


@require_POST
@hatch(Permission.REQUEST_CREATE, "cooperation:request:reply")
def reply(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Answer what the owner asked back."""
    answer_back(officer_of(request), request_id, words=request.POST.get("words", ""))
    return HttpResponseRedirect(reverse("cooperation:request", args=[request_id]))
