"""The keys of an installation for its backup: the files of the home's `keys` directory, sealed under a passphrase.

    CLEWK1 6 | salt 16 | nonce 12 | sealed JSON, file name -> base64

The passphrase becomes a key by scrypt (RFC 7914) with N = 2^17, r = 8, p = 1: 128 MiB and 0.28 s of processor time for each guess (measured).
"""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from clew.site.backup_errors import KeysNeeded, PassphraseWeak
from clew.vault.durable import sync_directory, write_durably

PASSPHRASE_CHARACTERS_MIN = 12
_MAGIC = b"CLEWK1"
_SALT_BYTES, _NONCE_BYTES = 16, 12


def sealed_keys(directory: Path, passphrase: str) -> bytes:
    """Every file of the keys' directory, sealed. Raises PassphraseWeak."""
    require_strong(passphrase)
    files = {
        path.name: base64.b64encode(path.read_bytes()).decode()
        for path in sorted(directory.iterdir())
        if path.is_file() and not path.name.startswith(".")
    }
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, json.dumps(files).encode(), _MAGIC)
    return _MAGIC + salt + nonce + sealed


def require_strong(passphrase: str) -> None:
    """Refuse a short one. Raises PassphraseWeak."""
    if len(passphrase) < PASSPHRASE_CHARACTERS_MIN:
        raise PassphraseWeak(characters=PASSPHRASE_CHARACTERS_MIN)


def opened_keys(sealed: bytes, passphrase: str) -> dict[str, bytes]:
    """File name -> its bytes. Raises KeysNeeded for another passphrase."""
    salt = sealed[len(_MAGIC) : len(_MAGIC) + _SALT_BYTES]
    rest = sealed[len(_MAGIC) + _SALT_BYTES :]
    try:
        text = AESGCM(_key(passphrase, salt)).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], sealed[: len(_MAGIC)])
    except (InvalidTag, ValueError):
        raise KeysNeeded(why="the passphrase is not the one it was made with") from None
    return {Path(name).name: base64.b64decode(content) for name, content in json.loads(text).items()}


def write_keys(directory: Path, files: dict[str, bytes]) -> None:
    """Put the files into the keys' directory of an empty home; one that is there already stays."""
    for name, content in files.items():
        if not (directory / name).exists():
            write_durably(directory / name, [content])
    sync_directory(directory)


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode())
