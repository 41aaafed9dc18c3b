"""Names the site room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site room."""

    name = "clew.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"
