from __future__ import annotations

import hashlib
import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clew.vault.addresses import Namespace
from clew.vault.envelopes import Envelopes
from clew.vault.errors import BlobMissing, ContentDestroyed, EnvelopeMissing, SealBroken
from clew.vault.headers import APART_HEADER_BYTES
from clew.vault.sealing import CHUNK_BYTES
from clew.vault.store import Vault

NORWAY, PORTUGAL = uuid.UUID(int=1), uuid.UUID(int=2)
CONTENT = random.Random(5).randbytes(2 * CHUNK_BYTES + 1000)


def rows(database, sql, *values):
    with database["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else None


def test_content_brought_by_two_is_one_object_with_a_wrap_for_each(apart: Vault, root: Path, database):
    first = apart.seal_bytes(CONTENT, organisation_id=NORWAY)
    [file] = [path for path in root.rglob("*") if path.is_file()]
    before = file.read_bytes()
    assert apart.seal_stream([CONTENT], organisation_id=PORTUGAL) == first
    apart.seal_bytes(CONTENT, organisation_id=PORTUGAL)
    assert file.read_bytes() == before
    assert apart.open(first.address) == CONTENT
    assert rows(database, "SELECT organisation_id FROM vault_wrap ORDER BY 1") == [(NORWAY,), (PORTUGAL,)]


def test_every_way_of_sealing_and_reading_gives_the_same_bytes(apart: Vault):
    for size in (0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7):
        content = random.Random(size).randbytes(size)
        address = apart.seal_stream([content[:10], content[10:]], organisation_id=NORWAY).address
        assert apart.open(address) == b"".join(apart.open_stream(address)) == content
        assert apart.open_range(address, 5, 20) == content[5:25]
        assert apart.size_bytes(address) == size
        apart.check(address)


def test_what_was_made_from_an_original_has_no_wrap_and_opens_by_its_key(apart: Vault, database):
    original = apart.seal_bytes(CONTENT, organisation_id=NORWAY).address
    made = [(Namespace.THUMBNAILS, original, "jpeg", b"small"), (Namespace.PREVIEWS, original, "strip", b"wide")]
    addresses = [blob.address for blob in apart.seal_derived_many(made)]
    assert [apart.open(address) for address in addresses] == [b"small", b"wide"]
    assert rows(database, "SELECT address FROM vault_wrap") == [(original,)]
    rows(database, "UPDATE vault_wrap SET wrapped = NULL")
    for address in [original, *addresses]:
        with pytest.raises(ContentDestroyed):
            apart.open(address)


def test_nobody_without_the_key_ring_sees_which_objects_belong_together(apart: Vault, root: Path):
    original = apart.seal_bytes(CONTENT, organisation_id=NORWAY).address
    thumbnail = apart.seal_derived(Namespace.THUMBNAILS, original, "jpeg", b"small").address
    head = (root / thumbnail.path).read_bytes()[:APART_HEADER_BYTES]
    assert bytes.fromhex(original.partition("/")[2]) not in head


def test_a_record_that_is_no_original_gives_what_is_made_from_it_a_key_of_its_own(apart: Vault):
    address = apart.seal_derived(Namespace.SPOOL, uuid.uuid4(), "part 1", b"first").address
    assert apart.open(address) == b"first"


def test_a_content_is_readable_as_long_as_one_wrap_is_left(apart: Vault, database):
    address = apart.seal_bytes(CONTENT, organisation_id=NORWAY).address
    apart.seal_bytes(CONTENT, organisation_id=PORTUGAL)
    rows(database, "UPDATE vault_wrap SET wrapped = NULL WHERE organisation_id = %s", NORWAY)
    assert apart.open(address) == CONTENT
    rows(database, "UPDATE vault_wrap SET wrapped = NULL")
    with pytest.raises(ContentDestroyed):
        apart.open(address)
    # Brought again, it is sealed anew: what stood there opens no more.
    apart.seal_bytes(CONTENT, organisation_id=NORWAY)
    assert apart.open(address) == CONTENT


def test_an_object_whose_wraps_were_lost_says_so_and_is_no_destroyed_one(apart: Vault, database):
    address = apart.seal_bytes(CONTENT, organisation_id=NORWAY).address
    rows(database, "DELETE FROM vault_wrap")
    with pytest.raises(EnvelopeMissing):
        apart.open(address)
    apart.seal_bytes(CONTENT, organisation_id=NORWAY)
    assert apart.open(address) == CONTENT


def test_every_bit_of_the_second_header_is_guarded_and_told_from_a_lost_key(apart: Vault, root: Path):
    original = apart.seal_bytes(CONTENT, organisation_id=NORWAY).address
    for address in (original, apart.seal_derived(Namespace.THUMBNAILS, original, "jpeg", b"small").address):
        sealed = bytearray((root / address.path).read_bytes())
        for bit in range(8 * APART_HEADER_BYTES):
            sealed[bit // 8] ^= 1 << bit % 8
            (root / address.path).write_bytes(sealed)
            with pytest.raises(SealBroken):
                apart.open(address)
            sealed[bit // 8] ^= 1 << bit % 8


def test_a_wrap_of_another_object_or_organisation_does_not_open(apart: Vault, database):
    address = apart.seal_bytes(CONTENT, organisation_id=NORWAY).address
    other = apart.seal_bytes(b"other", organisation_id=NORWAY).address
    rows(
        database,
        "UPDATE vault_wrap SET wrapped = (SELECT wrapped FROM vault_wrap WHERE address = %s) WHERE address = %s",
        other,
        address,
    )
    with pytest.raises(SealBroken):
        apart.open(address)


def test_one_damaged_wrap_harms_no_reader_and_is_found_by_a_check_of_all(apart: Vault, envelopes: Envelopes, database):
    address = apart.seal_bytes(CONTENT, organisation_id=NORWAY).address
    apart.seal_bytes(CONTENT, organisation_id=PORTUGAL)
    rows(
        database,
        "UPDATE vault_wrap SET wrapped = set_bit(wrapped, 100, 1 - get_bit(wrapped, 100)) WHERE organisation_id = %s",
        NORWAY,
    )
    assert apart.open(address) == CONTENT
    told = envelopes.examined([address])[address]
    assert isinstance(told.fault, SealBroken)
    assert told.secret == envelopes.object_key(address)


def test_objects_of_the_first_form_stay_readable_and_are_not_sealed_twice(plain: Vault, apart: Vault, root: Path):
    address = plain.seal_bytes(CONTENT).address
    thumbnail = plain.seal_derived(Namespace.THUMBNAILS, address, "jpeg", b"small").address
    before = (root / address.path).read_bytes()
    apart.seal_bytes(CONTENT, organisation_id=NORWAY)
    assert (root / address.path).read_bytes() == before
    assert (apart.open(address), apart.open(thumbnail)) == (CONTENT, b"small")
    assert apart.size_bytes(address) == len(CONTENT)


def test_many_who_seal_the_same_at_once_all_end_with_it_readable(apart: Vault):
    contents = [random.Random(seed).randbytes(70_000) for seed in range(10)]
    who = [uuid.UUID(int=n) for n in range(1, 7)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: apart.seal_many(contents, organisation_id=one), who))
    assert all(answer == answers[0] for answer in answers)
    assert [apart.open(blob.address) for blob in answers[0]] == contents


def test_a_killed_sealer_leaves_an_object_that_is_sealed_anew(apart: Vault, envelopes: Envelopes, monkeypatch):
    class KilledError(BaseException):
        pass

    publish = apart.place.put_many

    def killed(objects):
        publish(objects)
        raise KilledError

    monkeypatch.setattr(apart.place, "put_many", killed)
    with pytest.raises(KilledError):
        apart.seal_bytes(CONTENT, organisation_id=NORWAY)
    monkeypatch.undo()
    with pytest.raises(EnvelopeMissing):
        apart.open(apart.address_of(hashlib.sha256(CONTENT).digest()))
    assert apart.open(apart.seal_bytes(CONTENT, organisation_id=NORWAY).address) == CONTENT


def test_an_object_that_is_not_there_is_missing(apart: Vault):
    with pytest.raises(BlobMissing):
        apart.open(apart.address_of(bytes(32)))
