"""The page at which the owner states what a series came to."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from clew.access.doors import officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.catalogue.outcomes import state_outcome


@require_POST
@hatch(Permission.OUTCOME_STATE, "catalogue:outcome:state")
def outcome_state(request: HttpRequest, series_id: uuid.UUID) -> HttpResponse:
    """State it; whoever worked on the series is told."""
    state_outcome(officer_of(request), series_id, request.POST.get("outcome", ""))
    messages.success(request, "Stated. Those who worked on this series are told.")
    return HttpResponseRedirect(reverse("catalogue:series", args=[series_id]))
