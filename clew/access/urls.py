"""Addresses of access's pages."""

from __future__ import annotations

from django.urls import path

from clew.access import approval_pages, glass_pages

app_name = "access"

urlpatterns = [
    path("approvals/", approval_pages.approvals, name="approvals"),
    path("approvals/<uuid:approval_id>/", approval_pages.approval, name="approval"),
    path("approvals/<uuid:approval_id>/decide/", approval_pages.approval_decide, name="approval_decide"),
    path("approvals/<uuid:approval_id>/withdraw/", approval_pages.approval_withdraw, name="approval_withdraw"),
    path("glass/", glass_pages.glass, name="glass"),
    path("glass/<uuid:glass_id>/close/", glass_pages.glass_close, name="glass_close"),
    path("glass/<uuid:glass_id>/review/", glass_pages.glass_review, name="glass_review"),
]
