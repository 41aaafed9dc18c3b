"""The commands about sign-in for whoever owns the installation: unlock an officer, register their cards, state who they are at their identity provider."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clew.access.declared import Who, command
from clew.kernel.errors import ClewError
from clew.site.cli_people import Username
from clew.site.installation import installation

cards = typer.Typer(no_args_is_help=True, help="Certificates of officers' cards.")


class FileUnreadable(ClewError):
    """The file {path} cannot be read ({why}). Nothing was changed. Look at its name and rights."""


class NoIdentityProvider(ClewError):
    """No identity provider speaks for {organisation}. Nothing was changed. Name one with CLEW_OIDC_ISSUER or in identity-providers.toml."""


@command(Who.INSTALLATION, "access:officer:unlock")
def unlock_officer(username: Username) -> None:
    """Let an officer try again whose name was locked after five bad tries."""
    with installation():
        from clew.access.lockout import unlock
        from clew.site.local_office import officer_named

        unlock(officer_named(username), by=None)


@command(Who.INSTALLATION, "access:identity:state")
def state_identity(
    username: Username,
    name: Annotated[
        str, typer.Argument(help="The name by which the identity provider knows them.", show_default=False)
    ],
) -> None:
    """State who an officer is at their organisation's identity provider. The next sign-in there binds it."""
    with installation():
        from django.conf import settings

        from clew.access.identity_links import state_name
        from clew.site.local_office import officer_named

        officer = officer_named(username)
        provider = settings.CLEW_IDENTITY_PROVIDERS.get(officer.organisation.key)
        if provider is None:
            raise NoIdentityProvider(organisation=officer.organisation.key)
        state_name(officer, issuer=provider.issuer, name=name, by=None)


@cards.command("add")
@command(Who.INSTALLATION, "access:certificate:register")
def add_card(
    username: Username,
    file: Annotated[Path, typer.Argument(help="The certificate, PEM or DER, without its key.", show_default=False)],
    label: Annotated[str, typer.Option(help="What the card is.")] = "",
) -> None:
    """Let a card sign an officer in, known by its certificate's SHA-256 fingerprint."""
    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise FileUnreadable(path=file, why=wrong.strerror) from None
    with installation():
        from clew.access.cards import certificate_from_file, fingerprint_of, register_card
        from clew.site.local_office import officer_named

        certificate = certificate_from_file(content)
        register_card(officer_named(username), certificate, label=label, by=None)
        print(fingerprint_of(certificate).hex())


@cards.command("list")
@command(Who.INSTALLATION, "access:certificate:list", noted=True)
def list_cards(username: Username) -> None:
    """The cards of an officer."""
    with installation():
        from clew.access.cards import cards_of
        from clew.site.local_office import officer_named

        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("id", "label", "ends", "fingerprint"):
            table.add_column(heading, overflow="fold")
        for card in cards_of(officer_named(username)):
            cells = (str(card.id), card.label, f"{card.ends_at:%Y-%m-%d}", bytes(card.fingerprint).hex())
            table.add_row(*(Text(cell) for cell in cells))
        Console(width=None if sys.stdout.isatty() else 160).print(table)


@cards.command("remove")
@command(Who.INSTALLATION, "access:certificate:remove")
def remove(
    username: Username,
    card: Annotated[uuid.UUID, typer.Argument(help="Its id, as `list` tells it.", show_default=False)],
) -> None:
    """Let a card sign nobody in any more."""
    with installation():
        from clew.access.cards import remove_card
        from clew.site.local_office import officer_named

        remove_card(officer_named(username), card, by=None)
