"""Addresses of the pages about groups and denials."""

from __future__ import annotations

from django.urls import path

from clew.access import group_pages

urlpatterns = [
    path("groups/", group_pages.groups, name="groups"),
    path("groups/new/", group_pages.group_new, name="group_new"),
    path("groups/<uuid:group_id>/", group_pages.group, name="group"),
    path("groups/<uuid:group_id>/add/", group_pages.member_add, name="member_add"),
    path("groups/<uuid:group_id>/remove/", group_pages.member_remove, name="member_remove"),
    path("groups/<uuid:group_id>/leave/", group_pages.leave, name="leave"),
    path("denials/", group_pages.denials, name="denials"),
    path("denials/new/", group_pages.denial_new, name="denial_new"),
    path("denials/<uuid:denial_id>/lift/", group_pages.denial_lift, name="denial_lift"),
]
