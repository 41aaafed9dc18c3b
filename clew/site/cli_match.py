"""`clew match`: which hashes of a list are known; lists of any size, read and answered as they go, in memory that does not grow."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.access.declared import command
from clew.access.permissions import Permission
from clew.kernel.errors import ClewError
from clew.kernel.limits import MATCH_SIGNATURES_MAX, PDQ_DISTANCE_MAX
from clew.site.cli_evidence import As, Csv, Hashes, HashKind, Json, LegalBasis, PurposeOption, office_of
from clew.site.cli_progress import Bar
from clew.site.cli_telling import Form, Teller

if TYPE_CHECKING:
    from clew.intake.hashlists import HashLine, LineRefused
    from clew.intake.models import Basis
    from clew.intake.results import Result
    from clew.site.office import Office

STANDARD_INPUT = Path("-")


class ListUnreadable(ClewError):
    """The list {path} cannot be read: {why}. Lines before it were answered. Look at the path and its rights."""


@command(Permission.CHECK_RUN, "intake:check:match")
def match(
    lists: Annotated[
        list[Path], typer.Argument(help="Hash lists; - is standard input.", metavar="LIST...", show_default=False)
    ],
    as_: As = None,
    purpose: PurposeOption = None,
    legal_basis: LegalBasis = None,
    distance: Annotated[
        int, typer.Option(min=0, max=PDQ_DISTANCE_MAX, help="Bits by which looks may differ to be a match.")
    ] = PDQ_DISTANCE_MAX,
    json: Json = False,
    csv: Csv = False,
    hashes: Hashes = None,
) -> None:
    """Which hashes of these lists are known? Lists of any size and of any kinds mixed; lines that meet nothing are counted, not told."""
    teller = Teller(Form.of(json=json, csv=csv), is_streaming=True)
    with office_of(as_, purpose, legal_basis) as office, Bar("matching") as bar:
        for path in lists:
            for batch in _batches(path, hashes):
                results = _results(office, path, batch, distance)
                teller.tell(results)
                teller.count("new", len(batch) - len(results))
                bar.advance(len(batch))
    teller.end("hash")
    raise typer.Exit(1 if teller.has_met_something else 0)


def _batches(path: Path, hashes: HashKind | None) -> Iterator[list[HashLine | LineRefused]]:
    from clew.intake.hashlists import read_hash_list
    from clew.intake.models import Basis

    kind: Basis | None = Basis(hashes.value) if hashes else None
    with _opened(path) as lines:
        found = read_hash_list(lines, kind_of_64_digits=kind)
        while batch := list(itertools.islice(found, MATCH_SIGNATURES_MAX)):
            yield batch


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[str]]:
    if path == STANDARD_INPUT:
        yield sys.stdin
        return
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            yield lines
    except OSError as failed:
        raise ListUnreadable(path=path, why=failed.strerror) from None


def _results(office: Office, path: Path, batch: list[HashLine | LineRefused], distance: int) -> list[Result]:
    """Of a batch the lines that are no hash, and those that meet anything, in the order of the list."""
    from clew.intake.hashlists import HashLine

    asked = [at for at, line in enumerate(batch) if isinstance(line, HashLine)]
    signatures = [_signature(line) for line in batch if isinstance(line, HashLine)]
    met = {asked[found.pop("index")]: found for found in office.match(signatures, distance)} if signatures else {}
    results = []
    for at, line in enumerate(batch):
        name = (
            f"{path}: {line.label}" if line.label == f"line {line.number}" else f"{path}: {line.number}, {line.label}"
        )
        if not isinstance(line, HashLine):
            results.append({"path": name, "verdict": "unreadable", "reason": line.reason, "matches": []})
        elif at in met:
            results.append({"path": name, **met[at]})
    return results


def _signature(line: HashLine) -> str:
    return f"{line.kind.value if line.is_certain else 'hash'}:{line.bits.hex()}"
