"""Signed notes (C2SP signed-note): a text and signatures of those who stand for it, as lines that people and programs can read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clew.ledger.errors import LedgerKeyBroken, NoteBroken, SignatureFalse

KEY_BYTES = 32
SIGNATURE_BYTES = 64
_NAME = re.compile(r"[^\s+]{1,200}")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
#: Room for a checkpoint, its proof and the cosignatures of a hundred witnesses.
NOTE_CHARACTERS_MAX = 64 * 1024


class SignatureKind(IntEnum):
    """What a signature says, as the byte that goes into the key's id."""

    #: Of the text itself (signed-note).
    NOTE = 1
    #: Of having seen the text at a time, and nothing that contradicts it (tlog-cosignature).
    COSIGNATURE = 4


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key with the name of whose it is."""

    name: str
    kind: SignatureKind
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """From `name+id+key`, the form in which keys are handed around. Raises LedgerKeyBroken."""
        name, _, rest = text.strip().partition("+")
        id_, _, key = rest.partition("+")
        try:
            raw = base64.b64decode(key, validate=True)
            found = cls(name, SignatureKind(raw[0]), raw[1:])
        except (binascii.Error, ValueError, IndexError):
            raise LedgerKeyBroken(name=name or "?") from None
        if not _NAME.fullmatch(name) or len(found.public) != KEY_BYTES or found.id.hex() != id_:
            raise LedgerKeyBroken(name=name or "?")
        return found


@dataclass(frozen=True, slots=True)
class Signer:
    """A private Ed25519 key, never shown, with the name under which it signs."""

    name: str
    kind: SignatureKind
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_BYTES or not _NAME.fullmatch(self.name):
            raise LedgerKeyBroken(name=self.name)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.kind, self._private().public_key().public_bytes_raw())

    def line(self, message: bytes, *, before: bytes = b"") -> str:
        """A signature line over the message, with `before` ahead of the 64 bytes of the signature."""
        signed = base64.b64encode(self.verifier.id + before + self._private().sign(message)).decode()
        return f"— {self.name} {signed}\n"

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, taken apart."""

    name: str
    key_id: bytes
    content: bytes
    line: str

    def is_of(self, key: VerifierKey) -> bool:
        """Whether it claims to be made by this key."""
        return (self.name, self.key_id) == (key.name, key.id)


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    def of(self, key: VerifierKey) -> Signature | None:
        """The signature that claims to be of this key."""
        return next((signature for signature in self.signatures if signature.is_of(key)), None)


def sign_note(text: str, signer: Signer) -> Note:
    """The text with the signer's signature."""
    return Note(text, (parse_line(signer.line(text.encode())),))


def parse_note(written: str) -> Note:
    """A note from its text form. Raises NoteBroken; that its signatures are true is not said by it."""
    if len(written) > NOTE_CHARACTERS_MAX or any(character < " " and character != "\n" for character in written):
        raise NoteBroken(why="it is too long or holds control characters")
    text, separator, lines = written.rpartition("\n\n")
    if not separator or not text or not lines.endswith("\n"):
        raise NoteBroken(why="its signatures are missing")
    return Note(text + "\n", tuple(parse_lines(lines)))


def parse_lines(written: str) -> Iterable[Signature]:
    """Signature lines, one after the other, each ended by a newline."""
    return [parse_line(line + "\n") for line in written.removesuffix("\n").split("\n")]


def parse_line(line: str) -> Signature:
    """One signature line. Raises NoteBroken."""
    found = _LINE.fullmatch(line.removesuffix("\n"))
    try:
        raw = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        raw = b""
    if found is None or len(raw) <= len(b"key ") or base64.b64encode(raw).decode() != found[2]:
        raise NoteBroken(why="a signature line is malformed")
    return Signature(found[1], raw[:4], raw[4:], line)


def require_signed(note: Note, key: VerifierKey) -> None:
    """Believe the note only if this key signed it. Raises NoteBroken where it did not, SignatureFalse where it seems to."""
    found = note.of(key)
    if found is None:
        raise NoteBroken(why=f"{key.name} has not signed it")
    check(key, found.content, note.text.encode())


def check(key: VerifierKey, signature: bytes, message: bytes) -> None:
    """Raises SignatureFalse unless the 64 bytes are the key's signature of the message."""
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureFalse(name=key.name) from None
