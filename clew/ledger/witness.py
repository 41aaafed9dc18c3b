"""What a witness does (C2SP tlog-witness): remember the last state of each ledger, and sign only what continues it."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from clew.ledger.checkpoints import Checkpoint, checkpoint_of, hash_of
from clew.ledger.errors import (
    Forked,
    ForkedInPlace,
    NoteBroken,
    OldSizeImpossible,
    RolledBack,
    SeenSizeDiffers,
)
from clew.ledger.notes import NOTE_CHARACTERS_MAX, Note, parse_note
from clew.ledger.tree import EMPTY_ROOT, verify_consistency

#: A tree of 2^63 leaves needs no longer proof.
PROOF_HASHES_MAX = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Request:
    """What a ledger sends a witness: its newest checkpoint, and the proof that it continues the one of `old` entries."""

    old: int
    proof: Sequence[bytes]
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note states."""
        return checkpoint_of(self.note)

    def __str__(self) -> str:
        hashes = "".join(f"{base64.b64encode(hash_).decode()}\n" for hash_ in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"

    @classmethod
    def parse(cls, written: str) -> Request:
        """From the body of a call. Raises NoteBroken."""
        if len(written) > NOTE_CHARACTERS_MAX:
            raise NoteBroken(why="it is too long")
        heading, _, note = written.partition("\n\n")
        first, *hashes = heading.split("\n")
        old = _OLD.fullmatch(first)
        if old is None or len(hashes) > PROOF_HASHES_MAX:
            raise NoteBroken(why="the old size or the proof is malformed")
        return cls(int(old[1]), [hash_of(line) for line in hashes], parse_note(note))


def require_continuation(seen: Checkpoint | None, request: Request) -> Checkpoint:
    """The new checkpoint, if it continues the one last seen. Signatures are the caller's to verify.

    Raises OldSizeImpossible, SeenSizeDiffers, RolledBack, Forked, ForkedInPlace.
    """
    new = request.checkpoint
    seen_size, seen_root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
    if request.old > new.size:
        raise OldSizeImpossible(old=request.old, size=new.size)
    if new.size < seen_size:
        raise RolledBack(seen=seen_size, size=new.size, origin=new.origin)
    if request.old != seen_size:
        raise SeenSizeDiffers(seen=seen_size, old=request.old)
    if not verify_consistency(seen_size, seen_root, new.size, new.root, request.proof):
        kind = ForkedInPlace if new.size == seen_size else Forked
        raise kind(seen=seen_size, size=new.size, origin=new.origin)
    return new
