"""Names the access room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The access room."""

    name = "clew.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with a data-protection policy that cannot be meant."""
        from clew.access.data_protection import policy

        policy()
