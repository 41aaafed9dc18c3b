"""Sealing for the rooms below the vault: a key of its own for each purpose, derived from the key ring."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet

from clew.vault.opened import keyring


def sealer(purpose: str) -> Fernet:
    """What seals and opens text of one purpose; the key stays the same when the ring's keys are rotated."""
    return Fernet(base64.urlsafe_b64encode(keyring().subkey(purpose)))
