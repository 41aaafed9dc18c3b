"""Pages of held submissions: those whose officer's access ended, and to whom each is handed over."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.intake.handing_over import NotToThem, hand_over, heirs, held_submissions
from clew.intake.tasks import ask_for_decisions


@require_safe
@door(Permission.SUBMISSION_HAND_OVER, "intake:submission:list_held")
def held(request: HttpRequest) -> HttpResponse:
    """The held submissions of one's organisation."""
    officer = officer_of(request)
    context = {"page": page_of(request, held_submissions(officer)), "heirs": heirs(officer)}
    return TemplateResponse(request, "intake/held.html", context)


@require_POST
@hatch(Permission.SUBMISSION_HAND_OVER, "intake:submission:hand_over")
def handing_over(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """Give one to another officer."""
    try:
        heir = uuid.UUID(request.POST.get("officer", ""))
    except ValueError:
        raise NotToThem from None
    hand_over(officer_of(request), submission_id, heir)
    ask_for_decisions(submission_id)
    return HttpResponseRedirect(reverse("intake:held"))
