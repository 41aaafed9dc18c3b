"""The command line: one program for officers (`check`, `submit`), for whoever runs the installation, and for the demo."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import clew
from clew.kernel.errors import ClewError
from clew.ledger.errors import LedgerUnwritable
from clew.site import (
    cli_backup,
    cli_doctor,
    cli_evidence,
    cli_index,
    cli_inspect,
    cli_keys,
    cli_ledger,
    cli_match,
    cli_people,
    cli_running,
    cli_schemes,
    cli_sign_in,
    cli_vault,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Clew: an open, self-hosted victim-identification database.",
    epilog="Exit status: 0 nothing known was met, 1 something is known or resembles something, 2 it could not be done, 3 the ledger cannot be written.",
)
app.command()(cli_evidence.check)
app.command()(cli_evidence.submit)
app.command()(cli_match.match)
app.command()(cli_inspect.inspect)
app.command()(cli_running.up)
app.command()(cli_running.demo)
app.command()(cli_running.serve)
app.command()(cli_running.worker)
app.command()(cli_running.status)
app.command()(cli_doctor.doctor)
app.command()(cli_backup.backup)
app.command()(cli_backup.restore)
app.command()(cli_people.code)
app.add_typer(cli_people.organisations, name="organisation")
app.add_typer(cli_people.units, name="unit")
app.add_typer(cli_people.officers, name="officer")
cli_people.officers.add_typer(cli_sign_in.cards, name="certificate")
cli_people.officers.command("unlock")(cli_sign_in.unlock_officer)
cli_people.officers.command("identity")(cli_sign_in.state_identity)
app.add_typer(cli_keys.keys, name="key")
app.add_typer(cli_index.index, name="index")
app.add_typer(cli_ledger.ledger, name="ledger")
app.add_typer(cli_schemes.schemes, name="scheme")
app.add_typer(cli_vault.vault_commands, name="vault")


def _version(is_asked: bool) -> None:
    if is_asked:
        print(f"clew {clew.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; what Clew refuses is told in its own words, without the inside of the program."""
    # A name on a disk need be no text: what cannot be printed is escaped, never an error.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
    except ClewError as refused:
        _end(refused)
    except Exception as failed:  # noqa: BLE001 - told without its words, and ended with a status of its own
        # Only a database that is away, full or read-only: then the ledger cannot be written either.
        from django.db import InterfaceError, OperationalError

        if isinstance(failed, OperationalError | InterfaceError):
            _end(LedgerUnwritable())
        from clew.site.tracebacks import without_values

        print(without_values(failed), file=sys.stderr)
        sys.exit(2)


def _end(refused: ClewError) -> None:
    print(refused.message, file=sys.stderr)
    sys.exit(refused.exit_status)
