"""One key of the ring, the keys derived from it, and the text in which a ring is written down."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clew.vault.errors import KeyRingBroken

KEY_BYTES = 32
#: Sealed objects keep 16 bytes for the id of their key.
KEY_ID_BYTES_MAX = 16
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)
_FORMAT = "clew-keyring-1"


@dataclass(frozen=True, slots=True)
class RingKey:
    """A 256-bit secret, never shown, and its public id (1 to 16 letters, digits, `-` or `_`)."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.id):
            raise KeyRingBroken(reason="a key id is not 1 to 16 letters, digits, - or _")
        if len(self.secret) != KEY_BYTES:
            raise KeyRingBroken(reason="a key is not 256 bits long")

    @classmethod
    def fresh(cls) -> RingKey:
        """A new random key under a new random id."""
        return cls(secrets.token_hex(8), secrets.token_bytes(KEY_BYTES))

    def derive(self, label: str) -> bytes:
        """The 256-bit sub-key for one purpose: HKDF with SHA-256 (RFC 5869), the purpose as its context.

        No salt: the secret is uniformly random already, and the result must be the same on every machine.
        """
        return HKDF(SHA256(), length=KEY_BYTES, salt=None, info=f"clew vault 1 {label}".encode()).derive(self.secret)


def keys_to_text(keys: list[RingKey], current_id: str) -> str:
    """The ring as JSON, oldest key first."""
    entries = [{"id": key.id, "key": base64.b64encode(key.secret).decode()} for key in keys]
    return json.dumps({"format": _FORMAT, "current": current_id, "keys": entries}, indent=2) + "\n"


def keys_from_text(text: str) -> tuple[list[RingKey], str]:
    """The keys, oldest first, and the current one's id, from JSON or `id:base64,id:base64` (the last is current).

    Raises KeyRingBroken, saying what is wrong and never a piece of a key.
    """
    pairs, current_id = _pairs_of_json(text) if text.lstrip().startswith("{") else _pairs_of_line(text)
    if len({key_id for key_id, _ in pairs}) != len(pairs):
        raise KeyRingBroken(reason="two keys share one id")
    try:
        keys = [RingKey(key_id, base64.b64decode(encoded, validate=True)) for key_id, encoded in pairs]
    except binascii.Error:
        raise KeyRingBroken(reason="a key is not base64") from None
    return keys, current_id


def _pairs_of_json(text: str) -> tuple[list[tuple[str, str]], str]:
    try:
        ring: dict[str, Any] = json.loads(text)
        if ring["format"] != _FORMAT:
            raise KeyRingBroken(reason="its format is not known to this version")
        return [(str(entry["id"]), str(entry["key"])) for entry in ring["keys"]], str(ring["current"])
    except (ValueError, KeyError, TypeError):
        # The original error would quote the text, and with it the keys.
        raise KeyRingBroken(reason="its JSON is damaged") from None


def _pairs_of_line(text: str) -> tuple[list[tuple[str, str]], str]:
    pairs = [tuple(part.strip().split(":", 1)) for part in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise KeyRingBroken(reason="it is neither JSON nor id:base64 pairs")
    return [(pair[0], pair[1]) for pair in pairs], pairs[-1][0]
