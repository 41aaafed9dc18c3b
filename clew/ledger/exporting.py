"""The export: a ledger, whole or a range of it, as files that anyone can verify without a database, Clew's or anyone's own program.

`entries.jsonl` holds the canonical form of each entry, one a line, in the order of the tree; `leaves.csv` index, number and hash of each;
`checkpoints.jsonl` every checkpoint with its cosignatures; `about.json` what it is, the public keys, and for a range the hashes that join
it to the tree. The hash of a leaf is SHA-256 over a zero byte and its line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from clew.kernel.clock import now
from clew.ledger.actions import Actor, record
from clew.ledger.errors import ExportUnreadable, LedgerDamaged
from clew.ledger.keyring import signing_keys
from clew.ledger.notes import VerifierKey
from clew.ledger.proofs import hashes_over
from clew.ledger.rules import text_of_moment
from clew.ledger.signing import sign_if_grown
from clew.ledger.stored_tree import StoredTree, grow
from clew.ledger.verification import Line
from clew.ledger.verifying import one_view, stored_checkpoints, stored_lines, stored_witnesses

FORMAT = "clew-ledger-export-1"
ABOUT, ENTRIES, LEAVES, CHECKPOINTS = "about.json", "entries.jsonl", "leaves.csv", "checkpoints.jsonl"


@dataclass(frozen=True, slots=True)
class About:
    """What an export is of: leaves from `start` up to, not including, `stop`, of a tree of `size`; hashes in hexadecimal."""

    format: str
    key: str
    witnesses: list[str]
    exported_at: str
    size: int
    start: int
    stop: int
    #: Roots of the whole subtrees left and right of the range.
    left: list[str]
    right: list[str]


def export(
    path: Path,
    *,
    actor: Actor | None = None,
    start: int = 0,
    stop: int | None = None,
    witnesses: Sequence[VerifierKey] = (),
) -> About:
    """Write the leaves from `start` to `stop` (all, unless said) into a new folder. That it was done is on record, and in the export."""
    with transaction.atomic(using="service"):
        facts = {"start": start, "stop": stop}
        record("ledger:entry:export", actor=actor, using="service", facts=facts)
    grow()
    sign_if_grown(at_once=True)
    path.mkdir(parents=True, mode=0o700)
    with one_view():
        tree = StoredTree()
        size = tree.size
        end = size if stop is None else min(stop, size)
        begin = min(start, end)
        checkpoints = stored_checkpoints()
        about = About(
            FORMAT,
            str(signing_keys().signer.verifier),
            sorted({str(key) for key in (*witnesses, *stored_witnesses())}),
            text_of_moment(now()),
            size,
            begin,
            end,
            [hash_.hex() for hash_ in hashes_over(tree.read, 0, begin)],
            [hash_.hex() for hash_ in hashes_over(tree.read, end, size)],
        )
        _write_lines(path, stored_lines(begin, end))
        with (path / CHECKPOINTS).open("w", encoding="ascii") as file:
            for signed in checkpoints:
                file.write(json.dumps({"number": signed.number, "note": signed.note}) + "\n")
        # Written last: without it the rest is no export.
        (path / ABOUT).write_text(json.dumps(asdict(about), indent=1) + "\n", encoding="ascii")
    return about


def _write_lines(path: Path, lines: Iterator[Line]) -> None:
    with (path / ENTRIES).open("wb") as entries, (path / LEAVES).open("w", encoding="ascii") as leaves:
        leaves.write("index,sequence,leaf_hash\n")
        for line in lines:
            if line.canonical is None:
                raise LedgerDamaged(why=f"entry {line.sequence} is gone")
            entries.write(line.canonical + b"\n")
            leaves.write(f"{line.index},{line.sequence},{line.leaf.hex()}\n")
        for file in (entries, leaves):
            file.flush()
            os.fsync(file.fileno())


def about_of(path: Path) -> About:
    """What an export is of. Raises ExportUnreadable."""
    try:
        told: dict[str, Any] = json.loads((path / ABOUT).read_text(encoding="utf-8"))
        about = About(**told)
        [bytes.fromhex(hash_) for hash_ in (*about.left, *about.right)]
    except (OSError, ValueError, TypeError) as failed:
        raise ExportUnreadable(path=path, why=f"{ABOUT} cannot be read ({type(failed).__name__})") from None
    if about.format != FORMAT or not 0 <= about.start <= about.stop <= about.size:
        raise ExportUnreadable(path=path, why=f"{ABOUT} states another format or an impossible range")
    return about
