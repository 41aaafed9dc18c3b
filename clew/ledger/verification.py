"""Verification: every entry hashed anew, the tree built anew over them, and both held against what was kept, signed and witnessed. Pure.

An entry that was altered, removed, put in another's place or slipped in is named. Where entries and their leaves were rewritten
together, what is named is the run of 256 leaves and the checkpoints between which it happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from clew.ledger.checkpoints import Checkpoint, checkpoint_of, require_cosigned
from clew.ledger.errors import LedgerKeyBroken, NoteBroken, SignatureFalse
from clew.ledger.notes import Note, SignatureKind, VerifierKey, parse_note, require_signed
from clew.ledger.tree import LEAF_PREFIX, TILE_LEVELS, Frontier

#: Faults that are told one by one; of more than these the number is told.
FAULTS_TOLD_MAX = 100
_RUN = 1 << TILE_LEVELS


class FaultKind(StrEnum):
    """What is wrong."""

    ALTERED = "entry altered"
    REMOVED = "entry removed"
    INSERTED = "entry inserted"
    REORDERED = "entry in another's place"
    LEAF = "leaf wrong"
    NODE = "tree node wrong"
    CHECKPOINT = "checkpoint wrong"
    SIGNATURE = "signature wrong"
    REWRITTEN = "history rewritten"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where."""

    kind: FaultKind
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One leaf of the tree as it is kept, with the entry that it names: number, canonical form (None where it is gone), own hash."""

    index: int
    sequence: int
    leaf: bytes
    canonical: bytes | None
    entry_leaf: bytes | None


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it is kept: number, size and root from the table where there is one, and the note with all signatures."""

    number: int
    note: str
    size: int | None = None
    root: bytes | None = None


