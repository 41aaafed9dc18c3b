"""The ledger's keys and witnesses, from the environment or the home, as the site hands them in at the start."""

from __future__ import annotations

import hashlib
import os

from clew.ledger.keyring import LedgerKeys, hand_in, seed_of
from clew.ledger.notes import SignatureKind, Signer, VerifierKey
from clew.ledger.witness_asking import Witness, origins_of, witnesses_of
from clew.site.home import home
from clew.vault.opened import keyring


def hand_in_keys() -> None:
    """Say where each key comes from; none is read or made before it is needed."""
    hand_in(LedgerKeys(lambda: keyring().subkey("ledger"), _signer, _witness))


def _signer() -> Signer:
    seed = seed_of("CLEW_LEDGER_KEY", os.environ.get("CLEW_LEDGER_KEY") or home().read_or_make_secret("ledger"))
    return _named(os.environ.get("CLEW_LEDGER_NAME"), "clew-ledger", SignatureKind.NOTE, seed)


def _witness() -> Signer:
    seed = seed_of("CLEW_WITNESS_KEY", os.environ.get("CLEW_WITNESS_KEY") or home().read_or_make_secret("witness"))
    return _named(os.environ.get("CLEW_WITNESS_NAME"), "clew-witness", SignatureKind.COSIGNATURE, seed)


def _named(given: str | None, what: str, kind: SignatureKind, seed: bytes) -> Signer:
    """Under the name given, or one that follows from the public key: two installations never share it by accident."""
    if given:
        return Signer(given, kind, seed)
    public = Signer(what, kind, seed).verifier.public
    return Signer(f"{what}/{hashlib.sha256(public).hexdigest()[:12]}", kind, seed)


def witnesses() -> list[Witness]:
    """Installations that witness this ledger (CLEW_WITNESSES)."""
    from django.conf import settings

    return witnesses_of(settings.CLEW_WITNESSES)


def witnessed_origins() -> list[VerifierKey]:
    """Keys of the ledgers that this installation witnesses (CLEW_WITNESS_KEYS)."""
    from django.conf import settings

    return origins_of(settings.CLEW_WITNESS_KEYS)
