"""Pages of cooperation: the alerts of the officer's organisation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from clew.access.doors import door, officer_of
from clew.access.paging import page_of
from clew.access.permissions import Permission
from clew.cooperation.queries import alerts_of


@require_safe
@door(Permission.ALERT_READ, "cooperation:alert:list")
def alerts(request: HttpRequest) -> HttpResponse:
    """Who met the organisation's material, on what basis, and how much they were told."""
    officer = officer_of(request)
    page = page_of(request, alerts_of(officer))
    context = {"page": page, "may_read_media": Permission.MEDIA_READ in officer.permissions}
    return TemplateResponse(request, "cooperation/alerts.html", context)
