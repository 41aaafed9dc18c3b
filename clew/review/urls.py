"""Addresses of review's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from clew.review import break_pages, exposure_pages

app_name = "review"

urlpatterns: list[URLPattern] = [
    path("wellbeing/", exposure_pages.wellbeing, name="wellbeing"),
    path("wellbeing/shift/", exposure_pages.shift, name="shift"),
    path("wellbeing/beats/", exposure_pages.beats, name="beats"),
    path("wellbeing/oversight/", exposure_pages.oversight, name="oversight"),
    path("wellbeing/oversight/rule/", exposure_pages.rule_set, name="rule_set"),
    path("break/", break_pages.pause, name="pause"),
    path("break/take/", break_pages.pause_take, name="pause_take"),
    path("break/end/", break_pages.pause_end, name="pause_end"),
    path("outcomes/", break_pages.outcomes, name="outcomes"),
    path("outcomes/read/", break_pages.outcomes_note, name="outcomes_note"),
]
