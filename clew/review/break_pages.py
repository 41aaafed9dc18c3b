"""Pages of breaks and of the outcome feed: a calm place, and good news."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.review.breaks import end_break, is_on_break, take_break
from clew.review.outcomes import note_read, outcomes_told


@require_safe
@door(Permission.EXPOSURE_READ, "review:break:read")
def pause(request: HttpRequest) -> HttpResponse:
    """The calm page: no picture, no number, and one button to come back."""
    return TemplateResponse(request, "review/pause.html", {"is_on_break": is_on_break(officer_of(request))})


@require_POST
@hatch(Permission.EXPOSURE_READ, "review:break:take")
def pause_take(request: HttpRequest) -> HttpResponse:
    """Begin a break; the break key asks for it, from whatever page."""
    take_break(officer_of(request))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"on_break": True}, headers={"Cache-Control": "no-store"})
    return HttpResponseRedirect(reverse("review:pause"))


@require_POST
@hatch(Permission.EXPOSURE_READ, "review:break:end")
def pause_end(request: HttpRequest) -> HttpResponse:
    """Be back."""
    end_break(officer_of(request))
    return HttpResponseRedirect(reverse("home"))


@require_safe
@door(Permission.OUTCOME_READ, "review:outcome:read")
def outcomes(request: HttpRequest) -> HttpResponse:
    """What the series that the officer worked on came to."""
    return TemplateResponse(request, "review/outcomes.html", {"told": outcomes_told(officer_of(request))})


@require_POST
@hatch(Permission.OUTCOME_READ, "review:outcome:note")
def outcomes_note(request: HttpRequest) -> HttpResponse:
    """The officer has read them."""
    note_read(officer_of(request))
    return HttpResponseRedirect(reverse("review:outcomes"))
