"""Names the site room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site room."""

    name = "clew.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hand the ledger its keys, since the room that keeps keys lies above it, and begin to put on record what sign-in tells of itself."""
        from clew.site import sign_in_records  # noqa: F401 - importing it connects its receivers
        from clew.site.ledger_keys import hand_in_keys

        hand_in_keys()
