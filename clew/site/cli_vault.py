"""The commands for the vault: rotate and destroy keys, bring old objects along, scrub."""

from __future__ import annotations

import json as json_
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from clew.access.declared import Who, command
from clew.access.permissions import Permission
from clew.site.installation import installation

if TYPE_CHECKING:
    import uuid

    from clew.vault.models import Scrub

vault_commands = typer.Typer(no_args_is_help=True, help="The vault: its keys, and whether all of it opens.")

ByKey = Annotated[str | None, typer.Option("--organisation", help="The organisation's key; without it all of them.")]
MIB = 1024 * 1024


@vault_commands.command("rotate")
@command(Who.INSTALLATION, "vault:key:rotate")
def rotate(
    organisation: ByKey = None,
    destroy_former: Annotated[
        bool,
        typer.Option("--destroy-former", help="Then destroy the former keys: backups made until now open no more."),
    ] = False,
) -> None:
    """Bring everything under fresh keys while everybody goes on. Objects of the first form are brought along. Safe to break off and repeat."""
    with installation():
        from clew.vault.actions import destroy_former_keys, rotate_keys

        is_well = _adopt_first_form()
        for organisation_id, name in _organisations(organisation):
            done = rotate_keys(organisation_id)
            words = "went on with the rotation begun before" if done.is_resumed else "made a fresh key"
            print(f"{name}: {words}, {done.rewrapped:,} wraps follow it")
            if done.damaged:
                is_well = False
                print(
                    f"{name}: {done.damaged:,} wraps are damaged and stay as they are: see `clew vault scrub`",
                    file=sys.stderr,
                )
            elif destroy_former:
                print(f"{name}: {destroy_former_keys(organisation_id)} former keys destroyed")
    raise typer.Exit(0 if is_well else 1)


@vault_commands.command("destroy")
@command(Permission.VAULT_KEY_DESTROY, "vault:key:destroy")
def destroy(
    organisation: Annotated[str, typer.Option("--organisation", help="The organisation's key.", show_default=False)],
    as_: Annotated[
        str | None, typer.Option("--as", envvar="CLEW_OFFICER", help="The officer to whom it was granted.")
    ] = None,
    ask: Annotated[
        str | None,
        typer.Option("--ask", metavar="REASON", help="Ask for it with this reason; another person then decides."),
    ] = None,
) -> None:
    """Destroy every key of an organisation: what it alone has brought is unreadable for good. Two of its people must have agreed."""
    with installation():
        from clew.site.local_office import officer_named
        from clew.vault.actions import ask_to_destroy_keys, destroy_all_keys

        [(organisation_id, name)] = _organisations(organisation)
        if ask is not None:
            asked = ask_to_destroy_keys(officer_named(as_), organisation_id, ask)
            print(f"{name}: asked; another person decides at /approvals/{asked.id}/")
            return
        count = destroy_all_keys(officer_named(as_), organisation_id)
    print(f"{name}: {count} keys destroyed")


@vault_commands.command("scrub")
@command(Who.INSTALLATION, "vault:object:scrub")
def scrub(
    rate: Annotated[float | None, typer.Option(help="MiB a second to read at most.", min=0.1)] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Open everything the vault holds, to its end. Broken off, it goes on where it stood. Exit status 1 if anything is wrong."""
    from clew.site.cli_progress import Bar

    with installation():
        from clew.intake.holdings import Holdings
        from clew.vault.opened import vault
        from clew.vault.scrubbing import PARTS, Pace, counts
        from clew.vault.scrubbing import scrub as scrub_all

        with Bar("opening") as bar:
            pace = Pace(rate * MIB if rate else None)
            run = scrub_all(vault(), Holdings(), pace=pace, said=lambda one: bar.at(one.parts_done, len(PARTS)))
        found = counts(run)
        faults = list(run.findings.using("service").order_by("fault", "address").values_list("fault", "address"))
    _tell_scrub(run, found, faults, json=json)
    raise typer.Exit(1 if any(found.values()) else 0)


def _tell_scrub(run: Scrub, found: dict[str, int], faults: list[tuple[str, str]], *, json: bool) -> None:
    if json:
        told = {"opened": run.opened, "size_bytes": run.size_bytes, "destroyed": run.destroyed, **found}
        print(json_.dumps({**told, "findings": [{"fault": fault, "address": address} for fault, address in faults]}))
        return
    print(f"opened    {run.opened:,} objects, {run.size_bytes / MIB:,.0f} MiB")
    print(f"destroyed {run.destroyed:,} on purpose")
    for fault, count in found.items():
        print(f"{fault:<9} {count:,}")
    for fault, address in faults:
        print(f"  {fault} {address}")


def _organisations(key: str | None) -> list[tuple[uuid.UUID, str]]:
    """The id and name of the organisation of this key, or of all that have a key in the vault."""
    from clew.access.models import Organisation
    from clew.vault.opened import envelopes
    from clew.vault.rotation import organisations_with_keys

    found = Organisation.objects.using("service")
    if key is not None:
        one = found.filter(key=key).first()
        if one is None:
            message = f"There is no organisation {key}."
            raise typer.BadParameter(message)
        return [(one.id, one.name)]
    names = dict(found.values_list("id", "name"))
    return [(id_, names.get(id_, "the house")) for id_ in organisations_with_keys(envelopes())]


def _adopt_first_form() -> bool:
    """Bring objects of the first form into the second; whether all could be opened."""
    from clew.intake.holdings import holdings
    from clew.vault.adoption import adopt
    from clew.vault.errors import SealBroken
    from clew.vault.opened import vault

    adopted = refused = 0
    for holding in holdings():
        try:
            adopted += adopt(vault(), holding.original, holding.organisation_ids, holding.derived)
        except SealBroken:
            refused += 1
    if adopted:
        print(f"{adopted:,} objects brought into the present form")
    if refused:
        print(f"{refused:,} objects do not open: see `clew vault scrub`", file=sys.stderr)
    return not refused
