"""Pages of caution: what compliance has taken out of use, setting a caution, and clearing one."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.models import Officer
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.catalogue.caution import cautions_clearable, clear_caution, set_caution
from clew.catalogue.models import Case, Series


def caution_address(officer: Officer, kind: str, row: Case | Series) -> str:
    """Where this officer sets a caution on a record; empty where they may not."""
    is_own = row.owner_organisation_id == officer.organisation_id
    may = Permission.CAUTION_OVERSEE if not is_own else Permission.CAUTION_SET
    return reverse(f"catalogue:caution_{kind}", args=[row.id]) if may in officer.permissions else ""


@require_safe
@door(Permission.CAUTION_SET, "catalogue:caution:list")
def cautions(request: HttpRequest) -> HttpResponse:
    """The cautions that the officer's organisation set and may clear."""
    clearable = cautions_clearable(officer_of(request)).filter(cleared_at__isnull=True)
    page = page_of(request, clearable.select_related("author", "owner_unit__organisation").order_by("-set_at"))
    return TemplateResponse(request, "catalogue/cautions.html", {"page": page})


@require_POST
@hatch(Permission.CAUTION_SET, "catalogue:caution:set")
def caution_set(request: HttpRequest, record_id: uuid.UUID, kind: str) -> HttpResponse:
    """Take a record out of use."""
    set_caution(officer_of(request), kind, record_id, request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("catalogue:cautions"))


@require_POST
@hatch(Permission.CAUTION_SET, "catalogue:caution:clear")
def caution_clear(request: HttpRequest, caution_id: uuid.UUID) -> HttpResponse:
    """Bring it back."""
    clear_caution(officer_of(request), caution_id, request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("catalogue:cautions"))
