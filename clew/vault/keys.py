"""The key ring: several 256-bit keys, one of them current, in a file of mode 0600 or from the environment."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from clew.vault.durable import sync_directory, write_durably
from clew.vault.errors import KeyRingBroken, KeyRingExposed, KeyRingFixed, KeyUnknown
from clew.vault.ringkey import RingKey, keys_from_text, keys_to_text

KEYS_VARIABLE = "CLEW_VAULT_KEYS"
FILE_NAME = "keyring.json"


class KeyRing:
    """The keys in the order of their age, the current one among them.

    The first key is never given up: the addresses of the vault and the other stable sub-keys derive from it, so that
    rotation moves no object. Rings come from `load_or_create`, or from keys directly (`directory=None`: cannot rotate).
    """

    def __init__(self, keys: Iterable[RingKey], current_id: str, *, directory: Path | None = None) -> None:
        self._keys = {key.id: key for key in keys}
        if current_id not in self._keys:
            raise KeyRingBroken(reason="its current key is missing")
        self._current_id = current_id
        self._directory = directory

    @classmethod
    def load_or_create(cls, directory: Path, environment: Mapping[str, str] = os.environ) -> KeyRing:
        """The ring of CLEW_VAULT_KEYS if that is set, else of `directory/keyring.json`, made there on first use.

        Two processes starting at once agree on one ring: a hard link creates the file, and only one of them wins.
        Raises KeyRingBroken for unreadable text, KeyRingExposed for a file open to others.
        """
        if text := environment.get(KEYS_VARIABLE, "").strip():
            keys, current_id = keys_from_text(text)
            return cls(keys, current_id)
        path = directory / FILE_NAME
        if not path.exists():
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            first = RingKey.fresh()
            draft = directory / f".{FILE_NAME}.{secrets.token_hex(8)}"
            write_durably(draft, [keys_to_text([first], first.id).encode()])
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                pass  # another process was quicker; its ring is the ring
            finally:
                draft.unlink()
            sync_directory(directory)
        keys, current_id = _read(path)
        return cls(keys, current_id, directory=directory)

    @property
    def current(self) -> RingKey:
        """The key under which new objects are sealed."""
        return self._keys[self._current_id]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, oldest first."""
        return tuple(self._keys)

    def get(self, key_id: str) -> RingKey:
        """The key of this id; the file is read again first if another process may have added it. Raises KeyUnknown."""
        if key_id not in self._keys and self._directory is not None:
            self._reload()
        if key_id not in self._keys:
            raise KeyUnknown
        return self._keys[key_id]

    def subkey(self, label: str) -> bytes:
        """A stable 256-bit key for one purpose (`locator`, `ledger`, `totp`), always derived from the first key.

        Stable because what is made with it carries no key id: an address, a checksum, a one-time-password secret.
        What must follow rotation keeps a key id beside it and uses `get(key_id).derive(label)`.
        """
        return next(iter(self._keys.values())).derive(label)

    def rotate(self) -> RingKey:
        """Add a fresh key, durably, and make it current; the others open what they sealed. Raises KeyRingFixed."""
        if self._directory is None:
            raise KeyRingFixed
        with self._locked(self._directory):
            self._reload()
            fresh = RingKey.fresh()
            draft = self._directory / f".{FILE_NAME}.{secrets.token_hex(8)}"
            write_durably(draft, [keys_to_text([*self._keys.values(), fresh], fresh.id).encode()])
            draft.replace(self._directory / FILE_NAME)
            sync_directory(self._directory)
            self._reload()
        return fresh

    def _reload(self) -> None:
        if self._directory is not None:
            keys, current_id = _read(self._directory / FILE_NAME)
            self._keys, self._current_id = {key.id: key for key in keys}, current_id

    @staticmethod
    @contextmanager
    def _locked(directory: Path) -> Iterator[None]:
        """One rotation at a time over all processes, so that none overwrites a key another has just added."""
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _read(path: Path) -> tuple[list[RingKey], str]:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyRingExposed
        text = file.read()
    try:
        return keys_from_text(text.decode())
    except UnicodeDecodeError as error:
        raise KeyRingBroken(reason="it is not text") from error
