"""Checkpoints (C2SP tlog-checkpoint): what a ledger was at a moment, as a signed note, and the cosignatures of witnesses (tlog-cosignature, version 1)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from dataclasses import dataclass

from clew.ledger.errors import NoteBroken
from clew.ledger.notes import Note, Signer, VerifierKey, check, sign_note
from clew.ledger.tree import HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_TIME_BYTES = 8


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Whose ledger, how many entries are in its tree, and the tree's root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, signer: Signer) -> Note:
        """The note, signed by the ledger's own key."""
        return sign_note(self.text, signer)


def checkpoint_of(note: Note) -> Checkpoint:
    """What a note states. Raises NoteBroken where that is no checkpoint; lines after the third are allowed and mean nothing here."""
    lines = note.text.split("\n")
    if len(lines) < len(("origin", "size", "root", "")) or not lines[0]:
        raise NoteBroken(why="it is no checkpoint")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size):
        raise NoteBroken(why="its size is no number")
    return Checkpoint(origin, int(size), hash_of(root))


def hash_of(text: str) -> bytes:
    """A hash of 32 bytes from its base 64. Raises NoteBroken."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != HASH_BYTES or base64.b64encode(raw).decode() != text:
        raise NoteBroken(why="a hash is not 32 bytes in base 64")
    return raw


def cosign(note: Note, signer: Signer, at: dt.datetime) -> str:
    """A witness's signature line: that at this time it had seen this state of the ledger, and none that contradicts it."""
    seconds = int(at.timestamp())
    return signer.line(_cosigned(note.text, seconds), before=seconds.to_bytes(_TIME_BYTES, "big"))


def require_cosigned(note: Note, key: VerifierKey) -> dt.datetime:
    """When the witness saw the note's state. Raises NoteBroken where it has not signed, SignatureFalse where it seems to have."""
    found = note.of(key)
    if found is None:
        raise NoteBroken(why=f"{key.name} has not signed it")
    seconds = int.from_bytes(found.content[:_TIME_BYTES], "big")
    check(key, found.content[_TIME_BYTES:], _cosigned(note.text, seconds))
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise NoteBroken(why="the time of a cosignature is no date") from None


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
