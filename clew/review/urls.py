"""Addresses of review's pages."""

from __future__ import annotations

from django.urls import path

from clew.review import grid_pages, viewing_pages

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
]
