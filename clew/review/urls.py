"""Addresses of review's pages."""

from __future__ import annotations

from django.urls import path

from clew.review import second_review_pages

app_name = "review"

urlpatterns = [
    path("agreement/", second_review_pages.agreement, name="agreement"),
    path("second/", second_review_pages.second_reviews, name="second_reviews"),
    path("second/draw/", second_review_pages.draw, name="second_review_draw"),
    path("second/<uuid:review_id>/", second_review_pages.second_review, name="second_review"),
    path("second/<uuid:review_id>/close/", second_review_pages.close, name="second_review_close"),
    path("second/<uuid:review_id>/next/", second_review_pages.second_look, name="second_look"),
    path("second/looks/<uuid:look_id>/judge/", second_review_pages.judge, name="judge"),
]
