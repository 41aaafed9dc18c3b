"""Names the intake room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The intake room."""

    name = "clew.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
