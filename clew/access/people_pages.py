"""Pages of people: the officers of one's organisation, one officer with their rights, a new account, a unit, the register."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clew.access.actions import set_up_unit
from clew.access.doors import door, officer_of
from clew.access.enlistment import enlist
from clew.access.freshness import is_fresh, require_fresh
from clew.access.models import Officer
from clew.access.paging import page_of
from clew.access.people_forms import (
    CertificationForm,
    EnlistForm,
    UnitForm,
    clearance_choices,
    role_choices,
    role_words,
)
from clew.access.people_queries import certifications_of, officer_for, officers_of, register_of, units_of
from clew.access.permissions import Permission
from clew.kernel.clock import now
from clew.kernel.errors import InputRefused


@require_safe
@door(Permission.OFFICER_READ, "access:officer:list")
def people(request: HttpRequest) -> HttpResponse:
    """The officers of one's organisation with their state, certification and last sign-in, and its units."""
    officer = officer_of(request)
    context = {
        "page": page_of(request, officers_of(officer)),
        "units": units_of(officer),
        "today": now().date(),
        "may": _may(officer),
    }
    return TemplateResponse(request, "access/people.html", context)


def _may(officer: Officer) -> dict[str, bool]:
    return {permission.name.lower(): permission in officer.permissions for permission in Permission}


@require_safe
@door(Permission.OFFICER_READ, "access:officer:read")
def person(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    """One officer: rights, certifications, and what an administrator may change of them."""
    officer = officer_of(request)
    found = officer_for(officer, officer_id)
    may_change = Permission.OFFICER_CHANGE in officer.permissions and found.person_id != officer.person_id
    context = {
        "person": found,
        "roles": [role_words(role) for role in found.roles],
        "certifications": certifications_of(officer, found),
        "may_change": may_change,
        "is_fresh": is_fresh(request),
        "role_choices": role_choices(officer),
        "clearance_choices": clearance_choices(officer),
        "form": CertificationForm(),
        "today": now().date(),
    }
    return TemplateResponse(request, "access/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.OFFICER_ENLIST, "access:officer:new")
def person_new(request: HttpRequest) -> HttpResponse:
    """Enlist somebody; the secret that opens the account is shown this once."""
    officer = officer_of(request)
    form = EnlistForm(request.POST if request.method == "POST" else None, officer=officer)
    if not form.is_valid():
        context = {"form": form, "is_fresh": is_fresh(request)}
        return TemplateResponse(request, "access/person_new.html", context, status=422 if form.is_bound else 200)
    require_fresh(request)
    chosen = form.cleaned_data
    newcomer = form.newcomer(
        roles=chosen["roles"], clearance=chosen["clearance"], second_account_of=chosen["second_account_of"]
    )
    made = enlist(officer, chosen["unit"].id, newcomer)
    return TemplateResponse(request, "access/secret.html", {"person": made.officer, "secret": made.secret})


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.UNIT_SET_UP, "access:unit:new")
def unit_new(request: HttpRequest) -> HttpResponse:
    """Set up a unit of one's own organisation."""
    officer = officer_of(request)
    form = UnitForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "access/unit_new.html", {"form": form}, status=status)
    if units_of(officer).filter(name=form.cleaned_data["name"].strip()).exists():
        raise InputRefused(reason="There is a unit of that name. No unit was made. Choose another name.")
    set_up_unit(officer.organisation, actor=officer, **form.cleaned_data)
    return HttpResponseRedirect(reverse("access:people"))


@require_safe
@door(Permission.REGISTER_EXPORT, "access:register:export")
def register(request: HttpRequest) -> HttpResponse:
    """The register of access rights as a file."""
    answer = HttpResponse(register_of(officer_of(request)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="access-rights.csv"'
    return answer
