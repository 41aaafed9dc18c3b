"""Addresses of the catalogue's pages."""

from __future__ import annotations

from django.urls import path

from clew.catalogue import history_pages, pages, rule_pages

app_name = "catalogue"

urlpatterns = [
    path("series/", pages.series_list, name="series_list"),
    path("series/<uuid:series_id>/", pages.series, name="series"),
    path("media/<uuid:media_id>/", pages.media, name="media"),
    path("media/<uuid:media_id>/reveal/", pages.reveal, name="reveal"),
    path("audit/<slug:kind>/<uuid:record_id>/", history_pages.history, name="history"),
    path("audit/<slug:kind>/<uuid:watched>/watch/", history_pages.history_watch, name="history_watch"),
    path("cases/<uuid:case_id>/rule/", rule_pages.rule, name="rule_of_case"),
    path("submissions/<uuid:submission_id>/rule/", rule_pages.rule, name="rule_of_submission"),
    path("series/<uuid:series_id>/rule/", rule_pages.rule, name="rule_of_series"),
]
