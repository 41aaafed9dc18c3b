"""Names the ledger room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger room."""

    name = "clew.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
