"""Pages of schemes: which there are, what their codes mean, which the desk uses, what was confirmed, and bringing a taxonomy."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clew.access.doors import door, officer_of
from clew.access.hatches import hatch
from clew.access.permissions import Permission
from clew.kernel.errors import InputRefused, NotFound
from clew.kernel.limits import TAXONOMY_BYTES_MAX
from clew.review.inference import rule_book
from clew.review.scheme_acts import choose_schemes, confirm_scheme, confirmations_of, withdraw_confirmation
from clew.review.schemes import SchemeUnknown, all_schemes, desk_schemes, scheme_of
from clew.review.taxonomies import bring_taxonomy, taxonomies_of, taxonomy_for
from clew.review.taxonomy import TaxonomyBroken


@require_safe
@door(Permission.SCHEME_READ, "review:scheme:list")
def schemes(request: HttpRequest) -> HttpResponse:
    """Every scheme and taxonomy, and which the desk uses."""
    officer = officer_of(request)
    confirmed = {(one.scheme, one.version, one.digest) for one in confirmations_of(officer)}
    desk = [(scheme.key, scheme.version) for scheme in desk_schemes(officer)]
    rows = [
        (scheme, (scheme.key, scheme.version, scheme.digest) in confirmed, (scheme.key, scheme.version) in desk)
        for scheme in all_schemes()
    ]
    context = {
        "rows": rows,
        "desk": desk_schemes(officer),
        "taxonomies": taxonomies_of(officer),
        "rule_sets": rule_book().rule_sets(),
        "may_confirm": Permission.SCHEME_CONFIRM in officer.permissions,
    }
    return TemplateResponse(request, "review/schemes.html", context)


@require_safe
@door(Permission.SCHEME_READ, "review:scheme:read")
def scheme(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """One version of a scheme: its codes, what each is worth, and which rules lead from it."""
    officer = officer_of(request)
    try:
        found = scheme_of(key, version)
    except SchemeUnknown:
        raise NotFound from None
    context = {
        "scheme": found,
        "rule_sets": [one for one in rule_book().rule_sets() if (one.from_scheme, one.from_version) == (key, version)],
        "unverified": [one.label for one in found.codes if not one.is_verified],
        "confirmation": confirmations_of(officer).filter(scheme=key, version=version).first(),
        "may_confirm": Permission.SCHEME_CONFIRM in officer.permissions,
    }
    return TemplateResponse(request, "review/scheme.html", context)


@require_safe
@door(Permission.SCHEME_READ, "review:taxonomy:read")
def taxonomy(request: HttpRequest, taxonomy_key: str, version: str) -> HttpResponse:
    """One version of a taxonomy: its labels with their definitions."""
    found = taxonomy_for(officer_of(request), taxonomy_key, version)
    if found is None:
        raise NotFound
    return TemplateResponse(request, "review/taxonomy.html", {"taxonomy": found})


@require_POST
@hatch(Permission.SCHEME_CONFIRM, "review:scheme:confirm")
def confirm(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """Stand by a scheme that no public source bears out."""
    posted = request.POST
    confirm_scheme(
        officer_of(request), key, version, digest=posted.get("digest", ""), grounds=posted.get("grounds", "")
    )
    return HttpResponseRedirect(reverse("review:scheme", args=[key, version]))


@require_POST
@hatch(Permission.SCHEME_CONFIRM, "review:scheme:withdraw")
def withdraw_scheme(request: HttpRequest, confirmation_id: uuid.UUID) -> HttpResponse:
    """Stand by it no more."""
    withdraw_confirmation(officer_of(request), confirmation_id)
    return HttpResponseRedirect(reverse("review:schemes"))


@require_POST
@hatch(Permission.SCHEME_CONFIRM, "review:scheme:choose")
def choose(request: HttpRequest) -> HttpResponse:
    """Say in which schemes the organisation decides, the desk's own first."""
    first = request.POST.get("first", "")
    choose_schemes(officer_of(request), [one for one in (first, *request.POST.getlist("also")) if one])
    return HttpResponseRedirect(reverse("review:schemes"))


@require_POST
@hatch(Permission.SCHEME_CONFIRM, "review:taxonomy:bring")
def bring(request: HttpRequest) -> HttpResponse:
    """Bring a taxonomy, whole or not at all."""
    sent = request.FILES.get("file")
    if sent is None:
        raise InputRefused(reason="No file was sent. Nothing was changed. Choose one.")
    if (sent.size or 0) > TAXONOMY_BYTES_MAX:
        raise TaxonomyBroken(place="the whole", fault=f"it has more than {TAXONOMY_BYTES_MAX:,} bytes")
    key, title = request.POST.get("key", ""), request.POST.get("title", "")
    brought = bring_taxonomy(officer_of(request), sent.read(), key=key, title=title)
    return HttpResponseRedirect(reverse("review:taxonomy", args=[brought.key, brought.version]))
