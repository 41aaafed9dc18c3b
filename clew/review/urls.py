"""Addresses of review's pages."""

from __future__ import annotations

from django.urls import path

from clew.review import break_pages, exposure_pages, second_review_pages

app_name = "review"

urlpatterns = [
    path("agreement/", second_review_pages.agreement, name="agreement"),
    path("second/", second_review_pages.second_reviews, name="second_reviews"),
    path("second/draw/", second_review_pages.draw, name="second_review_draw"),
    path("second/<uuid:review_id>/", second_review_pages.second_review, name="second_review"),
    path("second/<uuid:review_id>/close/", second_review_pages.close, name="second_review_close"),
    path("second/<uuid:review_id>/next/", second_review_pages.second_look, name="second_look"),
    path("second/looks/<uuid:look_id>/judge/", second_review_pages.judge, name="judge"),
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
