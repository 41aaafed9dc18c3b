"""The commands over API keys: made, listed and revoked as the officer named."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from clew.access.declared import command
from clew.access.permissions import Permission
from clew.kernel.limits import KEY_CALLS_PER_HOUR_DEFAULT, KEY_DAYS_DEFAULT
from clew.site.cli_rights import print_table
from clew.site.installation import installation

keys = typer.Typer(no_args_is_help=True, help="API keys.")

As = Annotated[str | None, typer.Option("--as", envvar="CLEW_OFFICER", help="The officer for whom it speaks.")]


@keys.command("create")
@command(Permission.KEY_CREATE, "access:key:create")
def create(
    label: Annotated[str, typer.Option(help="Where the key will be used.", show_default=False)],
    as_: As = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="A permission it is confined to; may be repeated. Without: all you have.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it lives.")] = KEY_DAYS_DEFAULT,
    calls_per_hour: Annotated[int, typer.Option(help="How often it may call.")] = KEY_CALLS_PER_HOUR_DEFAULT,
) -> None:
    """Make an API key that speaks for an officer. It is shown once."""
    with installation():
        from clew.access.keys import create_key
        from clew.site.local_office import officer_named

        print(create_key(officer_named(as_), label, scope=scope or None, days=days, calls_per_hour=calls_per_hour))


@keys.command("list")
@command(Permission.KEY_CREATE, "access:key:list", noted=True)
def list_keys(as_: As = None) -> None:
    """The officer's keys; of a national administrator, all of the organisation."""
    with installation():
        from clew.access.keys import keys_of, keys_of_organisation
        from clew.access.permissions import Permission
        from clew.access.scope import acting_as
        from clew.site.local_office import officer_named

        officer = officer_named(as_)
        oversees = Permission.KEY_OVERSEE in officer.permissions
        with acting_as(officer):
            found = list((keys_of_organisation if oversees else keys_of)(officer).select_related("officer"))
        rows = [
            (
                str(key.id),
                key.label,
                key.officer.username,
                key.expires_at.isoformat(timespec="minutes"),
                str(key.calls_per_hour),
                key.last_used_at.isoformat(timespec="minutes") if key.last_used_at else "never",
                "revoked" if key.revoked_at else "active",
                " ".join(key.scope),
            )
            for key in found
        ]
    print_table(("key", "label", "officer", "ends", "calls/h", "last used", "state", "scope"), rows)


@keys.command("revoke")
@command(Permission.KEY_CREATE, "access:key:revoke")
def revoke(key: Annotated[uuid.UUID, typer.Argument(help="The key's id, as listed.")], as_: As = None) -> None:
    """End a key at once: one's own, or as a national administrator any of the organisation."""
    with installation():
        from clew.access.keys import revoke_key
        from clew.site.local_office import officer_named

        revoke_key(officer_named(as_), key)
