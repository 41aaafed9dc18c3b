"""Backup and restore, as they are typed: a drill from a running installation to an empty home, and everything that must be refused."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

PASSPHRASE = "a long passphrase for drills"
#: Tells of a restored home: counts of its tables, its ledger, and what every object opens to.
TELL = """
import hashlib, json
from clew.site.installation import installation
with installation():
    from clew.intake.holdings import COLUMNS, holdings
    from clew.catalogue.models import Media
    from clew.site.backup_database import connected, standing
    from clew.vault.opened import vault
    with connected() as connection:
        found = standing(connection)
    digests = {}
    for row in Media.objects.using("service").values_list(*COLUMNS):
        for address in filter(None, row):
            digests[address] = hashlib.sha256(vault().open(address)).hexdigest()
    print(json.dumps({"tables": found.tables, "ledger": [found.ledger_size, found.ledger_root], "objects": digests}))
"""


def clew(*words, home=None, passphrase=PASSPHRASE, **environment):
    settings = {name: value for name, value in os.environ.items() if name != "CLEW_BACKUP_PASSPHRASE"}
    if passphrase:
        settings["CLEW_BACKUP_PASSPHRASE"] = passphrase
    return subprocess.run(
        [sys.executable, "-m", "clew", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**settings, **({"CLEW_HOME": str(home)} if home else {}), **environment},
    )


@pytest.fixture
def new_home():
    """Where a home can be made, also by root, whose database has a user of its own."""
    folder = Path(tempfile.mkdtemp(prefix="clew-drill-"))
    folder.chmod(0o711)
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def held(world, pictures, jpeg):
    """Some media of two countries; the vault is emptied afterwards."""
    from django.conf import settings

    from clew.vault.opened import vault

    shutil.rmtree(Path(settings.CLEW_VAULT_URL), ignore_errors=True)
    vault.cache_clear()
    world.submit("NO", {f"{n}.jpg": jpeg(pictures(n)) for n in range(4)})
    world.submit("PT", {f"{n}.jpg": jpeg(pictures(n)) for n in range(2, 5)})
    yield world
    shutil.rmtree(Path(settings.CLEW_VAULT_URL), ignore_errors=True)
    vault.cache_clear()


def told_of(home=None):
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TELL],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, **({"CLEW_HOME": str(home)} if home else {})},
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_a_drill_into_an_empty_home_gives_the_same_counts_root_and_objects(held, tmp_path, new_home):
    before = told_of()
    assert len(before["objects"]) >= 10
    made = clew("backup", tmp_path / "backup")
    assert made.returncode == 0, made.stderr
    assert before["ledger"][1] in made.stdout
    back = clew("restore", tmp_path / "backup", home=new_home)
    assert back.returncode == 0, back.stderr
    after = told_of(new_home)
    # The restore itself is one entry more.
    assert after["ledger"][0] == before["ledger"][0] + 1
    for told in (before, after):
        told.pop("ledger")
    after["tables"]["ledger_entry"] -= 1
    assert after == before
    # And it is an installation like any other: what is there is never overwritten.
    again = clew("restore", tmp_path / "backup", home=new_home)
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_the_same_place_again_copies_only_what_is_new_and_drops_what_was_destroyed(held, tmp_path, pictures, jpeg):
    from clew.catalogue.models import Media
    from clew.vault.addresses import BlobAddress
    from clew.vault.destruction import destroy_object
    from clew.vault.opened import vault

    backup = tmp_path / "backup"
    assert clew("backup", backup).returncode == 0
    first = {path: path.stat().st_ino for path in backup.glob("objects/*/*")}
    again = clew("backup", backup)
    assert "0 are new; 0 removed" in again.stdout
    assert {path: path.stat().st_ino for path in backup.glob("objects/*/*")} == first
    assert len(list(backup.glob("parts/*"))) == 3
    media = Media.objects.using("service").exclude(thumbnail_address="").first()
    derived = [BlobAddress(a) for a in (media.thumbnail_address, media.preview_address) if a]
    destroy_object(vault(), BlobAddress(media.original_address), derived=derived)
    held.submit("NO", {"9.jpg": jpeg(pictures(9))})
    third = clew("backup", backup)
    assert f"3 are new; {1 + len(derived)} removed" in third.stdout


def test_without_a_passphrase_the_keys_are_left_out_and_must_be_brought(held, tmp_path, new_home):
    from django.conf import settings

    backup = tmp_path / "backup"
    made = clew("backup", backup, passphrase=None)
    assert made.returncode == 0
    assert "LEFT OUT" in made.stderr
    secrets = [path.read_bytes() for path in Path(settings.CLEW_KEYS_DIRECTORY).iterdir() if path.is_file()]
    secret = json.loads(next(text for text in secrets if b"clew-keyring-1" in text))["keys"][0]["key"].encode()
    assert not any(secret in path.read_bytes() for path in backup.rglob("*") if path.is_file())
    refused = clew("restore", backup, home=new_home, passphrase=None)
    assert (refused.returncode, new_home.exists()) == (2, False)
    assert "keys" in refused.stderr
    (new_home / "keys").mkdir(parents=True, mode=0o700)
    (new_home / "keys").chmod(0o700)
    for name in ("keyring.json", "organisation-keys.json"):
        shutil.copy(Path(settings.CLEW_KEYS_DIRECTORY) / name, new_home / "keys" / name)
    back = clew("restore", backup, home=new_home, passphrase=None)
    assert back.returncode == 0, back.stderr
    assert told_of(new_home)["objects"] == told_of()["objects"]


def test_another_passphrase_or_a_weak_one_is_refused(held, tmp_path, new_home):
    backup = tmp_path / "backup"
    assert clew("backup", backup, passphrase="short").returncode == 2
    assert clew("backup", backup).returncode == 0
    refused = clew("restore", backup, home=new_home, passphrase="another long passphrase")
    assert (refused.returncode, new_home.exists()) == (2, False)
    assert "passphrase is not the one" in refused.stderr


def harmed(content, harm):
    if harm == "flipped":
        return content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]
    return content[: len(content) // 2] if harm == "cut" else None


def test_a_damaged_backup_is_refused_naming_the_part_and_nothing_is_made(backed_up, tmp_path):
    from clew.site.backup_errors import BackupDamaged, BackupNotFound, BackupOfOtherKeys
    from clew.site.restore import check_backup

    home = tmp_path / "home"
    parts = ["manifest.json", "parts/database-*", "parts/listing-*", "parts/keys-*", "objects/*/*"]
    for path in [min(backed_up.glob(part)) for part in parts]:
        content = path.read_bytes()
        for harm in ("flipped", "cut", "gone"):
            path.unlink()
            if (left := harmed(content, harm)) is not None:
                path.write_bytes(left)
            with pytest.raises((BackupDamaged, BackupNotFound, BackupOfOtherKeys)) as refusal:
                check_backup(str(backed_up), home, passphrase=PASSPHRASE)
            if path.name != "manifest.json":
                assert str(path.relative_to(backed_up)) in refusal.value.message
            path.write_bytes(content)
        check_backup(str(backed_up), home, passphrase=PASSPHRASE)
    assert not home.exists()


@pytest.fixture
def backed_up(held, tmp_path_factory):
    from clew.site.backup import back_up

    folder = tmp_path_factory.mktemp("backed up")
    back_up(str(folder), passphrase=PASSPHRASE)
    return folder


def test_a_manifest_altered_with_all_its_digests_is_still_refused(backed_up, tmp_path):
    from clew.site.backup_errors import BackupOfOtherKeys
    from clew.site.restore import check_backup

    manifest = json.loads((backed_up / "manifest.json").read_text())
    database = backed_up / manifest["database"]["name"]
    database.write_bytes(b"another database")
    manifest["database"]["sha256"] = hashlib.sha256(b"another database").hexdigest()
    manifest["database"]["size_bytes"] = len(b"another database")
    (backed_up / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupOfOtherKeys):
        check_backup(str(backed_up), tmp_path / "home", passphrase=PASSPHRASE)


def test_a_place_without_a_backup_is_told(tmp_path, new_home):
    refused = clew("restore", tmp_path / "nothing", home=new_home)
    assert refused.returncode == 2
    assert "no whole backup" in refused.stderr
    assert not (tmp_path / "nothing").exists()
