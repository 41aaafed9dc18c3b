"""Names the vault room to Django."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The vault room."""

    name = "clew.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
