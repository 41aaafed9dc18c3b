"""Addresses of review's pages."""

from __future__ import annotations

from django.urls import path

from clew.review import grid_pages, second_review_pages, viewing_pages

app_name = "review"

urlpatterns = [
    path("grid/", grid_pages.grid, name="grid"),
    path("results/<uuid:result_id>/", grid_pages.result, name="result"),
    path("results/<uuid:result_id>/tiles/", grid_pages.tiles, name="tiles"),
    path("results/<uuid:result_id>/more/", grid_pages.more, name="more"),
    path("results/<uuid:result_id>/decide/", grid_pages.decide_chosen, name="decide_chosen"),
    path("decisions/<uuid:decision_id>/undo/", grid_pages.decision_undo, name="decision_undo"),
    path("media/<uuid:media_id>/", viewing_pages.media, name="media"),
    path("compare/", viewing_pages.compare, name="compare"),
    path("agreement/", second_review_pages.agreement, name="agreement"),
    path("second/", second_review_pages.second_reviews, name="second_reviews"),
    path("second/draw/", second_review_pages.draw, name="second_review_draw"),
    path("second/<uuid:review_id>/", second_review_pages.second_review, name="second_review"),
    path("second/<uuid:review_id>/close/", second_review_pages.close, name="second_review_close"),
    path("second/<uuid:review_id>/next/", second_review_pages.second_look, name="second_look"),
    path("second/looks/<uuid:look_id>/judge/", second_review_pages.judge, name="judge"),
]
