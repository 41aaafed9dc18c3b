"""Pages of the yearly campaign: an organisation's officers to be confirmed or ended."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.campaigns import answer, campaign_of, lines_of
from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.people_models import CampaignAnswer
from clew.access.permissions import Permission
from clew.kernel.clock import now
from clew.kernel.limits import RECERTIFICATION_WARNING_DAYS


@require_safe
@door(Permission.RECERTIFICATION_READ, "access:recertification:read")
def review(request: HttpRequest) -> HttpResponse:
    """The newest campaign of one's organisation, with its progress and what is left of its time."""
    officer = officer_of(request)
    campaign = campaign_of(officer)
    lines = list(lines_of(officer, campaign)) if campaign else []
    answered = sum(line.answer != CampaignAnswer.WAITING for line in lines)
    days_left = (campaign.answers_until - now()).days if campaign else 0
    is_open = campaign is not None and campaign.closed_at is None
    context = {
        "campaign": campaign,
        "lines": lines,
        "answered": answered,
        "waiting": len(lines) - answered,
        "days_left": max(days_left, 0),
        "is_late": is_open and answered < len(lines) and days_left <= RECERTIFICATION_WARNING_DAYS,
        "may_answer": is_open and Permission.RECERTIFICATION_ANSWER in officer.permissions,
    }
    return TemplateResponse(request, "access/review.html", context)


@require_POST
@hatch(Permission.RECERTIFICATION_ANSWER, "access:recertification:answer")
def line(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Confirm or end one officer's access."""
    officer = officer_of(request)
    answer(officer, line_id, is_confirmed=request.POST.get("answer") == "confirm")
    oversees = Permission.ORGANISATION_OVERSEE in officer.permissions
    return HttpResponseRedirect(reverse("access:organisations" if oversees else "access:review"))
