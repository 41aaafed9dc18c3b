"""The page on which an officer breaks the glass over a match: the reason first."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.freshness import is_fresh, require_fresh
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.intake.glass import break_glass_over, closed_match_for
from clew.kernel.limits import GLASS_MINUTES_MAX


@require_safe
@door(Permission.GLASS_BREAK, "access:glass:ask")
def glass_ask(request: HttpRequest, match_id: uuid.UUID) -> HttpResponse:
    """What it means, and the reason to give."""
    context = {
        "match": closed_match_for(officer_of(request), match_id),
        "is_fresh": is_fresh(request),
        "minutes": GLASS_MINUTES_MAX,
    }
    return TemplateResponse(request, "intake/glass.html", context)


@require_POST
@hatch(Permission.GLASS_BREAK, "access:glass:break")
def glass_break(request: HttpRequest, match_id: uuid.UUID) -> HttpResponse:
    """Open it. The action puts it on record before anything can be seen."""
    require_fresh(request)
    break_glass_over(officer_of(request), match_id, request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("access:glass"))
