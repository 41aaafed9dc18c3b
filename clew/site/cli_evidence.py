"""The officer's commands: what is known of these files (`check`), and take them into the database (`submit`)."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.access.declared import command
from clew.access.permissions import Permission
from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.site.cli_progress import Bar
from clew.site.cli_telling import Form, Teller
from clew.site.installation import installation, set_up_django

if TYPE_CHECKING:
    from clew.intake.fingerprints import Fingerprint
    from clew.intake.models import Basis
    from clew.intake.results import Result
    from clew.intake.sources import Found
    from clew.site.office import Details, Office, Opened
    from clew.site.reading import Reader


class HashKind(StrEnum):
    """What 64 hexadecimal digits are."""

    SHA256 = "sha256"
    PDQ = "pdq"


class Confidentiality(StrEnum):
    """How closely a submission is kept."""

    OFFICIAL = "official"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"


class Sharing(StrEnum):
    """With whom a submission is shared."""

    MEMBERS = "members"
    LISTED = "listed"
    NOBODY = "nobody"


class Outside(StrEnum):
    """What everyone else is told who meets it."""

    CONTACT = "contact"
    EXISTENCE = "existence"
    SILENT = "silent"


Paths = Annotated[
    list[Path],
    typer.Argument(help="Files, folders, zip or tar archives, hash lists.", metavar="PATH...", show_default=False),
]
As = Annotated[
    str | None,
    typer.Option("--as", envvar="CLEW_OFFICER", help="The officer as whom to act in the installation of CLEW_HOME."),
]
PurposeOption = Annotated[
    str | None,
    typer.Option(
        "--purpose",
        envvar="CLEW_PURPOSE",
        help="What it is for: a code or words; without it what your unit has set.",
        show_default=False,
    ),
]
LegalBasis = Annotated[
    str | None,
    typer.Option(
        "--legal-basis",
        envvar="CLEW_LEGAL_BASIS",
        help="The law on which it is done; without it what your unit has set.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Csv = Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet, one line for each match.")]
New = Annotated[bool, typer.Option("--new", help="List new files in the table too.")]
Hashes = Annotated[
    HashKind | None,
    typer.Option("--hashes", help="What lines of 64 digits in hash lists are; without it, as they look."),
]


@command(Permission.CHECK_RUN, "intake:check:run")
def check(
    paths: Paths,
    as_: As = None,
    purpose: PurposeOption = None,
    legal_basis: LegalBasis = None,
    json: Json = False,
    csv: Csv = False,
    new: New = False,
    hashes: Hashes = None,
) -> None:
    """What is known of these files? Stores nothing but the ledger entry; over the API only hashes leave this machine."""
    teller = Teller(Form.of(json=json, csv=csv), is_telling_new=new)
    with office_of(as_, purpose, legal_basis) as office, _reader(office) as reader:
        from clew.site.reading import batches

        with Bar("checking") as bar:
            for batch in batches(_found(paths, hashes, bar)):
                teller.tell(_results(office, batch, reader.fingerprints(batch)))
                bar.done(batch)
    teller.end()
    raise typer.Exit(1 if teller.has_met_something else 0)


@command(Permission.SUBMISSION_CREATE, "intake:submission:open")
def submit(
    paths: Paths,
    case: Annotated[str, typer.Option("--case", help="Your unit's reference of the case.", show_default=False)],
    as_: As = None,
    legal_basis: LegalBasis = None,
    purpose: PurposeOption = None,
    confidentiality: Annotated[
        Confidentiality, typer.Option(help="How closely it is kept.")
    ] = Confidentiality.RESTRICTED,
    sharing: Annotated[Sharing, typer.Option(help="Who else sees it.")] = Sharing.NOBODY,
    share_with: Annotated[
        list[str] | None, typer.Option(help="Key of an organisation, with --sharing listed; may be repeated.")
    ] = None,
    release_only: Annotated[
        bool,
        typer.Option("--release-only", help="Only those named with --share-with see it; to others it does not exist."),
    ] = False,
    outside: Annotated[Outside, typer.Option(help="What everyone else is told who meets it.")] = Outside.CONTACT,
    distance: Annotated[
        int,
        typer.Option(
            min=0,
            max=PDQ_DISTANCE_MAX,
            help="Bits by which looks may differ to be a match, for these files and for those who meet them.",
        ),
    ] = PDQ_DISTANCE_MAX,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Do not take up an unfinished submission of the case.")
    ] = False,
    json: Json = False,
    csv: Csv = False,
    new: New = False,
    hashes: Hashes = None,
) -> None:
    """Take these files into the database and say what is known of them. Run again after an interruption, it goes on."""
    teller = Teller(Form.of(json=json, csv=csv), is_telling_new=new)
    with office_of(as_, purpose, legal_basis) as office:
        from clew.site.office import Details

        details = Details(
            case_reference=case,
            confidentiality=confidentiality.value,
            sharing=sharing.value,
            audience=share_with or [],
            outside=outside.value,
            release_only=release_only,
            match_distance_max=distance,
            is_resuming=not fresh,
        )
        opened = _opened(office, details, paths)
        _send(office, opened, paths, hashes)
        _wait(office, opened)
        # Closed only now: until then the same command takes the submission up again, wherever it was interrupted.
        office.close(opened.id)
        office.decided(opened.id)
        for result in office.results(opened.id):
            teller.tell([result])
    teller.end()
    raise typer.Exit(1 if teller.has_met_something else 0)


def _opened(office: Office, details: Details, paths: list[Path]) -> Opened:
    from clew.intake.sources import refuse_absent

    # A misspelt path must not leave an empty submission behind.
    refuse_absent(paths)
    opened = office.open(details)
    if opened.is_resumed:
        print(f"Going on with the unfinished submission; {len(opened.keys)} files are there already.", file=sys.stderr)
    return opened


def _send(office: Office, opened: Opened, paths: list[Path], hashes: HashKind | None) -> None:
    from clew.site.reading import batches

    with Bar("sending") as bar:
        for batch in batches(_found(paths, hashes, bar)):
            office.send(opened.id, [one for one in batch if one.key not in opened.keys])
            bar.done(batch)


def _wait(office: Office, opened: Opened) -> None:
    with Bar("comparing") as bar:
        decided, received = 0, 1
        while decided < received:
            decided, received = office.decided(opened.id)
            bar.at(decided, received)


@contextmanager
def office_of(officer_name: str | None, purpose: str | None = None, legal_basis: str | None = None) -> Iterator[Office]:
    """This installation, or the one that CLEW_URL names."""
    url = os.environ.get("CLEW_URL")
    if url:
        set_up_django()
        from clew.site.office import Stated
        from clew.site.remote_office import RemoteOffice, refuse_unsafe

        refuse_unsafe(url, os.environ.get("CLEW_KEY", ""))
        with RemoteOffice(url, os.environ["CLEW_KEY"], Stated(purpose, legal_basis)) as elsewhere:
            yield elsewhere
        return
    with installation():
        from clew.site.local_office import LocalOffice, officer_named
        from clew.site.office import Stated

        yield LocalOffice(officer_named(officer_name), Stated(purpose, legal_basis))


@contextmanager
def _reader(office: Office) -> Iterator[Reader]:
    from clew.site.reading import Reader

    with Reader(office.report_jail) as reader:
        yield reader


def _found(paths: list[Path], hashes: HashKind | None, bar: Bar) -> Iterator[Found]:
    from clew.intake.models import Basis
    from clew.intake.sources import find_all, refuse_absent

    refuse_absent(paths)
    kind: Basis | None = Basis(hashes.value) if hashes else None
    return find_all(bar.counting(paths), kind_of_64_digits=kind)


def _results(office: Office, batch: Sequence[Found], read: Sequence[Fingerprint | object]) -> list[Result]:
    """The results of a batch in its order; what could not be read has its answer without asking."""
    from clew.intake.fingerprints import Fingerprint, embedded_words, told_embedded
    from clew.intake.sources import FoundRefusal

    asked: list[tuple[str | None, str, Fingerprint]] = []
    for found, print_ in zip(batch, read, strict=True):
        if isinstance(print_, Fingerprint):
            asked += [(None, found.path, print_), *told_embedded(found.path, print_)]
    told = office.check([path for _, path, _ in asked], [print_ for *_, print_ in asked]) if asked else []
    answers = iter(
        {
            **result,
            "parent": parent,
            "reason": result["reason"] + embedded_words(print_, len(print_.embedded), print_.left_inside),
        }
        for (parent, _, print_), result in zip(asked, told, strict=True)
    )
    results: list[Result] = []
    for found, print_ in zip(batch, read, strict=True):
        if isinstance(print_, FoundRefusal):
            refused = {"verdict": "unreadable", "reason": print_.reason, "matches": []}
            results.append({"path": found.path, "parent": None, **refused})
        elif isinstance(print_, Fingerprint):
            # The file itself, and then everything that lies in it.
            results += itertools.islice(answers, 1 + sum(1 for _ in told_embedded(found.path, print_)))
    return results
