"""The vault this installation uses, opened once in each process from the settings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from clew.vault.keys import KeyRing
from clew.vault.store import Vault


@cache
def keyring() -> KeyRing:
    """The key ring of this installation, made at the first start."""
    return KeyRing.load_or_create(Path(settings.CLEW_KEYS_DIRECTORY))


@cache
def vault() -> Vault:
    """The vault of this installation: `CLEW_VAULT_URL`, by default a directory in the home."""
    return Vault(settings.CLEW_VAULT_URL, keyring())