@dataclass(slots=True)
class Report:
    """What verifying found."""

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    cosignatures: int = 0
    #: Entries that are no leaf yet and may still become one.
    waiting: int = 0
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault_count == 0

    def add(self, kind: FaultKind, words: str) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < FAULTS_TOLD_MAX:
            self.faults.append(Fault(kind, words))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is verified, beside the leaves: kept nodes (None where none are kept), checkpoints, keys, and notes that a witness kept."""

    checkpoints: Sequence[Signed]
    key: VerifierKey | None
    nodes: Mapping[tuple[int, int], bytes] | None = None
    witnesses: Sequence[VerifierKey] = ()
    witnessed: Sequence[Note] = ()
    #: Whether only some of the checkpoints are given, so that the first need not be number 1.
    is_part: bool = False


def verify(lines: Iterable[Line], kept: Kept, *, before: Frontier | None = None) -> Report:
    """Verify leaves in the order of their index (from `before.size` on, for a range) and everything kept beside them."""
    report = Report()
    signed = list(_trusted(kept, report))
    sizes = {checkpoint.size for _words, checkpoint in signed}
    grown = before or Frontier()
    first, roots, nodes = grown.size, {grown.size: grown.root()}, {}
    for run in _runs(_checked(lines, grown.size, report)):
        nodes.update({(level, index): hash_ for level, index, hash_ in _grow(grown, run, sizes, roots)})
    report.size, report.root = grown.size, grown.root()
    if kept.nodes is not None:
        _compare_nodes(kept.nodes, nodes, report)
    _compare_roots(signed, roots, first, report)
    return report


def _grow(
    grown: Frontier, run: Sequence[bytes], sizes: set[int], roots: dict[int, bytes]
) -> Iterator[tuple[int, int, bytes]]:
    """Add a run, stopping at each size that was signed."""
    begun = grown.size
    stops = sorted(size for size in sizes if begun < size < begun + len(run))
    for start, stop in zip([begun, *stops], [*stops, begun + len(run)], strict=True):
        yield from grown.extend(run[start - begun : stop - begun])
        roots[stop] = grown.root()


def _runs(leaves: Iterable[bytes]) -> Iterator[list[bytes]]:
    run: list[bytes] = []
    for leaf in leaves:
        run.append(leaf)
        if len(run) == _RUN:
            yield run
            run = []
    if run:
        yield run


def _checked(lines: Iterable[Line], first: int, report: Report) -> Iterator[bytes]:
    """The leaf hashes in order, as kept; entries that do not fit them are noted, those that fit another leaf as reordered."""
    sha256, expected = hashlib.sha256, first
    strays: list[tuple[Line, bytes]] = []
    for line in lines:
        if line.index != expected:
            report.add(FaultKind.LEAF, f"leaf {expected} is missing; the next is {line.index}")
            expected = line.index
        expected += 1
        if line.canonical is None:
            report.add(FaultKind.REMOVED, f"entry {line.sequence} is gone; it was leaf {line.index}")
        else:
            found = sha256(LEAF_PREFIX + line.canonical).digest()
            if found != line.leaf or (line.entry_leaf is not None and found != line.entry_leaf):
                strays.append((line, found))
        yield line.leaf
    _tell_strays(strays, report)


def _tell_strays(strays: Sequence[tuple[Line, bytes]], report: Report) -> None:
    places = {line.leaf: line for line, _found in strays}
    for line, found in strays:
        there = places.get(found)
        if there is not None and there.index != line.index:
            words = f"entry {line.sequence} stands at leaf {line.index} and belongs to leaf {there.index}"
            report.add(FaultKind.REORDERED, words)
        elif line.entry_leaf is not None and line.entry_leaf == found:
            report.add(
                FaultKind.ALTERED, f"entry {line.sequence} was altered and hashed anew; leaf {line.index} is of another"
            )
        elif found == line.leaf:
            report.add(FaultKind.ALTERED, f"entry {line.sequence} carries a hash that is not its own")
        elif line.entry_leaf in {None, line.leaf}:
            report.add(FaultKind.ALTERED, f"entry {line.sequence}, leaf {line.index}, was altered")
        else:
            report.add(FaultKind.ALTERED, f"entry {line.sequence}, its hash and its leaf {line.index} all differ")


def _trusted(kept: Kept, report: Report) -> Iterator[tuple[str, Checkpoint]]:
    """The checkpoints whose signatures hold, in words and as stated; faults of the others are noted."""
    expected, last_size = 1, 0
    if kept.is_part and kept.checkpoints:
        expected = kept.checkpoints[0].number
    for signed in kept.checkpoints:
        words = f"checkpoint {signed.number}"
        if signed.number != expected:
            report.add(FaultKind.CHECKPOINT, f"checkpoint {expected} is missing; the next is {signed.number}")
        expected = signed.number + 1
        try:
            note = parse_note(signed.note)
            checkpoint = checkpoint_of(note)
            _require_key(note, checkpoint, kept.key)
            report.cosignatures += _cosigned(note, kept)
        except (NoteBroken, SignatureFalse, LedgerKeyBroken) as refused:
            report.add(FaultKind.SIGNATURE, f"{words}: {refused.message}")
            continue
        if (signed.size, signed.root) not in {(None, None), (checkpoint.size, checkpoint.root)}:
            report.add(
                FaultKind.CHECKPOINT,
                f"{words} was signed for {checkpoint.size} entries or another root than is kept beside it",
            )
        if checkpoint.size <= last_size:
            report.add(FaultKind.CHECKPOINT, f"{words} is of no more entries than the one before it")
        last_size = checkpoint.size
        report.checkpoints += 1
        yield words, checkpoint
    for note in kept.witnessed:
        try:
            checkpoint = checkpoint_of(note)
            _require_key(note, checkpoint, kept.key)
        except (NoteBroken, SignatureFalse) as refused:
            report.add(FaultKind.SIGNATURE, f"the witness's checkpoint: {refused.message}")
            continue
        yield "the checkpoint that the witness kept", checkpoint


def _require_key(note: Note, checkpoint: Checkpoint, key: VerifierKey | None) -> None:
    if key is None:
        raise NoteBroken(why="no key of the ledger is known")
    if checkpoint.origin != key.name:
        raise NoteBroken(why=f"it is of {checkpoint.origin}, not of {key.name}")
    require_signed(note, key)


def _cosigned(note: Note, kept: Kept) -> int:
    """How many cosignatures hold. Raises SignatureFalse for one that does not, or that no known key made."""
    others = [signature for signature in note.signatures if kept.key is None or not signature.is_of(kept.key)]
    for signature in others:
        key = next((key for key in kept.witnesses if signature.is_of(key)), None)
        if key is None or key.kind is not SignatureKind.COSIGNATURE:
            raise SignatureFalse(name=signature.name)
        require_cosigned(Note(note.text, (signature,)), key)
    return len(others)


def _compare_nodes(
    kept: Mapping[tuple[int, int], bytes], built: Mapping[tuple[int, int], bytes], report: Report
) -> None:
    for place in sorted(kept.keys() | built.keys()):
        if kept.get(place) != built.get(place):
            level, index = place
            state = "is missing" if place not in kept else "is one too many" if place not in built else "is wrong"
            words = f"the node over leaves {index << level} to {((index + 1) << level) - 1} {state}"
            report.add(FaultKind.NODE, words)


def _compare_roots(
    signed: Sequence[tuple[str, Checkpoint]], roots: Mapping[int, bytes], first: int, report: Report
) -> None:
    good = first
    for words, checkpoint in sorted(signed, key=lambda one: one[1].size):
        if checkpoint.size < first:
            continue
        if checkpoint.size > report.size:
            told = f"{words} is of {checkpoint.size} entries, and there are {report.size}: the end was cut off"
            report.add(FaultKind.REWRITTEN, told)
        elif roots[checkpoint.size] != checkpoint.root:
            told = f"{words}: leaves between {good} and {checkpoint.size - 1} are not those that were signed"
            report.add(FaultKind.REWRITTEN, told)
        else:
            good = checkpoint.size
