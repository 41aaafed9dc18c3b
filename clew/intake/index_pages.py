"""Pages of the index: how it stands, and releasing what is set aside."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.permissions import Permission
from clew.intake.index_state import index_state_for
from clew.intake.parking import release
from clew.ledger.standing import ledger_standing


@require_safe
@door(Permission.INDEX_READ, "intake:index:read")
def status(request: HttpRequest) -> HttpResponse:
    """How the index stands, what its guard found, what is set aside and why."""
    officer = officer_of(request)
    state, totals = index_state_for(officer)
    context = {
        "state": state,
        "totals": totals,
        "ledger": ledger_standing(),
        "may_park": Permission.SIGNATURE_PARK in officer.permissions,
    }
    return TemplateResponse(request, "intake/status.html", context)


@require_POST
@door(Permission.SIGNATURE_PARK, "intake:signature:release")
def release_parking(request: HttpRequest, parking_id: uuid.UUID) -> HttpResponse:
    """Count a signature again."""
    release(officer_of(request), parking_id, request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("intake:status"))
