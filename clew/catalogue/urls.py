"""Addresses of the catalogue's pages."""

from __future__ import annotations

from django.urls import path

from clew.catalogue import (
    caution_pages,
    history_pages,
    looking_pages,
    outcome_pages,
    pages,
    retention_pages,
    rule_pages,
)
from clew.catalogue.retention_models import RecordKind

app_name = "catalogue"

urlpatterns = [
    path("series/", pages.series_list, name="series_list"),
    path("series/<uuid:series_id>/", pages.series, name="series"),
    path("series/<uuid:series_id>/outcome/", outcome_pages.outcome_state, name="outcome_state"),
    path("media/<uuid:media_id>/", pages.media, name="media"),
    path("media/<uuid:media_id>/reveal/", looking_pages.reveal, name="reveal"),
    path("media/outlines/", looking_pages.outlines, name="outlines"),
    path("looks/", looking_pages.looks, name="looks"),
    path("looks/own/", looking_pages.own_set, name="looks_own"),
    path("looks/minimum/", looking_pages.minimum_set, name="looks_minimum"),
    path("cautions/", caution_pages.cautions, name="cautions"),
    path("cautions/<uuid:caution_id>/clear/", caution_pages.caution_clear, name="caution_clear"),
    path("retention/", retention_pages.retention, name="retention"),
    path("retention/tasks/<uuid:task_id>/answer/", retention_pages.answer, name="retention_answer"),
    path("retention/holds/<uuid:hold_id>/ask/", retention_pages.hold_ask, name="hold_ask"),
    path("retention/holds/<uuid:hold_id>/lift/", retention_pages.hold_lift, name="hold_lift"),
    *(
        path(f"retention/{kind}/<uuid:record_id>/{rest}", view, {"kind": kind}, name=f"{name}_{kind}")
        for kind in RecordKind.values
        for rest, view, name in (
            ("", retention_pages.record, "retention"),
            ("shorten/", retention_pages.record_shorten, "shorten"),
            ("hold/", retention_pages.hold_place, "hold"),
            ("caution/", caution_pages.caution_set, "caution"),
        )
    ),
    path("audit/<slug:kind>/<uuid:record_id>/", history_pages.history, name="history"),
    path("audit/<slug:kind>/<uuid:watched>/watch/", history_pages.history_watch, name="history_watch"),
    path("cases/<uuid:case_id>/rule/", rule_pages.rule, name="rule_of_case"),
    path("submissions/<uuid:submission_id>/rule/", rule_pages.rule, name="rule_of_submission"),
    path("series/<uuid:series_id>/rule/", rule_pages.rule, name="rule_of_series"),
]
