"""Keys of organisations in a file of mode 0600 beside the key ring: the provider of an installation that has no other."""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clew.vault.durable import sync_directory, write_durably
from clew.vault.errors import KeyRingBroken, KeyRingExposed, KeyUnknown
from clew.vault.providers import unwrap_with, wrap_with
from clew.vault.ringkey import KEY_BYTES

FILE_NAME = "organisation-keys.json"
_FORMAT = "clew-organisation-keys-1"


class FileKeys:
    """See KeyProvider. The file is replaced whole, one process at a time, and read again for a key it did not have before."""

    name = "file"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / FILE_NAME
        self._keys: dict[str, bytes] = {}

    def ids(self) -> tuple[str, ...]:
        """See KeyProvider."""
        self._read()
        return tuple(self._keys)

    def make(self, key_id: str) -> None:
        """See KeyProvider."""
        with self._alone():
            if key_id not in self._keys:
                self._write({**self._keys, key_id: secrets.token_bytes(KEY_BYTES)})

    def wrap(self, key_id: str, secret: bytes, context: bytes) -> bytes:
        """See KeyProvider."""
        return wrap_with(self._key(key_id), secret, context)

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """See KeyProvider."""
        return unwrap_with(self._key(key_id), wrapped, context)

    def destroy(self, key_id: str) -> None:
        """See KeyProvider."""
        with self._alone():
            if key_id in self._keys:
                self._write({id_: key for id_, key in self._keys.items() if id_ != key_id})

    def _key(self, key_id: str) -> bytes:
        # Read each time: another process may have destroyed the key a moment ago.
        self._read()
        if key_id not in self._keys:
            raise KeyUnknown
        return self._keys[key_id]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._read()
            yield
        finally:
            os.close(descriptor)

    def _write(self, keys: dict[str, bytes]) -> None:
        entries = {key_id: base64.b64encode(key).decode() for key_id, key in keys.items()}
        draft = self._directory / f".{FILE_NAME}.{secrets.token_hex(8)}"
        write_durably(draft, [(json.dumps({"format": _FORMAT, "keys": entries}, indent=2) + "\n").encode()])
        draft.replace(self._path)
        sync_directory(self._directory)
        self._keys = keys

    def _read(self) -> None:
        try:
            with self._path.open("rb") as file:
                if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                    raise KeyRingExposed
                text = file.read()
        except FileNotFoundError:
            self._keys = {}
            return
        try:
            told = json.loads(text)
            if told["format"] != _FORMAT:
                raise KeyRingBroken(reason="the format of the organisations' keys is not known to this version")
            self._keys = {str(id_): base64.b64decode(key, validate=True) for id_, key in told["keys"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
            # The original error would quote the text, and with it the keys.
            raise KeyRingBroken(reason="the file of the organisations' keys is damaged") from None
