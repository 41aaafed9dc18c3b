"""Verifying an export: files alone, no database and no key but the public ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from clew.ledger.checkpoints import checkpoint_of
from clew.ledger.errors import ExportUnreadable, NoteBroken
from clew.ledger.exporting import CHECKPOINTS, ENTRIES, LEAVES, About, about_of
from clew.ledger.notes import Note, VerifierKey, parse_note
from clew.ledger.proofs import subtrees
from clew.ledger.tree import Frontier
from clew.ledger.verification import FaultKind, Kept, Line, Report, Signed, verify

_NO_HASH = b""


def verify_export(path: Path, *, key: VerifierKey | None = None, witnessed: Sequence[Note] = ()) -> Report:
    """Verify the export in a folder, against `key` or, with less worth, the key that it brings. Raises ExportUnreadable.

    Of a range, the newest checkpoint shows that it is part of the signed tree; the whole shows everything.
    """
    about = about_of(path)
    before = Frontier()
    _join(before, about.left, 0, about.start, path)
    witnesses = [VerifierKey.parse(text) for text in about.witnesses]
    kept = Kept(list(_checkpoints(path)), key or VerifierKey.parse(about.key), None, witnesses, witnessed)
    whole = about.stop == about.size
    inside = kept if whole else Kept(_up_to(kept.checkpoints, about.stop), kept.key, None, witnesses, ())
    report = verify(_lines(path), inside, before=before)
    if report.size != about.stop:
        report.add(FaultKind.LEAF, f"the export states leaves up to {about.stop}, and holds them up to {report.size}")
    elif not whole:
        _verify_joined(before, about, kept, path, report)
    if whole and not kept.checkpoints:
        report.add(FaultKind.CHECKPOINT, "there is no checkpoint: nothing was ever signed")
    return report


def _verify_joined(grown: Frontier, about: About, kept: Kept, path: Path, report: Report) -> None:
    """Close the tree on the right of a range, and hold it against the checkpoints of the whole."""
    _join(grown, about.right, about.stop, about.size, path)
    later = [signed for signed in kept.checkpoints if _size(signed) == about.size]
    found = verify([], Kept(later, kept.key, None, kept.witnesses, kept.witnessed, is_part=True), before=grown)
    if not later:
        report.add(FaultKind.CHECKPOINT, f"no checkpoint is of all {about.size} entries")
    report.faults += found.faults
    report.fault_count += found.fault_count
    report.checkpoints += found.checkpoints


def _up_to(checkpoints: Sequence[Signed], size: int) -> list[Signed]:
    return [signed for signed in checkpoints if (_size(signed) or 0) <= size]


def _size(signed: Signed) -> int | None:
    try:
        return checkpoint_of(parse_note(signed.note)).size
    except NoteBroken:
        return None


def _join(grown: Frontier, hashes: Sequence[str], start: int, stop: int, path: Path) -> None:
    places = list(subtrees(start, stop))
    if len(places) != len(hashes):
        raise ExportUnreadable(path=path, why="the hashes that join the range to the tree are not as many as needed")
    for (level, _index), hash_ in zip(places, hashes, strict=True):
        grown.push(bytes.fromhex(hash_), level)


def _checkpoints(path: Path) -> Iterator[Signed]:
    try:
        with (path / CHECKPOINTS).open(encoding="utf-8") as file:
            for line in file:
                told = json.loads(line)
                yield Signed(int(told["number"]), str(told["note"]))
    except (OSError, ValueError, TypeError, KeyError) as failed:
        raise ExportUnreadable(path=path, why=f"{CHECKPOINTS} cannot be read ({type(failed).__name__})") from None


def _lines(path: Path) -> Iterator[Line]:
    """Entries and leaves side by side; where one file is longer, what is missing in the other."""
    try:
        with (path / ENTRIES).open("rb") as entries, (path / LEAVES).open(encoding="ascii") as leaves:
            next(leaves, "")
            for canonical, leaf in zip_longest(entries, leaves):
                if leaf is None:
                    raise ExportUnreadable(path=path, why=f"{ENTRIES} has lines that {LEAVES} has not")
                index, sequence, hash_ = leaf.rstrip("\n").split(",")
                entry = None if canonical is None else canonical.removesuffix(b"\n")
                yield Line(int(index), int(sequence), bytes.fromhex(hash_), entry, None)
    except (OSError, ValueError) as failed:
        raise ExportUnreadable(path=path, why=f"{LEAVES} cannot be read ({type(failed).__name__})") from None
