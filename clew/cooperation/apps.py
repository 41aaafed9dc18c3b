"""Names the cooperation room to Django, and subscribes it to what happens below."""

from __future__ import annotations

from django.apps import AppConfig


class CooperationConfig(AppConfig):
    """The cooperation room."""

    name = "clew.cooperation"
    label = "cooperation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Be told of every match, and take part in purges."""
        from clew.cooperation.actions import alert_holder
        from clew.cooperation.purging import remove_alerts, remove_requests
        from clew.intake.purging import on_purge
        from clew.kernel.events import MediaMatched, subscribe

        subscribe(MediaMatched, alert_holder)
        on_purge(remove_alerts)
        on_purge(remove_requests)
