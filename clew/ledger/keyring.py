"""The ledger's keys: handed in by the site at the start, for the room that keeps keys lies above this one. None is ever made up here."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from clew.ledger.errors import LedgerKeyBroken, LedgerKeyMissing
from clew.ledger.notes import KEY_BYTES, Signer


@dataclass(frozen=True)
class LedgerKeys:
    """Where each key comes from; asked for once, when it is first needed."""

    #: The key of keyed hashes, 32 bytes.
    hashing_of: Callable[[], bytes]
    #: Who signs this ledger's checkpoints.
    signer_of: Callable[[], Signer]
    #: Who cosigns those of others.
    witness_of: Callable[[], Signer]

    @cached_property
    def hashing(self) -> bytes:
        """The key of keyed hashes."""
        return self.hashing_of()

    @cached_property
    def signer(self) -> Signer:
        """Who signs this ledger's checkpoints; its name is the ledger's origin."""
        return self.signer_of()

    @cached_property
    def witness(self) -> Signer:
        """Who cosigns the checkpoints of other ledgers."""
        return self.witness_of()


_given: LedgerKeys | None = None


def hand_in(keys: LedgerKeys) -> None:
    """Give this process the ledger's keys; whoever starts it does so before anything is written."""
    global _given  # noqa: PLW0603 - a process has one ledger
    _given = keys


def signing_keys() -> LedgerKeys:
    """The keys handed in. Raises LedgerKeyMissing."""
    if _given is None:
        raise LedgerKeyMissing(what="signing")
    return _given


def keyed_hash(kind: str, value: str | bytes) -> bytes:
    """HMAC-SHA256 of a sensitive value (32 bytes): equal values of one kind give equal hashes, and without the key none can be guessed.

    `kind` is what the value is (`path`, `sha256`, `address`, `session`). Raises LedgerKeyMissing: there is no hash without the key.
    """
    if _given is None:
        raise LedgerKeyMissing(what="hashing")
    raw = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    return hmac.digest(_given.hashing, kind.encode() + b"\x00" + raw, hashlib.sha256)


def mark_of(kind: str, value: str | bytes) -> str:
    """A sensitive value as an entry's `sensitive` keeps it: the first 128 bits of its keyed hash, in hexadecimal.

    Half the hash is enough to tell values apart, and a list of ten thousand is asked about in one entry.
    """
    return keyed_hash(kind, value)[:16].hex()


def seed_of(name: str, text: str) -> bytes:
    """The 32 bytes of a private key from base 64, of either alphabet, padded or not. Raises LedgerKeyBroken."""
    try:
        seed = base64.b64decode(text.strip().rstrip("=").translate({45: "+", 95: "/"}) + "=", validate=True)
    except (binascii.Error, ValueError):
        raise LedgerKeyBroken(name=name) from None
    if len(seed) != KEY_BYTES:
        raise LedgerKeyBroken(name=name)
    return seed
