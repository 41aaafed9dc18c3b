"""Names the demo room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo room."""

    name = "clew.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
