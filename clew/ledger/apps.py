"""Names the ledger room to Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from clew.ledger.durability import guard_commits


class LedgerConfig(AppConfig):
    """The ledger room."""

    name = "clew.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Stand at every commit from the first connection on."""
        connection_created.connect(guard_commits, dispatch_uid="ledger commits")
