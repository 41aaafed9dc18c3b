"""Pages of retention: what expires and who must answer, how long one record is kept, and legal holds."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.approvals import ask
from clew.access.doors import door, officer_of
from clew.access.freshness import is_fresh, require_fresh
from clew.access.grave_acts import GraveAct
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.catalogue.caution_pages import caution_address
from clew.catalogue.retention import answer_keep, answer_let_go, hold_facts, lift_hold, place_hold, shorten
from clew.catalogue.retention_queries import hold_for, holds_standing, purges_of, tasks_open, term_for
from clew.kernel.errors import InputRefused


@require_safe
@door(Permission.RETENTION_READ, "catalogue:retention:list")
def retention(request: HttpRequest) -> HttpResponse:
    """What expires and waits for an answer, what is held, what was purged."""
    officer = officer_of(request)
    context = {
        "tasks": tasks_open(officer),
        "holds": holds_standing(officer),
        "page": page_of(request, purges_of(officer)),
    }
    return TemplateResponse(request, "catalogue/retention.html", context)


@require_safe
@door(Permission.RETENTION_READ, "catalogue:retention:read")
def record(request: HttpRequest, record_id: uuid.UUID, kind: str) -> HttpResponse:
    """How long one record is kept, with everything its owner can do about it."""
    officer = officer_of(request)
    term = term_for(officer, kind, record_id)
    context = {
        "term": term,
        "may_answer": Permission.RETENTION_ANSWER in officer.permissions,
        "may_hold": Permission.HOLD_PLACE in officer.permissions,
        "may_lift": Permission.HOLD_LIFT in officer.permissions,
        "may_purge": Permission.RECORD_PURGE in officer.permissions,
        "is_fresh": is_fresh(request),
        "caution_address": caution_address(officer, kind, term.row),
    }
    return TemplateResponse(request, "catalogue/term.html", context)


@require_POST
@door(Permission.RETENTION_ANSWER, "catalogue:retention:answer")
def answer(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Keep it, or let it go."""
    officer, reason = officer_of(request), request.POST.get("reason", "")
    if request.POST.get("answer") == "keep":
        answer_keep(officer, task_id, day_of(request, "until"), reason)
    else:
        answer_let_go(officer, task_id, reason)
    return HttpResponseRedirect(reverse("catalogue:retention"))


@require_POST
@door(Permission.RETENTION_ANSWER, "catalogue:retention:shorten")
def record_shorten(request: HttpRequest, record_id: uuid.UUID, kind: str) -> HttpResponse:
    """Have it expire earlier."""
    shorten(officer_of(request), kind, record_id, day_of(request, "until"))
    return _back(kind, record_id)


@require_POST
@door(Permission.HOLD_PLACE, "catalogue:hold:place")
def hold_place(request: HttpRequest, record_id: uuid.UUID, kind: str) -> HttpResponse:
    """Stop its deletion."""
    review_on, reason = day_of(request, "review_on"), request.POST.get("reason", "")
    place_hold(officer_of(request), kind, record_id, reason=reason, review_on=review_on)
    return _back(kind, record_id)


@require_POST
@door(Permission.HOLD_LIFT, "catalogue:hold:ask")
def hold_ask(request: HttpRequest, hold_id: uuid.UUID) -> HttpResponse:
    """Ask a second person that it be lifted."""
    hold = hold_for(officer_of(request), hold_id)
    asked = ask(
        officer_of(request),
        GraveAct.HOLD_LIFT,
        subject_kind=hold.record_kind,
        subject_id=hold.record_id,
        facts=hold_facts(hold),
        reason=request.POST.get("reason", ""),
    )
    return HttpResponseRedirect(reverse("access:approval", args=[asked.id]))


@require_POST
@door(Permission.HOLD_LIFT, "catalogue:hold:lift")
def hold_lift(request: HttpRequest, hold_id: uuid.UUID) -> HttpResponse:
    """Lift it, as a second person has granted."""
    require_fresh(request)
    hold = hold_for(officer_of(request), hold_id)
    lift_hold(officer_of(request), hold.id, request.POST.get("reason", ""))
    return _back(hold.record_kind, hold.record_id)


def day_of(request: HttpRequest, name: str) -> dt.date:
    """A day from a form. Raises InputRefused."""
    try:
        return dt.date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        raise InputRefused(reason="That is no day. Nothing was changed. Give it as year, month, day.") from None


def _back(kind: str, record_id: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"catalogue:retention_{kind}", args=[record_id]))
