"""Names the access room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The access room."""

    name = "clew.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
