from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest

from clew.vault.addresses import Namespace
from clew.vault.adoption import adopt
from clew.vault.destruction import destroy_object, destroy_organisation_keys
from clew.vault.envelopes import Envelopes
from clew.vault.errors import BlobMissing, ContentDestroyed, FormerKeysInUse, KeyUnknown
from clew.vault.rotation import end_former_keys, organisations_with_keys, rotate
from clew.vault.store import Vault

NORWAY, PORTUGAL = uuid.UUID(int=1), uuid.UUID(int=2)


def rows(database, sql, *values):
    with database["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else None


def sealed(vault: Vault, count: int, *, organisation_id=NORWAY, seed=0):
    rng = random.Random(seed)
    contents = [rng.randbytes(rng.randrange(300)) + number.to_bytes(4, "big") for number in range(count)]
    blobs = [
        blob
        for at in range(0, count, 250)
        for blob in vault.seal_many(contents[at : at + 250], organisation_id=organisation_id)
    ]
    return dict(zip([blob.address for blob in blobs], contents, strict=True))


def test_thousands_of_objects_are_rotated_while_readers_and_writers_go_on(
    apart: Vault, envelopes: Envelopes, root: Path
):
    held = sealed(apart, 3000)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("originals/*/*/*")}
    ended, failures, counts = threading.Event(), [], {"read": 0, "written": 0}
    addresses = list(held)

    def read():
        address = random.choice(addresses)
        assert apart.open(address) == held[address]
        counts["read"] += 1

    def write():
        content = f"new {counts['written']}".encode()
        held[apart.seal_bytes(content, organisation_id=NORWAY).address] = content
        counts["written"] += 1

    def again_and_again(work):
        try:
            while not ended.is_set():
                work()
        except Exception as failure:  # noqa: BLE001 - whatever it is, it counts
            failures.append(failure)

    threads = [threading.Thread(target=again_and_again, args=(work,)) for work in (read, read, write)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    for _ in range(3):
        done = rotate(envelopes, NORWAY)
        assert (done.damaged, done.is_resumed) == (0, False)
        assert done.rewrapped >= 3000
        assert end_former_keys(envelopes, NORWAY) == 1
    ended.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert min(counts.values()) > 20
    assert all(apart.open(address) == content for address, content in held.items())
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())


ROTATOR = """
import sys, uuid
from pathlib import Path
import django
django.setup()
from clew.vault.connections import Connections
from clew.vault.envelopes import Envelopes
from clew.vault.keys import KeyRing
from clew.vault.opened import connection_parameters
from clew.vault.organisation_keys import OrganisationKeys
from clew.vault.providers import providers
from clew.vault.rotation import rotate
keys = Path(sys.argv[1])
table = Envelopes(Connections(connection_parameters()), OrganisationKeys(providers(keys, KeyRing.load_or_create(keys, {}), {})))
print("ready", flush=True)
done = rotate(table, uuid.UUID(int=1), said=lambda count: print(count, flush=True))
"""


def test_a_rotation_killed_at_any_moment_goes_on_with_the_key_it_made(
    apart: Vault, envelopes: Envelopes, tmp_path: Path, database
):
    held = sealed(apart, 3000)
    for wait in (0, 1, 3):
        rotator = subprocess.Popen(
            [sys.executable, "-c", ROTATOR, str(tmp_path / "keys")], stdout=subprocess.PIPE, text=True
        )
        for _ in range(1 + wait):
            rotator.stdout.readline()
        rotator.send_signal(signal.SIGKILL)
        rotator.communicate()
        assert all(apart.open(address) == content for address, content in list(held.items())[::60])
    with pytest.raises(FormerKeysInUse):
        end_former_keys(envelopes, NORWAY)
    done = rotate(envelopes, NORWAY)
    assert done.is_resumed
    assert 0 < done.rewrapped < 3000
    assert end_former_keys(envelopes, NORWAY) == 1
    assert rows(database, "SELECT count(*) FROM vault_organisationkey WHERE wrapped IS NOT NULL") == [(1,)]
    assert all(apart.open(address) == content for address, content in held.items())


def test_a_rotation_touches_no_other_organisation(apart: Vault, envelopes: Envelopes, database):
    sealed(apart, 10)
    sealed(apart, 10, organisation_id=PORTUGAL)
    before = rows(
        database, "SELECT id, wrapped::bytea FROM vault_wrap WHERE organisation_id = %s ORDER BY id", PORTUGAL
    )
    assert rotate(envelopes, NORWAY).rewrapped == 10
    assert (
        rows(database, "SELECT id, wrapped::bytea FROM vault_wrap WHERE organisation_id = %s ORDER BY id", PORTUGAL)
        == before
    )
    assert organisations_with_keys(envelopes) == [NORWAY, PORTUGAL]


