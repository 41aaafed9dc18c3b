"""The desk: stacks one after the other, hidden until somebody asks, decided with one key each; and every act taken back with another."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from clew.access.doors import door, officer_of
from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.reading_guard import What, spend
from clew.review.desk import StackTold, beside, is_elsewhere, scheme_in_use, told_of
from clew.review.desk_deciding import history_of, last_act
from clew.review.desk_progress import progress_by_case, progress_of
from clew.review.leases import next_stack, stack_for, take
from clew.review.models import SkipReason, Stack
from clew.review.proposals import stacks_with_proposals
from clew.review.schemes import desk_schemes

#: In which row stacks come: the queue, an officer's own history, or decided ones with something proposed.
LIVE, HISTORY, PROPOSALS = "live", "history", "proposals"


@require_safe
@door(Permission.STACK_DECIDE, "review:desk:open")
def desk(request: HttpRequest) -> HttpResponse:
    """The stack to look at now: the one in hand, else the worthiest that nobody has."""
    officer = officer_of(request)
    return _page(request, officer, next_stack(officer), LIVE)


@require_safe
@door(Permission.STACK_DECIDE, "review:stack:open")
def stack(request: HttpRequest, stack_id: uuid.UUID) -> HttpResponse:
    """One stack again, for whoever was there before (`?row=history`), or for what is proposed of its near copies (`?row=proposals`)."""
    officer = officer_of(request)
    row = request.GET.get("row", LIVE)
    found = stack_for(officer, stack_id)
    if not is_elsewhere(officer, found):
        found = take(officer, stack_id)
    return _page(request, officer, found, row if row in {HISTORY, PROPOSALS} else LIVE)


@require_safe
@door(Permission.STACK_DECIDE, "review:desk:proposals")
def proposals(request: HttpRequest) -> HttpResponse:
    """The next decided stack in which something is proposed; after the last the queue again (`?after=`: the one that was shown before)."""
    officer = officer_of(request)
    waiting = stacks_with_proposals(officer)
    with contextlib.suppress(ValueError):
        waiting = waiting.filter(id__lt=uuid.UUID(request.GET.get("after", "")))
    found = waiting.first()
    return HttpResponseRedirect(address_of(found.id, PROPOSALS) if found else reverse("review:desk"))


@require_safe
@door(Permission.STACK_READ, "review:desk:progress")
def progress(request: HttpRequest) -> HttpResponse:
    """How far it is: of all, and of each case. The desk shows its head."""
    officer = officer_of(request)
    is_part = request.GET.get("part") == "head"
    context = {"progress": progress_of(officer), "cases": () if is_part else progress_by_case(officer)}
    template = "review/desk_progress_head.html" if is_part else "review/desk_progress.html"
    return TemplateResponse(request, template, context)


def address_of(stack_id: uuid.UUID, row: str = LIVE) -> str:
    """Where a stack is shown, and in which row it stands there."""
    return reverse("review:desk_stack", args=[stack_id]) + (f"?{urlencode({'row': row})}" if row != LIVE else "")


def _page(request: HttpRequest, officer: Officer, found: Stack | None, row: str) -> HttpResponse:
    spend(officer, What.RECORDS)
    told = told_of(officer, found) if found else None
    schemes = desk_schemes(officer)
    chosen = scheme_in_use(schemes, request.GET.get("scheme", ""))
    context: dict[str, Any] = {
        "told": told,
        "row": row,
        "schemes": schemes,
        "chosen": chosen,
        "said_in": {one.scheme for one in told.own} if told else set(),
        "is_elsewhere": bool(found and is_elsewhere(officer, found)),
        "may_reveal": Permission.MEDIA_REVEAL in officer.permissions,
        "last": last_act(officer),
        "skip_reasons": SkipReason.choices,
        "nobody": uuid.UUID(int=0),
        **_ways(officer, told, row),
    }
    return TemplateResponse(request, "review/desk.html", context)


def _ways(officer: Officer, told: StackTold | None, row: str) -> dict[str, str]:
    """Where next and previous lead; empty where next is what the queue gives."""
    stack_id = told.stack.id if told else uuid.UUID(int=0)
    back, on = beside(history_of(officer), stack_id)
    address = address_of(stack_id, row) if told else reverse("review:desk")
    if row == PROPOSALS:
        return {"address": address, "back_address": "", "on_address": _after(stack_id)}
    return {
        "address": address,
        "back_address": address_of(back, HISTORY) if back else "",
        "on_address": "" if row == LIVE else address_of(on, HISTORY) if on else reverse("review:desk"),
    }


def _after(stack_id: uuid.UUID) -> str:
    return f"{reverse('review:desk_proposals')}?{urlencode({'after': stack_id})}"
