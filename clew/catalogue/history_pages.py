"""Pages of a record's history: who read it, and watching it from now on."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.audit_queries import told
from clew.access.doors import door, officer_of
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.catalogue.record_history import history_of, watch

KINDS = ("media", "series")


@require_safe
@door(Permission.ENTRY_READ, "ledger:entry:record")
def history(request: HttpRequest, kind: str, record_id: uuid.UUID) -> HttpResponse:
    """Who read a record of one's organisation or did something with it."""
    officer = officer_of(request)
    page = page_of(request, history_of(officer, _known(kind), record_id))
    context = {
        "kind": kind,
        "record_id": record_id,
        "page": page,
        "entries": told(page.object_list, reader=officer),
        "may_plant": Permission.CANARY_PLANT in officer.permissions,
    }
    return TemplateResponse(request, "catalogue/history.html", context)


@require_POST
@door(Permission.CANARY_PLANT, "access:canary:plant")
def history_watch(request: HttpRequest, kind: str, watched: uuid.UUID) -> HttpResponse:
    """Watch the record: every reading of it from now on leaves word. The entry does not name it, lest the ledger tell which one it is."""
    watch(officer_of(request), _known(kind), watched, request.POST.get("note", ""))
    return HttpResponseRedirect(reverse("access:guard"))


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise Http404
    return kind
