"""Pages of looking: one picture, a page of outlines, what officers choose for themselves, and what their organisation demands."""

from __future__ import annotations

import base64
import json
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.catalogue.look_minimum import Minimum, choice_of, minimum_of, set_choice, set_minimum
from clew.catalogue.looking import look
from clew.catalogue.looking import outlines as outlines_of
from clew.catalogue.looking_forms import MinimumForm, OwnChoiceForm
from clew.catalogue.models import LookMinimum
from clew.kernel.errors import InputRefused


@require_POST
@hatch(Permission.MEDIA_REVEAL, "catalogue:media:reveal")
def reveal(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """The picture itself, as clear as asked and allowed; without a step the first one. The action commits the look to the ledger before it opens the vault."""
    asked = request.POST
    shown = look(
        officer_of(request),
        media_id,
        asked.get("rendition", "thumbnail"),
        step=asked.get("step", ""),
        reason=asked.get("reason", ""),
    )
    headers = {
        "Cache-Control": "no-store",
        "X-Clew-Step": shown.step.word,
        "X-Clew-Clearest": shown.clearest.word,
        "X-Clew-Reason": "colour" if shown.colour_needs_reason else "",
    }
    return HttpResponse(shown.content, content_type="image/jpeg", headers=headers)


@require_POST
@hatch(Permission.MEDIA_REVEAL, "catalogue:media:outline")
def outlines(request: HttpRequest) -> HttpResponse:
    """The outlines of up to 120 media, whose ids the body names as JSON `{"media": [...]}`: by id, as base64 of a JPEG each."""
    found = outlines_of(officer_of(request), _ids(request))
    told = {str(id_): base64.b64encode(picture).decode() for id_, picture in found.items()}
    return JsonResponse({"step": "outline", "outlines": told}, headers={"Cache-Control": "no-store"})


@require_safe
@door(Permission.LOOK_CHOOSE, "catalogue:look:read")
def looks(request: HttpRequest) -> HttpResponse:
    """How pictures are shown to the officer, and what their organisation demands."""
    officer = officer_of(request)
    minimum = minimum_of(officer) or LookMinimum(organisation_id=officer.organisation_id)
    choice = choice_of(officer)
    own = OwnChoiceForm(initial={name: getattr(choice, name) for name in OwnChoiceForm.base_fields})
    demanded = MinimumForm(initial={name: getattr(minimum, name) for name in MinimumForm.base_fields})
    context = {
        "own": own,
        "demanded": demanded,
        "minimum": minimum,
        "may_set": Permission.LOOK_MINIMUM_SET in officer.permissions,
    }
    return TemplateResponse(request, "catalogue/looks.html", context)


@require_POST
@hatch(Permission.LOOK_CHOOSE, "catalogue:look:choose")
def own_set(request: HttpRequest) -> HttpResponse:
    """Choose for oneself."""
    form = OwnChoiceForm(request.POST)
    if not form.is_valid():
        raise InputRefused(reason="That is no such choice. Nothing was changed. Go back and choose again.")
    set_choice(officer_of(request), form.chosen())
    messages.success(request, "Kept. It holds where it shows less than your organisation's minimum.")
    return HttpResponseRedirect(reverse("catalogue:looks"))


@require_POST
@hatch(Permission.LOOK_MINIMUM_SET, "catalogue:look:set_minimum")
def minimum_set(request: HttpRequest) -> HttpResponse:
    """Set what one's organisation demands."""
    form = MinimumForm(request.POST)
    if not form.is_valid():
        raise InputRefused(reason="That is no such minimum. Nothing was changed. Go back and choose again.")
    stated: Minimum = form.stated()
    set_minimum(officer_of(request), stated)
    messages.success(request, "Set. It holds for every officer of your organisation from the next look on.")
    return HttpResponseRedirect(reverse("catalogue:looks"))


def _ids(request: HttpRequest) -> list[uuid.UUID]:
    try:
        told = json.loads(request.body)
        return [uuid.UUID(id_) for id_ in told["media"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputRefused(reason='That names no media. Nothing was shown. Send {"media": [ids]}.') from None
