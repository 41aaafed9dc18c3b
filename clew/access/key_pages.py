"""Pages of API keys: one's own, and all of an organisation for its national administrator."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.freshness import require_fresh
from clew.access.hatches import hatch
from clew.access.keys import create_key, keys_of, keys_of_organisation, revoke_key
from clew.access.paging import page_of
from clew.access.people_forms import KeyForm
from clew.access.permissions import Permission
from clew.kernel.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@door(Permission.KEY_CREATE, "access:key:list")
def keys(request: HttpRequest) -> HttpResponse:
    """One's own keys, and a form for a new one, whose secret is shown this once."""
    officer = officer_of(request)
    if request.method == "POST":
        require_fresh(request)
    form = KeyForm(request.POST if request.method == "POST" else None, officer=officer)
    secret, status = "", 200
    if form.is_bound and form.is_valid():
        secret = create_key(officer, **form.cleaned_data)
        form = KeyForm(None, officer=officer)
    elif form.is_bound:
        status = 422
    context = {"page": page_of(request, keys_of(officer)), "form": form, "secret": secret, "now": now()}
    return TemplateResponse(request, "access/keys.html", context, status=status)


@require_POST
@hatch(Permission.KEY_CREATE, "access:key:revoke")
def revocation(request: HttpRequest, key_id: uuid.UUID) -> HttpResponse:
    """End a key of one's own."""
    revoke_key(officer_of(request), key_id)
    return HttpResponseRedirect(reverse("access:keys"))


@require_safe
@door(Permission.KEY_OVERSEE, "access:key:oversee")
def all_keys(request: HttpRequest) -> HttpResponse:
    """Every key of the organisation."""
    page = page_of(request, keys_of_organisation(officer_of(request)))
    return TemplateResponse(request, "access/all_keys.html", {"page": page, "now": now()})


@require_POST
@hatch(Permission.KEY_OVERSEE, "access:key:revoke_of_other")
def revocation_of_other(request: HttpRequest, key_id: uuid.UUID) -> HttpResponse:
    """End any key of the organisation."""
    revoke_key(officer_of(request), key_id)
    return HttpResponseRedirect(reverse("access:all_keys"))
