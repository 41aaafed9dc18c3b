"""Pages of purging by hand: what would go with a record, asking for it, and carrying out what a second person has granted."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clew.access.doors import door, officer_of
from clew.access.freshness import is_fresh, require_fresh
from clew.access.permissions import Permission
from clew.intake.purge_acts import ask_purge, purge_facts, purge_granted, purge_record


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.RECORD_PURGE, "catalogue:record:ask")
def purge(request: HttpRequest, record_id: uuid.UUID, kind: str) -> HttpResponse:
    """What would go, in numbers, and the request that it go."""
    officer = officer_of(request)
    if request.method == "POST":
        asked = ask_purge(officer, kind, record_id, request.POST.get("reason", ""))
        return HttpResponseRedirect(reverse("access:approval", args=[asked.id]))
    row, facts = purge_facts(officer, kind, record_id)
    context = {
        "kind": kind,
        "row": row,
        "facts": facts,
        "granted": purge_granted(officer, kind, record_id),
        "is_fresh": is_fresh(request),
    }
    return TemplateResponse(request, "intake/purge.html", context)


@require_POST
@door(Permission.RECORD_PURGE, "catalogue:record:purge")
def purge_carry_out(request: HttpRequest, record_id: uuid.UUID, kind: str) -> HttpResponse:
    """Purge it, as a second person has granted."""
    require_fresh(request)
    purge_record(officer_of(request), kind, record_id)
    return HttpResponseRedirect(reverse("catalogue:retention"))
