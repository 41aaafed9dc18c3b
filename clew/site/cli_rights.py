"""The commands over rights, for whoever owns the installation: who there is, who is in and out, roles, certifications, states, reviews."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clew.access.declared import Who, command
from clew.site.cli_people import Username, day, officers, organisations
from clew.site.installation import installation

Key = Annotated[str, typer.Argument(help="The organisation's key.", show_default=False)]


def print_table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table of plain text."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@officers.command("list")
@command(Who.INSTALLATION, "access:officer:list")
def list_officers(
    organisation: Annotated[str, typer.Option(help="Of this organisation alone, by its key.")] = "",
) -> None:
    """Who has an account, with roles, clearance, certification and last sign-in."""
    with installation():
        from clew.access.by_the_owner import officers_listed

        rows = [
            (
                one.username,
                one.name,
                one.organisation.key,
                " ".join(one.roles),
                one.clearance,
                one.certified_until.isoformat() if one.certified_until else "no",
                one.last_login.isoformat(timespec="minutes") if one.last_login else "never",
                "active" if one.is_active else "disabled",
            )
            for one in officers_listed(organisation)
        ]
    headings = ("officer", "name", "of", "roles", "clearance", "certified until", "last sign-in", "state")
    print_table(headings, rows)


@officers.command("enable")
@command(Who.INSTALLATION, "access:officer:enable")
def give_access_back(username: Username) -> None:
    """Let a disabled officer in again."""
    with installation():
        from clew.access.by_the_owner import enable_officer
        from clew.site.local_office import any_officer_named

        enable_officer(any_officer_named(username))


@officers.command("roles")
@command(Who.INSTALLATION, "access:officer:change")
def change_roles(
    username: Username,
    role: Annotated[list[str], typer.Option(help="A role; may be repeated. They replace those there are.")],
) -> None:
    """Give an officer these roles and no others."""
    with installation():
        from clew.access.by_the_owner import give_roles
        from clew.site.local_office import any_officer_named

        give_roles(any_officer_named(username), role)


@officers.command("certify")
@command(Who.INSTALLATION, "access:officer:certify")
def certify(
    username: Username,
    what: Annotated[str, typer.Option(help="What was examined.", show_default=False)],
    until: Annotated[str, typer.Option(help="The last day on which it counts, such as 2027-06-30.")],
) -> None:
    """Record a certification: without a valid one specialists see nothing that is protected."""
    with installation():
        from clew.access.by_the_owner import certify_officer
        from clew.site.local_office import any_officer_named

        certify_officer(any_officer_named(username), what=what, until=day(until))


@organisations.command("state")
@command(Who.INSTALLATION, "access:organisation:state")
def set_state(
    key: Key,
    state: Annotated[str, typer.Argument(help="onboarding, active or suspended.")],
    reason: Annotated[str, typer.Option(help="Why; on record.", show_default=False)],
) -> None:
    """Say how far an organisation is, whatever its checklist says. Suspending ends the access of all its officers at once."""
    with installation():
        from clew.access.by_the_owner import set_organisation_state
        from clew.access.models import OrganisationState
        from clew.site.local_office import organisation_named

        if state not in OrganisationState.values:
            message = f"{state} is none of {', '.join(OrganisationState.values)}."
            raise typer.BadParameter(message)
        set_organisation_state(organisation_named(key), OrganisationState(state), reason)


@organisations.command("review")
@command(Who.INSTALLATION, "access:recertification:open")
def open_review(key: Key) -> None:
    """Open the yearly review of an organisation's access rights now."""
    with installation():
        from clew.access.campaigns import open_campaign
        from clew.site.local_office import organisation_named

        opened = open_campaign(organisation_named(key))
        print(f"Answers until {opened.answers_until:%Y-%m-%d %H:%M} UTC.")
