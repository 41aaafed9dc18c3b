"""The commands around the ledger: how it stands, its keys, verify it, export it, prove an entry, and be its witness."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.access.declared import Who, command
from clew.site.cli_evidence import As
from clew.site.installation import installation, set_up_django

if TYPE_CHECKING:
    from clew.access.models import Officer
    from clew.ledger.notes import Note, VerifierKey
    from clew.ledger.verification import Report

ledger = typer.Typer(
    no_args_is_help=True, help="The ledger: what was done, by whom, and the proof that it was not changed."
)

Key = Annotated[
    str | None,
    typer.Option("--key", help="The ledger's public key, as `clew ledger key` shows it there.", show_default=False),
]
WitnessedBy = Annotated[
    Path | None, typer.Option("--witness", help="A witness's folder: what it saw must be there.", show_default=False)
]


@ledger.command("status")
@command(Who.INSTALLATION, "ledger:tree:read", noted=True, diagnosis=True)
def status() -> None:
    """How the ledger stands. Exit status 1 if somebody should look at it."""
    with installation():
        from clew.ledger.standing import ledger_standing

        found = ledger_standing()
    print(f"entries     {found.size:,} in the tree")
    signed = (
        f"{found.signed_size:,} entries, {found.age_seconds:.0f} s ago" if found.age_seconds is not None else "none yet"
    )
    print(f"checkpoint  {signed}; cosigned by {found.cosignatures}")
    for witness in found.witnesses:
        print(f"witness     {witness.name}: {witness.problem or f'cosigned {witness.size:,} entries'}")
    for problem in found.problems:
        print(problem)
    raise typer.Exit(1 if found.problems else 0)


@ledger.command("key")
@command(Who.ANYBODY, "ledger:key:show")
def key() -> None:
    """The public keys: that of this ledger, for whoever verifies or witnesses it, and that of this installation as a witness."""
    set_up_django()
    from clew.ledger.keyring import signing_keys

    print(f"ledger   {signing_keys().signer.verifier}")
    print(f"witness  {signing_keys().witness.verifier}")


@ledger.command("verify")
@command(Who.INSTALLATION, "ledger:tree:verify")
def verify(
    export: Annotated[
        Path | None,
        typer.Argument(help="An export's folder; without it the installation's own ledger.", metavar="[DIR]"),
    ] = None,
    key: Key = None,
    witness: WitnessedBy = None,
) -> None:
    """Hash every entry anew and hold it against all that was signed. Exit status 1 if anything is wrong."""
    if export is not None:
        report = _verified_export(export, key, witness)
    else:
        with installation():
            from clew.ledger.keyring import signing_keys
            from clew.ledger.verifying import verify_stored
            from clew.site.ledger_keys import witnesses

            own = signing_keys().signer.verifier
            keys = [one.key for one in witnesses()]
            report = verify_stored(witnesses=keys, witnessed=_witnessed(witness, own))
    _tell(report)
    raise typer.Exit(0 if report.is_whole else 1)


def _verified_export(export: Path, key: str | None, witness: Path | None) -> Report:
    # No installation is opened: an auditor's machine has none.
    from clew.ledger.notes import VerifierKey

    set_up_django()
    from clew.ledger.export_reading import verify_export
    from clew.ledger.exporting import about_of

    chosen = VerifierKey.parse(key or about_of(export).key)
    if key is None:
        print(f"no --key was given; the export's own is believed: {chosen}")
    return verify_export(export, key=chosen, witnessed=_witnessed(witness, chosen))


def _witnessed(folder: Path | None, key: VerifierKey) -> list[Note]:
    from clew.ledger.errors import WitnessFolderBroken
    from clew.ledger.witness_folder import WitnessFolder

    if folder is None:
        return []
    seen = WitnessFolder(folder).seen_note(key)
    if seen is None:
        raise WitnessFolderBroken(path=folder, why=f"it has seen nothing of {key.name}")
    return [seen]


def _tell(report: Report) -> None:
    print(f"entries      {report.size:,}, root {report.root.hex()}")
    print(f"checkpoints  {report.checkpoints:,} hold, {report.cosignatures:,} cosignatures")
    if report.waiting:
        print(f"waiting      {report.waiting:,} entries are not in the tree yet")
    for fault in report.faults:
        print(f"{fault.kind.value}: {fault.words}")
    if report.fault_count > len(report.faults):
        print(f"and {report.fault_count - len(report.faults):,} more")
    print("whole" if report.is_whole else f"NOT WHOLE: {report.fault_count:,} faults")


@ledger.command("export")
@command(Who.INSTALLATION, "ledger:entry:export")
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder.", metavar="DIR", show_default=False)],
    start: Annotated[int, typer.Option("--from", min=0, help="The first leaf.")] = 0,
    stop: Annotated[int | None, typer.Option("--to", min=0, help="The leaf before which it ends.")] = None,
    as_: As = None,
) -> None:
    """Write the ledger, or a range of it, as files that anyone can verify without a database. On record."""
    from clew.ledger.errors import ExportUnreadable

    if folder.exists():
        raise ExportUnreadable(path=folder, why="it is there already")
    with installation():
        from clew.ledger.exporting import export as write_export
        from clew.site.ledger_keys import witnesses

        keys = [one.key for one in witnesses()]
        about = write_export(folder, actor=_officer(as_), start=start, stop=stop, witnesses=keys)
    print(f"{about.stop - about.start:,} of {about.size:,} entries; the ledger's key is {about.key}")


def _officer(name: str | None) -> Officer | None:
    from clew.site.local_office import officer_named

    return officer_named(name) if name else None


@ledger.command("prove")
@command(Who.INSTALLATION, "ledger:entry:prove", noted=True, diagnosis=True)
def prove(
    entry: Annotated[int, typer.Argument(help="The entry's number.", show_default=False)], as_: As = None
) -> None:
    """The proof that an entry is in the ledger, with the entry, for whoever has the public key. On record."""
    with installation():
        from django.db import transaction

        from clew.ledger.actions import record
        from clew.ledger.signing import prove_entry
        from clew.ledger.stored_tree import grow

        grow()
        proof = prove_entry(entry)
        with transaction.atomic(using="service"):
            record("ledger:entry:prove", actor=_officer(as_), using="service", facts={"entry": entry})
    print(proof, end="")


@ledger.command("check")
@command(Who.ANYBODY, "ledger:proof:check")
def check(
    proof: Annotated[Path, typer.Argument(help="What `clew ledger prove` wrote.", show_default=False)],
    key: Annotated[str, typer.Option("--key", help="The ledger's public key.", show_default=False)],
) -> None:
    """Verify such a proof, with nothing but it and the ledger's public key. Exit status 2 if it does not hold."""
    from clew.ledger.errors import NoteBroken
    from clew.ledger.notes import VerifierKey

    set_up_django()
    from clew.ledger.signing import check_proof

    try:
        written = proof.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failed:
        raise NoteBroken(why=f"{proof} cannot be read ({type(failed).__name__})") from None
    held = check_proof(written, VerifierKey.parse(key))
    print(f"leaf {held.index} of {held.checkpoint.size:,} entries of {held.checkpoint.origin}")
    print(held.canonical.decode())


@ledger.command("witness")
@command(Who.INSTALLATION, "ledger:tree:witness")
def witness(
    folder: Annotated[Path, typer.Argument(help="The witness's own folder, best on another disk.", metavar="DIR")],
) -> None:
    """Have a folder witness this ledger: it signs only what continues what it saw last, and says loudly where that is not so."""
    with installation():
        from clew.ledger.folder_witnessing import witness_newest

        line, size = witness_newest(folder)
    print(f"cosigned at {size:,} entries\n{line}", end="")
