"""Backup: everything an installation needs to stand again, into a directory or a bucket, while it runs.

The database first, at one moment; then the objects. What the database knew at that moment was sealed before it, so nothing it names can be missing
but what is purged meanwhile. The keys last: a rotation may have made one. The manifest, written at the very end, makes the new backup the backup;
whatever is killed before leaves the one that was there.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from clew.kernel.clock import now
from clew.ledger.actions import record
from clew.site.backup_database import dumped, one_moment, server_version, standing
from clew.site.backup_errors import BackupDamaged, BackupNotFound
from clew.site.backup_keys import require_strong, sealed_keys
from clew.site.backup_manifest import NAME, Manifest, read_manifest, write_part
from clew.site.backup_objects import Copying, Line, listing_text, prune, read_listing
from clew.vault.opened import keyring, vault
from clew.vault.places import Place, place_of


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup came to."""

    manifest: Manifest
    copied: int
    pruned: int


def back_up(url: str, *, passphrase: str | None, said: Callable[[int], None] = lambda _count: None) -> BackedUp:
    """Back the installation up. Without a passphrase the keys are left out. On record when it is whole.

    Raises DumpFailed, PassphraseWeak, WriteRefused, VaultUnreachable.
    """
    place, mark = place_of(url), secrets.token_hex(4)
    keys_directory = Path(settings.CLEW_KEYS_DIRECTORY)
    if passphrase is not None:
        require_strong(passphrase)
    version = server_version()
    with one_moment() as (connection, snapshot):
        found = standing(connection)
        database = write_part(place, f"parts/database-{mark}.dump", dumped(snapshot, version))
        # The objects keep their form as long as the moment is held.
        copying = Copying(vault().place, place, _before(place))
        for count in copying.copy_all():
            said(count)
    listing = write_part(place, f"parts/listing-{mark}.tsv", listing_text(copying.lines))
    keys = sealed_keys(keys_directory, passphrase) if passphrase is not None else None
    manifest = Manifest(
        made_at=now().isoformat(timespec="seconds"),
        database=database,
        server_version=version,
        listing=listing,
        objects=len(copying.lines),
        objects_bytes=sum(line.size_bytes for line in copying.lines),
        tables=found.tables,
        ledger_size=found.ledger_size,
        ledger_root=found.ledger_root,
        keys=write_part(place, f"parts/keys-{mark}.sealed", iter([keys])) if keys is not None else None,
    ).bound(keyring())
    place.put_many({NAME: [manifest.to_text().encode()]})
    pruned = prune(place, copying.lines)
    _remove_former(place, manifest)
    with transaction.atomic(using="service"):
        facts = {"objects": manifest.objects, "ledger_size": found.ledger_size, "with_keys": keys is not None}
        record("site:backup:make", actor=None, using="service", facts=facts)
    return BackedUp(manifest, copying.copied, pruned)


def _before(place: Place) -> dict[str, Line]:
    """The objects of the backup that is there; those of a damaged one are copied anew."""
    try:
        lines = read_listing(place, read_manifest(place).listing)
    except (BackupNotFound, BackupDamaged):
        return {}
    # Somebody may have removed one by hand: only what is there counts.
    return {line.path: line for line in lines if place.size_bytes(line.part.name) == line.size_bytes}


def _remove_former(place: Place, manifest: Manifest) -> None:
    """Remove the parts of former backups, and of any that was killed."""
    wanted = {part.name for part in manifest.parts}
    for path in [one for one in place.paths("parts") if one not in wanted]:
        place.delete(path)
