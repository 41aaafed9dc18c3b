"""Pages of exposure: an officer's own record and shift, the reports of pages, and what a national administrator sets and sees."""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.kernel.errors import InputRefused
from clew.kernel.limits import EXPOSURE_OFFICERS_MIN
from clew.review.breaks import set_shift_end
from clew.review.exposure import Seen, allowed_for, is_warned, own_days, report, standing_of
from clew.review.exposure_forms import RuleForm, ShiftForm
from clew.review.exposure_oversight import set_rule, week_sums

_NO_REPORT = "That is no report of what was shown. Nothing was counted."


@require_safe
@door(Permission.EXPOSURE_READ, "review:exposure:read")
def wellbeing(request: HttpRequest) -> HttpResponse:
    """What the officer saw in the last weeks, which nobody else is shown, and when their shift ends."""
    officer = officer_of(request)
    standing, allowed = standing_of(officer), allowed_for(officer)
    context = {
        "days": own_days(officer),
        "standing": standing,
        "allowed": allowed,
        "is_warned": is_warned(officer, standing),
        "shift": ShiftForm(label_suffix=""),
    }
    return TemplateResponse(request, "review/wellbeing.html", context)


@require_POST
@hatch(Permission.EXPOSURE_READ, "review:shift:state")
def shift(request: HttpRequest) -> HttpResponse:
    """Say when one's shift ends."""
    form = ShiftForm(request.POST)
    if not form.is_valid():
        raise InputRefused(reason="That is no number of minutes within a shift. Nothing was changed.")
    set_shift_end(officer_of(request), form.cleaned_data["minutes"])
    messages.success(request, "Kept.")
    return HttpResponseRedirect(reverse("review:wellbeing"))


@require_POST
@hatch(Permission.EXPOSURE_READ, "review:exposure:report")
def beats(request: HttpRequest) -> HttpResponse:
    """What a page showed since its last report: `{"shown": [[media id, seconds, share], ...]}`. The answer says whether a budget ends soon."""
    officer = officer_of(request)
    standing = report(officer, _seen(request))
    allowed = allowed_for(officer)
    told = {
        "day": round(standing.day_points / allowed.day_points_max, 3),
        "week": round(standing.week_points / allowed.week_points_max, 3),
        "warning": is_warned(officer, standing),
        "on_break": standing.break_since is not None,
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@require_safe
@door(Permission.EXPOSURE_OVERSEE, "review:exposure:oversee")
def oversight(request: HttpRequest) -> HttpResponse:
    """What the organisation allows, and sums over at least five of its officers."""
    officer = officer_of(request)
    context = {
        "weeks": week_sums(officer),
        "form": RuleForm(initial=asdict(allowed_for(officer))),
        "may_set": Permission.EXPOSURE_RULE_SET in officer.permissions,
        "officers_min": EXPOSURE_OFFICERS_MIN,
    }
    return TemplateResponse(request, "review/oversight.html", context)


@require_POST
@hatch(Permission.EXPOSURE_RULE_SET, "review:exposure:set_rule")
def rule_set(request: HttpRequest) -> HttpResponse:
    """Set what the organisation allows."""
    form = RuleForm(request.POST)
    if not form.is_valid():
        raise InputRefused(
            reason="One of these is outside what Clew allows. Nothing was changed. Go back and correct it."
        )
    set_rule(officer_of(request), form.stated())
    messages.success(request, "Set. It holds from the next look on.")
    return HttpResponseRedirect(reverse("review:oversight"))


def _seen(request: HttpRequest) -> list[Seen]:
    try:
        told = json.loads(request.body)["shown"]
        seen = [Seen(uuid.UUID(id_), float(seconds), float(share)) for id_, seconds, share in told]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputRefused(reason=_NO_REPORT) from None
    # What is no number would make every sum no number.
    if not all(math.isfinite(one.seconds) and math.isfinite(one.share) for one in seen):
        raise InputRefused(reason=_NO_REPORT)
    return seen
