"""Pages of the broken glass: its uses, as far as they concern the officer's organisation, closing and review."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.break_glass import close_glass, glass_seen, review_glass
from clew.access.doors import door, officer_of
from clew.access.freshness import is_fresh, require_fresh
from clew.access.paging import page_of
from clew.access.permissions import Permission


@require_safe
@door(Permission.GLASS_READ, "access:glass:list")
def glass(request: HttpRequest) -> HttpResponse:
    """Uses by the officer's organisation, and on what it holds."""
    officer = officer_of(request)
    context = {
        "page": page_of(request, glass_seen(officer)),
        "may_review": Permission.GLASS_REVIEW in officer.permissions,
        "is_fresh": is_fresh(request),
    }
    return TemplateResponse(request, "access/glass.html", context)


@require_POST
@door(Permission.GLASS_BREAK, "access:glass:close")
def glass_close(request: HttpRequest, glass_id: uuid.UUID) -> HttpResponse:
    """Close one's own before its time is over."""
    close_glass(officer_of(request), glass_id)
    return HttpResponseRedirect(reverse("access:glass"))


@require_POST
@door(Permission.GLASS_REVIEW, "access:glass:review")
def glass_review(request: HttpRequest, glass_id: uuid.UUID) -> HttpResponse:
    """Say whether a use was justified."""
    require_fresh(request)
    was_justified = request.POST.get("answer") == "justified"
    review_glass(officer_of(request), glass_id, was_justified=was_justified, words=request.POST.get("words", ""))
    return HttpResponseRedirect(reverse("access:glass"))
