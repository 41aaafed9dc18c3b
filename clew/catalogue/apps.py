"""Names the catalogue room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The catalogue room."""

    name = "clew.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Be told of cautions that are asked for from elsewhere."""
        from clew.catalogue.caution import caution_asked, caution_ended
        from clew.kernel.events import CautionAsked, CautionEnded, subscribe

        subscribe(CautionAsked, caution_asked)
        subscribe(CautionEnded, caution_ended)
