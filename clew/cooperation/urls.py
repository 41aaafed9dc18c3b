"""Addresses of cooperation's pages."""

from __future__ import annotations

from django.urls import path

from clew.cooperation import pages

app_name = "cooperation"

urlpatterns = [path("alerts/", pages.alerts, name="alerts")]
