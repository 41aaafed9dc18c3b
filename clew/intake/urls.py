"""Addresses of intake's pages."""

from __future__ import annotations

from django.urls import path

from clew.catalogue.retention_models import RecordKind
from clew.intake import glass_pages, held_pages, index_pages, pages, purge_pages, receiving

app_name = "intake"

urlpatterns = [
    path("submissions/", pages.submissions, name="submissions"),
    path("submissions/held/", held_pages.held, name="held"),
    path("submissions/new/", pages.submission_new, name="submission_new"),
    path("submissions/<uuid:submission_id>/", pages.submission, name="submission"),
    path("submissions/<uuid:submission_id>/files/", receiving.files, name="files"),
    path("submissions/<uuid:submission_id>/close/", receiving.close, name="close"),
    path("submissions/<uuid:submission_id>/hand-over/", held_pages.handing_over, name="hand_over"),
    path("submissions/<uuid:submission_id>/progress/", receiving.progress, name="progress"),
    path("status/", index_pages.status, name="status"),
    path("status/parked/<uuid:parking_id>/release/", index_pages.release_parking, name="release"),
    path("matches/<uuid:match_id>/glass/", glass_pages.glass_ask, name="glass_ask"),
    path("matches/<uuid:match_id>/glass/break/", glass_pages.glass_break, name="glass_break"),
    path("verdicts/<uuid:file_id>/", pages.verdict, name="verdict"),
    *(
        path(f"purges/{kind}/<uuid:record_id>/{rest}", view, {"kind": kind}, name=f"purge_{kind}{end}")
        for kind in RecordKind.values
        for rest, view, end in (("", purge_pages.purge, ""), ("now/", purge_pages.purge_carry_out, "_now"))
    ),
]
