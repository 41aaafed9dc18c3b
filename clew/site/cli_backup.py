"""The commands `backup` and `restore`: one each, for a directory or a bucket."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from clew.access.declared import Who, command
from clew.site.cli_progress import Bar
from clew.site.installation import EMBEDDED_DATABASE, installation, set_up_django

Where = Annotated[str, typer.Argument(help="A directory, or s3://bucket/prefix.", metavar="DIR|URL")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(help="A file whose first line is the passphrase of the keys; else CLEW_BACKUP_PASSPHRASE."),
]


@command(Who.INSTALLATION, "site:backup:make")
def backup(where: Where, passphrase_file: PassphraseFile = None) -> None:
    """Back everything up, while it runs. The same place again copies only what is new. Keys go with it only under a passphrase."""
    passphrase = _passphrase(passphrase_file)
    with installation():
        from clew.site.backup import back_up

        with Bar("copying") as bar:
            done = back_up(where, passphrase=passphrase, said=lambda count: bar.at(count, count))
    manifest = done.manifest
    print(f"database  {sum(manifest.tables.values()):,} rows in {len(manifest.tables)} tables")
    print(f"objects   {manifest.objects:,}, of which {done.copied:,} are new; {done.pruned:,} removed")
    print(f"ledger    {manifest.ledger_size:,} entries, root {manifest.ledger_root}")
    if manifest.keys is None:
        print(
            "keys      LEFT OUT: without keyring.json and organisation-keys.json of CLEW_HOME/keys nothing of this opens."
            " Keep them apart from here, or set CLEW_BACKUP_PASSPHRASE.",
            file=sys.stderr,
        )
    else:
        print("keys      with it, under the passphrase")


@command(Who.INSTALLATION, "site:backup:restore")
def restore(where: Where, passphrase_file: PassphraseFile = None) -> None:
    """Restore a backup into an empty CLEW_HOME: verified before anything is written, and compared before it is called done."""
    from clew.site.home import chosen_path, home
    from clew.site.restore import check_backup, put_database_and_objects, put_files, require_empty

    path = chosen_path()
    require_empty(path)
    with Bar("verifying") as bar:
        checked = check_backup(where, path, passphrase=_passphrase(passphrase_file), said=bar.at)
    put_files(checked, home().keys)
    cluster = None
    if not os.environ.get("CLEW_DATABASE_URL"):
        from clew.site.postgres import Cluster

        cluster = Cluster(home())
        cluster.start()
        cluster.ensure_database(EMBEDDED_DATABASE)
    try:
        set_up_django()
        from clew.site.preparation import make_roles, prepare_database

        make_roles()
        with Bar("restoring") as bar:
            put_database_and_objects(checked, said=bar.at)
        # A newer version of Clew may have migrations of its own.
        prepare_database()
        _record_restored()
    finally:
        if cluster is not None:
            from django.db import connections

            connections.close_all()
            cluster.stop()
    manifest = checked.manifest
    print(f"restored: {sum(manifest.tables.values()):,} rows and {manifest.objects:,} objects of {manifest.made_at}")
    print(f"ledger    {manifest.ledger_size:,} entries, root {manifest.ledger_root}: the same as then")


def _record_restored() -> None:
    from django.db import transaction

    from clew.ledger.actions import record

    with transaction.atomic(using="service"):
        record("site:backup:restore", actor=None, using="service")


def _passphrase(file: Path | None) -> str | None:
    if file is not None:
        lines = file.read_text().splitlines()
        return lines[0] if lines else ""
    return os.environ.get("CLEW_BACKUP_PASSPHRASE") or None