def test_a_damaged_wrap_is_left_counted_and_keeps_the_former_key(apart: Vault, envelopes: Envelopes, database):
    sealed(apart, 10)
    rows(
        database,
        "UPDATE vault_wrap SET wrapped = set_bit(wrapped, 9, 1 - get_bit(wrapped, 9)) WHERE id = (SELECT min(id) FROM vault_wrap)",
    )
    done = rotate(envelopes, NORWAY)
    assert (done.rewrapped, done.damaged) == (9, 1)
    with pytest.raises(FormerKeysInUse):
        end_former_keys(envelopes, NORWAY)


def test_objects_of_the_first_form_are_adopted_with_their_chunks_as_they_were(
    plain: Vault, apart: Vault, envelopes: Envelopes, root: Path, database
):
    content = random.Random(1).randbytes(200_000)
    original = plain.seal_bytes(content).address
    thumbnail = plain.seal_derived(Namespace.THUMBNAILS, original, "jpeg", b"small").address
    chunks = (root / original.path).read_bytes()[89:]
    assert adopt(apart, original, [NORWAY, PORTUGAL], [thumbnail]) == 2
    assert (root / original.path).read_bytes()[121:] == chunks
    assert (apart.open(original), apart.open(thumbnail)) == (content, b"small")
    assert adopt(apart, original, [NORWAY, PORTUGAL], [thumbnail]) == 0
    assert rows(database, "SELECT count(*) FROM vault_wrap") == [(2,)]
    destroy_organisation_keys(apart, NORWAY)
    assert apart.open(original) == content
    destroy_organisation_keys(apart, PORTUGAL)
    for address in (original, thumbnail):
        with pytest.raises(ContentDestroyed):
            apart.open(address)


def test_an_object_is_gone_with_its_last_wrap_and_so_is_what_was_made_from_it(apart: Vault, root: Path):
    original = apart.seal_bytes(b"content", organisation_id=NORWAY).address
    apart.seal_bytes(b"content", organisation_id=PORTUGAL)
    thumbnail = apart.seal_derived(Namespace.THUMBNAILS, original, "jpeg", b"small").address
    kept = {address: (root / address.path).read_bytes() for address in (original, thumbnail)}
    assert not destroy_object(apart, original, organisation_id=NORWAY, derived=[thumbnail])
    assert apart.open(thumbnail) == b"small"
    for _ in range(2):
        assert destroy_object(apart, original, organisation_id=PORTUGAL, derived=[thumbnail])
    with pytest.raises(ContentDestroyed):
        apart.open(original)
    with pytest.raises(BlobMissing):
        apart.open(thumbnail)
    # The bytes brought back, from wherever: nothing opens them.
    for address, sealed_bytes in kept.items():
        (root / address.path).write_bytes(sealed_bytes)
        with pytest.raises(ContentDestroyed):
            apart.open(address)


def test_an_organisations_key_destroyed_ends_its_content_in_every_copy_of_the_database(
    apart: Vault, root: Path, ring, tmp_path: Path, database
):
    from clew.vault.connections import Connections
    from clew.vault.opened import connection_parameters
    from clew.vault.organisation_keys import OrganisationKeys
    from clew.vault.providers import providers

    only, shared = (apart.seal_bytes(content, organisation_id=NORWAY).address for content in (b"only", b"shared"))
    apart.seal_bytes(b"shared", organisation_id=PORTUGAL)
    copy = rows(
        database, "SELECT id, wrapped, is_current FROM vault_organisationkey WHERE organisation_id = %s", NORWAY
    )
    assert destroy_organisation_keys(apart, NORWAY) == 1
    with pytest.raises(ContentDestroyed):
        apart.open(only)
    assert apart.open(shared) == b"shared"
    # An older copy of the database brings the wrapped key back; who could unwrap it has no key any more.
    for id_, wrapped, is_current in copy:
        rows(
            database,
            "UPDATE vault_organisationkey SET wrapped = %s, is_current = %s, destroyed_at = NULL WHERE id = %s",
            bytes(wrapped),
            is_current,
            id_,
        )
    another_process = Envelopes(
        Connections(connection_parameters()), OrganisationKeys(providers(tmp_path / "keys", ring, {}))
    )
    with pytest.raises(KeyUnknown):
        Vault(root, ring, envelopes=another_process).open(only)
    another_process.connections.close()
    # Who held the key in memory has forgotten it.
    with pytest.raises(KeyUnknown):
        apart.open(only)
