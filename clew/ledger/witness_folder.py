"""A witness without any server: a folder on another disk, with a key of its own and the last checkpoint it saw of each ledger."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import secrets
from pathlib import Path

from clew.kernel.errors import ClewError
from clew.ledger.checkpoints import Checkpoint, checkpoint_of, cosign
from clew.ledger.errors import SignedByAnother, WitnessFolderBroken
from clew.ledger.keyring import seed_of
from clew.ledger.notes import Note, SignatureKind, Signer, VerifierKey, parse_note, require_signed
from clew.ledger.witness import Request, require_continuation

_KEY_FILE = "witness.key"
_NAME_FILE = "witness.name"


class WitnessFolder:
    """Remembers and cosigns. The key of a ledger is believed at first sight and held against it from then on."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def signer(self) -> Signer:
        """The witness's own key, made at the first use with a name that tells nothing of the machine."""
        key_file, name_file = self._path / _KEY_FILE, self._path / _NAME_FILE
        try:
            if not key_file.exists():
                self._path.mkdir(parents=True, exist_ok=True)
                if any(self._path.glob("*.seen")):
                    raise WitnessFolderBroken(path=self._path, why="its key is missing")
                seed = secrets.token_bytes(32)
                _write(name_file, f"clew-witness/{secrets.token_hex(6)}\n")
                _write(key_file, base64.b64encode(seed).decode() + "\n")
            name = name_file.read_text(encoding="ascii").strip()
            return Signer(name, SignatureKind.COSIGNATURE, seed_of(name, key_file.read_text(encoding="ascii")))
        except (OSError, UnicodeDecodeError) as failed:
            raise WitnessFolderBroken(path=self._path, why=str(failed)) from None

    def seen(self, key: VerifierKey) -> Checkpoint | None:
        """What it saw last of this ledger. Raises SignedByAnother where it knows the ledger by another key."""
        note = self.seen_note(key)
        return checkpoint_of(note) if note else None

    def seen_note(self, key: VerifierKey) -> Note | None:
        """The same as it was signed."""
        file = self._file(key.name)
        try:
            if not file.exists():
                return None
            known, _, written = file.read_text(encoding="utf-8").partition("\n\n")
            note = parse_note(written)
            if known == str(key):
                require_signed(note, key)
        except (OSError, UnicodeDecodeError, ClewError) as failed:
            raise WitnessFolderBroken(path=self._path, why=f"{file.name}: {failed}") from None
        if known != str(key):
            raise SignedByAnother
        return note

    def add(self, request: Request, key: VerifierKey, at: dt.datetime) -> str:
        """The cosignature of what continues the last; kept durably before it is given. Raises as `require_continuation`, loudly."""
        require_signed(request.note, key)
        require_continuation(self.seen(key), request)
        signer = self.signer
        _write(self._file(key.name), f"{key}\n\n{request.note}")
        return cosign(request.note, signer, at)

    def _file(self, origin: str) -> Path:
        return self._path / f"{hashlib.sha256(origin.encode()).hexdigest()[:16]}.seen"


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and on the disk when this returns."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
