"""Sealing words at rest: what turns text into what no reader of the database understands, under a key of its own for each purpose.

The keys lie in the key ring, which a room above keeps; the settings name who hands a sealer out.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class Sealer(Protocol):
    """Seals and opens bytes; opening what was altered raises."""

    def encrypt(self, content: bytes, /) -> bytes:
        """The content, sealed."""

    def decrypt(self, sealed: bytes, /) -> bytes:
        """The content, opened."""


def sealer(purpose: str) -> Sealer:
    """The sealer of one purpose, whose key opens nothing of another."""
    hand_out: Any = import_string(settings.CLEW_SEALER)
    return cast("Sealer", hand_out(purpose))
