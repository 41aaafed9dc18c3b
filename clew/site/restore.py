"""Restore: a backup into an empty home. Everything is verified before anything is written, and held against the manifest before it is called done."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from clew.site.backup_database import FLEETING_TABLES, bring_back, connected, server_version, standing
from clew.site.backup_errors import BackupNotFound, HomeNotEmpty, KeysNeeded, RestoreDiffers
from clew.site.backup_keys import opened_keys, write_keys
from clew.site.backup_manifest import Manifest, read_manifest, verified_pieces, verify
from clew.site.backup_objects import Line, put_back, read_listing
from clew.vault.addresses import Namespace
from clew.vault.keys import FILE_NAME, KEYS_VARIABLE, KeyRing
from clew.vault.places import Place, place_of


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup of which every byte was read and found to be what was written."""

    place: Place
    manifest: Manifest
    lines: list[Line]
    keys: dict[str, bytes]


def require_empty(home: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a home that holds anything but keys brought for this restore, or a vault elsewhere that holds objects. Raises HomeNotEmpty."""
    if home.exists() and {path.name for path in home.iterdir()} - {"keys"}:
        raise HomeNotEmpty(path=home)
    url = environment.get("CLEW_VAULT_URL")
    if url and any(True for namespace in Namespace for _ in place_of(url).paths(namespace)):
        raise HomeNotEmpty(path="the vault of CLEW_VAULT_URL")


def check_backup(
    url: str, home: Path, *, passphrase: str | None, said: Callable[[int, int], None] = lambda _done, _all: None
) -> Checked:
    """Read and verify every byte of a backup; nothing is written. Raises BackupNotFound, BackupDamaged, BackupOfOtherKeys, KeysNeeded."""
    if not urlsplit(url).scheme and not Path(url).is_dir():
        raise BackupNotFound
    place = place_of(url)
    manifest = read_manifest(place)
    for part in manifest.parts:
        verify(place, part)
    keys: dict[str, bytes] = {}
    if manifest.keys is not None and passphrase is not None:
        keys = opened_keys(b"".join(verified_pieces(place, manifest.keys)), passphrase)
    manifest.require_bound(_ring(home, keys))
    lines = read_listing(place, manifest.listing)
    for number, line in enumerate(lines, 1):
        verify(place, line.part)
        said(number, len(lines))
    return Checked(place, manifest, lines, keys)


def put_files(checked: Checked, keys_directory: Path) -> None:
    """Bring the keys back, before anything makes new ones."""
    write_keys(keys_directory, checked.keys)


def put_database_and_objects(checked: Checked, *, said: Callable[[int, int], None] = lambda _done, _all: None) -> None:
    """Bring objects and database back, and hold them against the manifest. Runs with the server started, roles made and Django set up.

    Raises HomeNotEmpty, DumpFailed, BackupDamaged, RestoreDiffers.
    """
    from django.conf import settings

    with connected() as connection:
        [(tables,)] = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall()
    if tables:
        raise HomeNotEmpty(path="the database")
    for number in put_back(checked.place, place_of(settings.CLEW_VAULT_URL), checked.lines):
        said(number, len(checked.lines))
    with tempfile.NamedTemporaryFile(prefix="clew-restore-") as dump:
        for piece in verified_pieces(checked.place, checked.manifest.database):
            dump.write(piece)
        dump.flush()
        bring_back(Path(dump.name), server_version())
    _require_same(checked.manifest)


def _require_same(manifest: Manifest) -> None:
    with connected() as connection:
        found = standing(connection)
    for name in sorted({*manifest.tables, *found.tables} - set(FLEETING_TABLES)):
        if manifest.tables.get(name) != found.tables.get(name):
            raise RestoreDiffers(what=f"the number of rows of {name}")
    if (manifest.ledger_size, manifest.ledger_root) != (found.ledger_size, found.ledger_root):
        raise RestoreDiffers(what="the ledger's root")


def _ring(home: Path, keys: Mapping[str, bytes]) -> KeyRing:
    """The key ring of the backup, else that which was brought: from the environment or in the home."""
    from clew.vault.ringkey import keys_from_text

    brought = home / "keys" / FILE_NAME
    if os.environ.get(KEYS_VARIABLE, "").strip():
        return KeyRing.load_or_create(brought.parent)
    if FILE_NAME in keys:
        ring, current_id = keys_from_text(keys[FILE_NAME].decode())
        return KeyRing(ring, current_id)
    if not brought.exists():
        raise KeysNeeded(why="they were left out, or no passphrase was given")
    return KeyRing.load_or_create(brought.parent)
