"""A ledger in memory as the database would hold it, made with the rules of the product, for tests that then change it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from clew.ledger.checkpoints import Checkpoint, cosign
from clew.ledger.notes import Note, SignatureKind, Signer, parse_line, parse_note
from clew.ledger.proofs import prove_consistency, reader_of
from clew.ledger.rules import Stated, canonical_form
from clew.ledger.tree import Frontier, leaf_hash, root_of
from clew.ledger.verification import Kept, Line, Report, Signed, verify
from clew.ledger.witness import Request

MOMENT = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SIGNER = Signer("clew.example/ledger", SignatureKind.NOTE, bytes(range(32)))
STRANGER = Signer("clew.example/ledger", SignatureKind.NOTE, bytes(32))
WITNESS = Signer("witness.example", SignatureKind.COSIGNATURE, bytes(reversed(range(32))))


def entry(number: int, **changes: object) -> bytes:
    """The canonical form of an entry like no other."""
    stated = {
        "format": 1 + number % 2,
        "at": f"2026-11-25T12:00:00.{number:06}+00:00",
        "verb": "catalogue:media:read",
        "outcome": "200",
        "officer": f"officer {number % 7}",
        "organisation": f"organisation {number % 3}",
        "subject_kind": "media",
        "subject_id": None,
        "facts": "{}",
        "door": "page",
        **changes,
    }
    return canonical_form(Stated(**stated))  # type: ignore[arg-type]


def nodes_over(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    """The nodes that are kept of a tree."""
    return {(level, index): hash_ for level, index, hash_ in Frontier().extend(leaves)}


def signed(number: int, leaves: list[bytes], size: int, *, signer: Signer = SIGNER) -> Signed:
    """A checkpoint of the first `size` leaves, cosigned."""
    checkpoint = Checkpoint(signer.name, size, root_of(leaves[:size]))
    note = checkpoint.signed(signer)
    cosigned = Note(note.text, (*note.signatures, parse_line(cosign(note, WITNESS, MOMENT))))
    return Signed(number, str(cosigned), size, checkpoint.root)


@dataclass
class MadeLedger:
    """Tables: entries by number, leaves in order as [number, hash], kept nodes, checkpoints."""

    entries: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    leaves: list[list] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    checkpoints: list[Signed] = field(default_factory=list)

    @property
    def hashes(self) -> list[bytes]:
        return [leaf for _sequence, leaf in self.leaves]

    def copy(self) -> MadeLedger:
        return MadeLedger(
            dict(self.entries), [list(leaf) for leaf in self.leaves], dict(self.nodes), list(self.checkpoints)
        )

    def lines(self):
        for index, (sequence, leaf) in enumerate(self.leaves):
            canonical, own = self.entries.get(sequence, (None, None))
            yield Line(index, sequence, leaf, canonical, own)

    def verify(self, *, witnessed: tuple[Note, ...] = ()) -> Report:
        kept = Kept(self.checkpoints, SIGNER.verifier, self.nodes, [WITNESS.verifier], witnessed)
        return verify(self.lines(), kept)

    def request(self, old: int) -> Request:
        """What is sent to a witness that saw `old` entries."""
        note = parse_note(str(signed(1, self.hashes, len(self.leaves)).note))
        return Request(old, prove_consistency(reader_of(self.hashes), old, len(self.leaves)), note)


def made(count: int, checkpoints: tuple[int, ...] = ()) -> MadeLedger:
    """So many entries, with numbers that have gaps and are out of order, signed at these sizes."""
    ledger = MadeLedger()
    for number in range(count):
        sequence = 2 * number + 1 if number % 5 else 2 * number + 4
        canonical = entry(number)
        ledger.entries[sequence] = (canonical, leaf_hash(canonical))
        ledger.leaves.append([sequence, leaf_hash(canonical)])
    ledger.nodes = nodes_over(ledger.hashes)
    ledger.checkpoints = [signed(at, ledger.hashes, size) for at, size in enumerate(checkpoints, start=1)]
    return ledger
