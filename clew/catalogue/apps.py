"""Names the catalogue room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The catalogue room."""

    name = "clew.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
