"""Key providers: who wraps the keys of organisations. One small interface; a file, the environment, a service or a token behind it.

A provider never falls back on anything: where it does not answer, nothing is opened or sealed, and that is said.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clew.vault.errors import ProviderUnknown, SealBroken
from clew.vault.keys import KEYS_VARIABLE, KeyRing

PROVIDER_VARIABLE = "CLEW_VAULT_KEY_PROVIDER"
NONCE_BYTES = 12


class KeyProvider(Protocol):
    """Keys that never leave it, by their ids (letters, digits, `-`); what they wrap are secrets of 32 bytes."""

    @property
    def name(self) -> str:
        """The kind of provider, as kept beside what it wrapped."""

    def ids(self) -> tuple[str, ...]:
        """The ids of its keys, as far as it can tell."""

    def make(self, key_id: str) -> None:
        """Make a key of this id, durably; nothing happens where there is one."""

    def wrap(self, key_id: str, secret: bytes, context: bytes) -> bytes:
        """The secret, wrapped so that it opens under this key and context alone. Raises KeyUnknown, KeyServiceUnreachable."""

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """The secret again. Raises SealBroken where it is not what was wrapped, KeyUnknown, KeyServiceUnreachable."""

    def destroy(self, key_id: str) -> None:
        """End this key for good; nothing happens where there is none. Raises KeyRingFixed where that cannot be done from here."""


def wrap_with(key: bytes, secret: bytes, context: bytes) -> bytes:
    """AES-256-GCM: 12 bytes of nonce, the secret, 16 of tag; the context is guarded with it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, context)


def unwrap_with(key: bytes, wrapped: bytes, context: bytes) -> bytes:
    """The secret again. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise SealBroken from None


class Providers:
    """The provider for new keys, and those of which keys are still about, each opened at its first use."""

    def __init__(self, current: str, opening: Mapping[str, Callable[[], KeyProvider]]) -> None:
        self._current, self._opening = current, opening
        self._opened: dict[str, KeyProvider] = {}

    @property
    def current(self) -> KeyProvider:
        """Who wraps new keys."""
        return self.named(self._current)

    def named(self, name: str) -> KeyProvider:
        """The provider of this name. Raises ProviderUnknown where the settings name none such any more."""
        if name not in self._opened:
            if name not in self._opening:
                raise ProviderUnknown(name=name)
            self._opened[name] = self._opening[name]()
        return self._opened[name]


def providers(directory: Path, ring: KeyRing, environment: Mapping[str, str] = os.environ) -> Providers:
    """The providers that the settings name: by default the file beside the key ring, or the environment where the ring is there."""
    from clew.vault.provider_environment import EnvironmentKeys
    from clew.vault.provider_file import FileKeys

    opening: dict[str, Callable[[], KeyProvider]] = {
        "file": lambda: FileKeys(directory),
        "environment": lambda: EnvironmentKeys(ring),
    }
    current = "environment" if environment.get(KEYS_VARIABLE, "").strip() else "file"
    chosen = environment.get(PROVIDER_VARIABLE, "").strip()
    if chosen.startswith(("https://", "http://")):
        current = "service"
        opening["service"] = lambda: _service(chosen, environment)
    elif chosen.startswith("pkcs11:"):
        current = "pkcs11"
        opening["pkcs11"] = lambda: _token(chosen, environment)
    elif chosen:
        if chosen not in opening:
            raise ProviderUnknown(name=chosen)
        current = chosen
    return Providers(current, opening)


def _service(url: str, environment: Mapping[str, str]) -> KeyProvider:
    from clew.vault.provider_service import ServiceKeys

    return ServiceKeys.of_settings(url, environment)


def _token(url: str, environment: Mapping[str, str]) -> KeyProvider:
    from clew.vault.provider_pkcs11 import TokenKeys

    return TokenKeys.of_settings(url, environment)
