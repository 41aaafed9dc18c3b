"""Pages that change one officer's rights: each a form of the officer's page, answered by going back there."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from clew.access.doors import door, officer_of
from clew.access.freshness import require_fresh
from clew.access.hatches import hatch
from clew.access.officers import (
    certify,
    change_roles,
    disable,
    enable,
    renew_enrolment,
    reset_second_factor,
    revoke_certifications,
    set_clearance,
)
from clew.access.people_forms import CertificationForm
from clew.access.permissions import Permission
from clew.kernel.errors import InputRefused


@require_POST
@hatch(Permission.OFFICER_CHANGE, "access:officer:change_roles")
def roles(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """Give these roles and no others."""
    require_fresh(request)
    change_roles(officer_of(request), officer_id, request.POST.getlist("roles"))
    return _back(officer_id)


@require_POST
@hatch(Permission.OFFICER_CHANGE, "access:officer:set_clearance")
def clearance(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """Clear up to this confidentiality."""
    require_fresh(request)
    set_clearance(officer_of(request), officer_id, request.POST.get("clearance", ""))
    return _back(officer_id)


@require_POST
@hatch(Permission.OFFICER_CHANGE, "access:officer:certify")
def certification(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """Record a certification: without one a specialist sees nothing that is protected."""
    require_fresh(request)
    form = CertificationForm(request.POST)
    if not form.is_valid():
        raise InputRefused(
            reason="A certification says what was examined, on which day, and until which day it counts. Nothing was changed."
        )
    certify(officer_of(request), officer_id, **form.cleaned_data)
    return _back(officer_id)


@require_POST
@hatch(Permission.OFFICER_CHANGE, "access:officer:revoke_certification")
def revocation(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """Void what somebody was certified in."""
    revoke_certifications(officer_of(request), officer_id, request.POST.get("reason", ""))
    return _back(officer_id)


@require_POST
@hatch(Permission.OFFICER_CHANGE, "access:factor:reset")
def factor(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """Take somebody's second factors away."""
    require_fresh(request)
    reset_second_factor(officer_of(request), officer_id)
    return _back(officer_id)


@require_POST
@door(Permission.OFFICER_CHANGE, "access:secret:show")
def secret(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """Give out a new secret, shown this once."""
    require_fresh(request)
    made = renew_enrolment(officer_of(request), officer_id)
    return TemplateResponse(request, "access/secret.html", {"secret": made})


@require_POST
@hatch(Permission.OFFICER_CHANGE, "access:officer:disable")
def ending(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """End somebody's access at once. Asks for no fresh sign-in: it must be quick."""
    disable(officer_of(request), officer_id, request.POST.get("reason", ""))
    return _back(officer_id)


@require_POST
@hatch(Permission.OFFICER_CHANGE, "access:officer:enable")
def readmission(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """Let somebody in again."""
    require_fresh(request)
    enable(officer_of(request), officer_id)
    return _back(officer_id)


def _back(officer_id: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("access:person", args=[officer_id]))
