"""Pages of the catalogue: series and media. Pictures stay hidden until somebody asks for one, and each look is on record."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from clew.access.doors import door, officer_of
from clew.access.paging import COUNTED_MAX, page_of
from clew.access.permissions import Permission
from clew.access.reading_guard import What, spend
from clew.catalogue.caution_pages import caution_address
from clew.catalogue.models import OutcomeKind
from clew.catalogue.outcomes import may_state, outcomes_of
from clew.catalogue.queries import (
    embedded_sightings_of,
    media_for,
    media_of_series,
    series_for,
    series_of,
    series_visible,
    sightings_of,
)
from clew.catalogue.sharing import may_change
from clew.media.contradictions import contradictions
from clew.media.fact_sources import by_source


@require_safe
@door(Permission.SERIES_READ, "catalogue:series:list")
def series_list(request: HttpRequest) -> HttpResponse:
    """Every series the officer may see."""
    officer = officer_of(request)
    spend(officer, What.RECORDS)
    page = page_of(request, series_visible(officer))
    return TemplateResponse(request, "catalogue/series_list.html", {"page": page, "counted_max": COUNTED_MAX})


@require_safe
@door(Permission.SERIES_READ, "catalogue:series:read")
def series(request: HttpRequest, series_id: uuid.UUID) -> HttpResponse:
    """One series: its facts, its owner, and its media for those who may read media."""
    officer = officer_of(request)
    spend(officer, What.RECORDS)
    found = series_for(officer, series_id)
    page = None
    if Permission.MEDIA_READ in officer.permissions:
        page = page_of(request, media_of_series(officer, found))
    context = {
        "series": found,
        "page": page,
        "may_reveal": _may_reveal(request),
        "may_audit": Permission.ENTRY_READ in officer.permissions,
        "caution_address": caution_address(officer, "series", found),
        "may_change": may_change(officer, found),
        "outcomes": outcomes_of(found),
        "outcome_choices": OutcomeKind.choices if may_state(officer, found) else [],
    }
    return TemplateResponse(request, "catalogue/series.html", context)


@require_safe
@door(Permission.MEDIA_READ, "catalogue:media:read")
def media(request: HttpRequest, media_id: uuid.UUID) -> HttpResponse:
    """One media: what the file says, which series it is in, and where it was seen, as far as the officer may know."""
    officer = officer_of(request)
    spend(officer, What.RECORDS)
    found = media_for(officer, media_id)
    page = page_of(request, sightings_of(officer, found))
    context = {
        "media": found,
        "sources": [(source, list(facts.items())) for source, facts in by_source(found.metadata, found.kind).items()],
        "clashes": contradictions(found.metadata),
        "page": page,
        "embedded": embedded_sightings_of(officer, found),
        "series_found": series_of(officer, found),
        "may_reveal": _may_reveal(request),
    }
    return TemplateResponse(request, "catalogue/media.html", context)


def _may_reveal(request: HttpRequest) -> bool:
    return Permission.MEDIA_REVEAL in officer_of(request).permissions
