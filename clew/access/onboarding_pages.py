"""Pages of organisations: the coordinator's list, the checklist of one, and its state."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.access.campaigns import administrators_waiting, sums
from clew.access.doors import door, officer_of
from clew.access.enlistment import enlist_first_administrator
from clew.access.founding import found_and_set_up, units_in
from clew.access.freshness import is_fresh, require_fresh
from clew.access.hatches import hatch
from clew.access.onboarding import activate, checklist, organisation_for, overview, suspend, tick, withdraw_tick
from clew.access.onboarding_steps import missing_steps
from clew.access.people_forms import AccountForm, OrganisationForm, UnitForm
from clew.access.permissions import Permission, Role


@require_safe
@door(Permission.ORGANISATION_OVERSEE, "access:organisation:list")
def organisations(request: HttpRequest) -> HttpResponse:
    """Every organisation with its state, and how the yearly campaigns stand: sums, and no names but administrators nobody answered for."""
    officer = officer_of(request)
    context = {
        "organisations": overview(officer),
        "sums": sums(officer),
        "waiting": administrators_waiting(officer),
    }
    return TemplateResponse(request, "access/organisations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.ORGANISATION_OVERSEE, "access:organisation:new")
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Make an organisation known, with its first unit; it begins with its onboarding."""
    posted = request.POST if request.method == "POST" else None
    form, unit = OrganisationForm(posted), UnitForm(posted, prefix="unit")
    if not (form.is_valid() and unit.is_valid()):
        context = {"form": form, "unit": unit}
        return TemplateResponse(request, "access/organisation_new.html", context, status=422 if posted else 200)
    made = found_and_set_up(officer_of(request), form.cleaned_data, unit.cleaned_data)
    return HttpResponseRedirect(reverse("access:organisation", args=[made.id]))


@require_safe
@door(Permission.ONBOARDING_READ, "access:onboarding:own")
def own_onboarding(request: HttpRequest) -> HttpResponse:
    """The way to the checklist of one's own organisation."""
    return HttpResponseRedirect(reverse("access:organisation", args=[officer_of(request).organisation_id]))


@require_safe
@door(Permission.ONBOARDING_READ, "access:onboarding:read")
def organisation(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """The checklist of one organisation."""
    officer = officer_of(request)
    found = organisation_for(officer, organisation_id)
    lines = checklist(officer, found)
    ticked = {line.step.key for line in lines if line.tick}
    oversees = Permission.ORGANISATION_OVERSEE in officer.permissions and found.id != officer.organisation_id
    context = {
        "organisation": found,
        "lines": lines,
        "units": units_in(found),
        "missing": missing_steps(ticked),
        "oversees": oversees,
        "coordinator": Role.COORDINATOR,
    }
    return TemplateResponse(request, "access/organisation.html", context)


@require_POST
@hatch(Permission.ONBOARDING_TICK, "access:onboarding:tick")
def step(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Say that a step was taken, or take that back."""
    officer, key = officer_of(request), request.POST.get("step", "")
    if request.POST.get("answer") == "withdraw":
        withdraw_tick(officer, organisation_id, key)
    else:
        tick(officer, organisation_id, key, request.POST.get("evidence", ""))
    return _back(organisation_id)


@require_POST
@hatch(Permission.ORGANISATION_OVERSEE, "access:organisation:set_state")
def state(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Let an organisation take part, or suspend it, which asks for no fresh sign-in: it must be quick."""
    officer = officer_of(request)
    if request.POST.get("answer") == "suspend":
        suspend(officer, organisation_id, request.POST.get("reason", ""))
    else:
        require_fresh(request)
        activate(officer, organisation_id)
    return _back(organisation_id)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.ORGANISATION_OVERSEE, "access:organisation:administrator")
def administrator(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Enlist the first national administrator of an organisation; the secret is shown this once."""
    officer = officer_of(request)
    found = organisation_for(officer, organisation_id)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "organisation": found, "is_fresh": is_fresh(request)}
        return TemplateResponse(request, "access/administrator.html", context, status=422 if form.is_bound else 200)
    require_fresh(request)
    newcomer = form.newcomer(roles=[Role.NATIONAL_ADMINISTRATOR.value])
    made = enlist_first_administrator(officer, organisation_id, newcomer)
    return TemplateResponse(request, "access/secret.html", {"person": made.officer, "secret": made.secret})


def _back(organisation_id: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("access:organisation", args=[organisation_id]))
