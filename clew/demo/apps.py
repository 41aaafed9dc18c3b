"""Names the demo room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo room."""

    name = "clew.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in purges."""
        from clew.demo.purging import remove_truths
        from clew.intake.purging import on_purge

        on_purge(remove_truths)
