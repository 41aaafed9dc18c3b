"""The commands for whoever owns the installation: organisations, units, officers, and the one-time code of somebody without an app."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clew.access.declared import Who, command
from clew.kernel.errors import ClewError
from clew.site.installation import installation

organisations = typer.Typer(no_args_is_help=True, help="Organisations of this installation.")
units = typer.Typer(no_args_is_help=True, help="Units of organisations.")
officers = typer.Typer(no_args_is_help=True, help="Officers: people with an account.")

Username = Annotated[str, typer.Argument(help="The name the officer signs in with.", show_default=False)]


class PasswordWeak(ClewError):
    """The password is not taken: {reasons} No account was made. Choose a longer one and try again."""


class NameTaken(ClewError):
    """There is already {what}. Nothing was changed. Choose another name."""


class UnitUnknown(ClewError):
    """{organisation} has no unit {name}. No account was made. `clew organisation list` shows its units."""


@command(Who.INSTALLATION, "access:code:show")
def code(username: Username) -> None:
    """The one-time code that is valid now. For the owner of the installation; on record."""
    with installation():
        from clew.access.second_factor import current_one_time_code
        from clew.site.local_office import officer_named

        print(current_one_time_code(officer_named(username)))


@organisations.command("list")
@command(Who.INSTALLATION, "access:organisation:list", noted=True)
def list_organisations() -> None:
    """Organisations, their units and how many officers each has."""
    with installation():
        from clew.access.queries import units_listed

        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("key", "organisation", "kind", "state", "unit", "officers"):
            table.add_column(heading)
        for unit, number in units_listed():
            organisation = unit.organisation
            kind = str(organisation.get_kind_display())
            cells = (organisation.key, organisation.name, kind, organisation.state, unit.name, str(number))
            table.add_row(*(Text(cell) for cell in cells))
        Console(width=None if sys.stdout.isatty() else 160).print(table)


@organisations.command("add")
@command(Who.INSTALLATION, "access:organisation:found")
def add_organisation(
    key: Annotated[str, typer.Argument(help="A short word for it, such as `no`.")],
    name: Annotated[str, typer.Option(help="Its full name.", show_default=False)],
    kind: Annotated[str, typer.Option(help="bureau, hotline, provider or coordinator.")] = "bureau",
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, for a bureau.")] = "",
    active: Annotated[
        bool, typer.Option("--active", help="It takes part at once, without an onboarding here.")
    ] = False,
) -> None:
    """Make an organisation known. It begins with its onboarding, unless it is said to be active."""
    with installation():
        from clew.access.actions import found_organisation
        from clew.access.models import Organisation, OrganisationKind, OrganisationState

        if kind not in OrganisationKind.values:
            message = f"{kind} is none of {', '.join(OrganisationKind.values)}."
            raise typer.BadParameter(message)
        if Organisation.objects.using("service").filter(key=key).exists():
            raise NameTaken(what=f"an organisation {key}")
        state = OrganisationState.ACTIVE if active else OrganisationState.ONBOARDING
        found_organisation(key=key, name=name, kind=kind, country=country.upper(), state=state)


@units.command("add")
@command(Who.INSTALLATION, "access:unit:set_up")
def add_unit(
    organisation: Annotated[str, typer.Argument(help="The organisation's key.")],
    name: Annotated[str, typer.Option(help="The unit's name.", show_default=False)],
    email: Annotated[str, typer.Option(help="Whom others write to.", show_default=False)],
    phone: Annotated[str, typer.Option(help="Whom others call.", show_default=False)],
    purpose: Annotated[str, typer.Option(help="What its officers search for where they state nothing else.")] = "",
    legal_basis: Annotated[str, typer.Option(help="On which law where they state nothing else.")] = "",
) -> None:
    """Add a unit with the contact others are given."""
    with installation():
        from clew.access.actions import set_up_unit
        from clew.access.models import Unit
        from clew.site.local_office import organisation_named

        found = organisation_named(organisation)
        if Unit.objects.using("service").filter(organisation=found, name=name).exists():
            raise NameTaken(what=f"a unit {name}")
        set_up_unit(
            found,
            name=name,
            contact_email=email,
            contact_phone=phone,
            purpose_default=purpose,
            legal_basis_default=legal_basis,
        )


@officers.command("add")
@command(Who.INSTALLATION, "access:officer:enlist")
def add_officer(
    username: Username,
    name: Annotated[str, typer.Option(help="The person's name.", show_default=False)],
    organisation: Annotated[str, typer.Option(help="The organisation's key.", show_default=False)],
    unit: Annotated[str, typer.Option(help="The unit's name.", show_default=False)],
    role: Annotated[list[str], typer.Option(help="A role; may be repeated.", show_default=False)],
    certified_until: Annotated[
        str, typer.Option(help="The last day of a certification they have, such as 2027-06-30.")
    ] = "",
) -> None:
    """Give a person an account. The password is asked for, or read from the first line of standard input."""
    password = _password()
    with installation():
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError

        from clew.access.actions import enlist_officer
        from clew.access.models import Officer, Unit
        from clew.site.local_office import organisation_named

        if Officer.objects.using("service").filter(username=username).exists():
            raise NameTaken(what=f"an officer {username}")
        found = Unit.objects.using("service").filter(organisation=organisation_named(organisation), name=unit).first()
        if found is None:
            raise UnitUnknown(organisation=organisation, name=unit)
        try:
            validate_password(password)
        except ValidationError as weak:
            raise PasswordWeak(reasons=" ".join(weak.messages)) from None
        until = day(certified_until) if certified_until else None
        enlist_officer(found, username=username, name=name, roles=role, password=password, certified_until=until)


@officers.command("disable")
@command(Who.INSTALLATION, "access:officer:disable")
def end_access(username: Username) -> None:
    """End an officer's access at once: sessions, keys and all."""
    with installation():
        from clew.access.actions import disable_officer
        from clew.site.local_office import officer_named

        disable_officer(officer_named(username))


def day(text: str) -> dt.date:
    """A day as ISO 8601 has it, or a refusal."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = f"{text} is no day such as 2027-06-30."
        raise typer.BadParameter(message) from None


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
