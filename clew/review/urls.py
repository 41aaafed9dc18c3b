"""Addresses of review's pages."""

from __future__ import annotations

from django.urls import path

from clew.review import search_kept_pages, search_pages, second_review_pages

app_name = "review"

urlpatterns = [
    path("search/", search_pages.search, name="search"),
    path("search/state/", search_pages.search_state, name="search_state"),
    path("search/steps/", search_kept_pages.search_history, name="search_history"),
    path("search/steps/<uuid:step_id>/left/", search_pages.search_left, name="search_left"),
    path("search/saved/", search_kept_pages.searches_saved, name="searches_saved"),
    path("search/saved/keep/", search_kept_pages.search_keep, name="search_keep"),
    path("search/saved/<uuid:saved_id>/forget/", search_kept_pages.search_forget, name="search_forget"),
    path("search/like/", search_kept_pages.likeness_new, name="likeness_new"),
    path("search/like/ask/", search_kept_pages.likeness_ask, name="likeness_ask"),
    path("agreement/", second_review_pages.agreement, name="agreement"),
    path("second/", second_review_pages.second_reviews, name="second_reviews"),
    path("second/draw/", second_review_pages.draw, name="second_review_draw"),
    path("second/<uuid:review_id>/", second_review_pages.second_review, name="second_review"),
    path("second/<uuid:review_id>/close/", second_review_pages.close, name="second_review_close"),
    path("second/<uuid:review_id>/next/", second_review_pages.second_look, name="second_look"),
    path("second/looks/<uuid:look_id>/judge/", second_review_pages.judge, name="judge"),
]
