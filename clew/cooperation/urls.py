"""Addresses of cooperation's pages."""

from __future__ import annotations

from django.urls import path

from clew.cooperation import pages

app_name = "cooperation"

urlpatterns = [
    path("alerts/", pages.alerts, name="alerts"),
    path("requests/", pages.requests, name="requests"),
    path("matches/<uuid:match_id>/request/", pages.request_new, name="request_new"),
    path("requests/<uuid:request_id>/", pages.request_one, name="request"),
    path("requests/<uuid:request_id>/answer/", pages.answer, name="answer"),
    path("requests/<uuid:request_id>/reply/", pages.reply, name="reply"),
]
