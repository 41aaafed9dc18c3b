from __future__ import annotations

import hashlib
import os
import random
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.vault.addresses import BlobAddress, Namespace
from clew.vault.errors import AddressRefused, BlobMissing, DigestMismatch, KeyUnknown, SealBroken
from clew.vault.keys import KeyRing
from clew.vault.sealing import CHUNK_BYTES
from clew.vault.store import Vault

EDGES = st.sampled_from([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 17 * CHUNK_BYTES + 5])
SIZES = EDGES | st.integers(0, 200_000)
trial = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def original(size: int, seed: int = 0) -> tuple[bytes, bytes]:
    content = random.Random(seed).randbytes(size)
    return content, hashlib.sha256(content).digest()


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@trial
@given(size=SIZES, seed=st.integers(0, 9))
def test_an_original_comes_out_bit_for_bit(vault: Vault, size: int, seed: int):
    content, sha256 = original(size, seed)
    address = vault.seal_bytes(content, sha256).address
    assert vault.open(address) == content
    assert b"".join(vault.open_stream(address)) == content
    assert vault.size_bytes(address) == size
    assert vault.exists(address)


@trial
@given(size=SIZES, seed=st.integers(10, 19), step=st.sampled_from([999, CHUNK_BYTES, 300_000]))
def test_a_stream_comes_out_bit_for_bit_under_the_same_address_as_whole_bytes(vault, size, seed, step):
    content, sha256 = original(size, seed)
    blob = vault.seal_stream(content[at : at + step] for at in range(0, size, step))
    address = blob.address
    assert (blob.sha256, blob.size_bytes) == (sha256, size)
    assert vault.open(address) == content
    assert vault.seal_bytes(content, sha256).address == address


@trial
@given(start=st.integers(-5, 200_000), length=st.integers(0, 200_000))
def test_a_range_is_the_slice_of_the_content(vault: Vault, start: int, length: int):
    content, sha256 = original(2 * CHUNK_BYTES + 77, 20)
    address = vault.seal_bytes(content, sha256).address
    assert vault.open_range(address, start, length) == content[max(start, 0) : max(start + length, 0)]


def test_sealing_the_same_content_again_writes_nothing_and_answers_the_same(vault: Vault, root: Path):
    content, sha256 = original(100_000)
    address = vault.seal_bytes(content, sha256).address
    [file] = files_below(root)
    before = (file.stat().st_ino, file.read_bytes())
    assert vault.seal_bytes(content, sha256).address == address
    assert vault.seal_stream([content]).address == address
    assert [blob.address for blob in vault.seal_many([content] * 3)] == [address] * 3
    assert files_below(root) == [file]
    assert (file.stat().st_ino, file.read_bytes()) == before


def test_many_originals_are_kept_in_one_batch_in_their_order(vault: Vault):
    contents = [original(size, 30 + size)[0] for size in (5, 70_000, 0, 5, 131_072)]
    addresses = [blob.address for blob in vault.seal_many(contents)]
    assert [vault.open(address) for address in addresses] == contents
    assert addresses[0] == addresses[3]
    assert set(vault.addresses(Namespace.ORIGINALS)) == set(addresses)


def test_sealing_again_heals_an_object_which_a_failing_disk_cut_short(vault: Vault, root: Path):
    content, sha256 = original(100_000)
    address = vault.seal_bytes(content, sha256).address
    os.truncate(root / address.path, 50_000)
    with pytest.raises(SealBroken):
        vault.open(address)
    vault.seal_bytes(content, sha256)
    assert vault.open(address) == content


def test_bytes_that_are_not_those_announced_are_not_kept(vault: Vault, root: Path):
    content, _ = original(1000)
    with pytest.raises(DigestMismatch):
        vault.seal_bytes(content, bytes(32))
    with pytest.raises(DigestMismatch):
        vault.seal_stream([content], sha256=bytes(32))
    assert files_below(root) == []


def test_a_stream_that_breaks_off_leaves_nothing(vault: Vault, root: Path):
    def broken_line():
        yield bytes(200_000)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        vault.seal_stream(broken_line())
    assert files_below(root) == []


def test_no_file_or_name_shows_content_or_digest(vault: Vault, root: Path, ring: KeyRing):
    content = b"the quick brown fox jumps over the lazy dog " * 5000
    sha256 = hashlib.sha256(content).digest()
    parent_id = uuid.uuid4()
    vault.seal_bytes(content, sha256)
    vault.seal_stream([content[:100_000]])
    vault.seal_derived(Namespace.PREVIEWS, parent_id, "webp", content)
    secrets = [content[:20], b"lazy dog", sha256, sha256.hex().encode(), parent_id.bytes, parent_id.hex.encode()]
    secrets += [ring.current.secret, b"webp"]
    files = files_below(root)
    assert len(files) == 3
    for file in files:
        shown = str(file.relative_to(root)).encode() + file.read_bytes()
        assert not any(secret in shown for secret in secrets)
        assert file.stat().st_mode & 0o077 == 0


def test_an_address_lies_in_two_levels_of_folders_and_depends_on_the_key(vault: Vault, tmp_path: Path):
    _, sha256 = original(1)
    address = vault.address_of(sha256)
    locator = address.removeprefix("originals/")
    assert address.path == f"originals/{locator[:2]}/{locator[2:4]}/{locator}"
    stranger = Vault(tmp_path / "stranger", KeyRing.load_or_create(tmp_path / "other keys", environment={}))
    assert stranger.address_of(sha256) != address


def test_derived_objects_are_told_apart_by_namespace_parent_and_kind(vault: Vault):
    parents = [uuid.uuid4(), vault.address_of(bytes(32))]
    namespaces = [Namespace.THUMBNAILS, Namespace.PREVIEWS, Namespace.SPOOL]
    ways = [(namespace, parent, kind) for namespace in namespaces for parent in parents for kind in ("a", "b")]
    addresses = [vault.seal_derived(*way, repr(way).encode()).address for way in ways]
    assert len(set(addresses)) == len(ways)
    assert [vault.open(address) for address in addresses] == [repr(way).encode() for way in ways]
    assert [vault.derived_address(*way) for way in ways] == addresses


def test_a_derived_object_made_anew_takes_the_place_of_the_old_one(vault: Vault):
    parent_id = uuid.uuid4()
    address = vault.seal_derived(Namespace.THUMBNAILS, parent_id, "webp", bytes(300_000)).address
    reading = vault.open_stream(address)
    assert vault.seal_derived(Namespace.THUMBNAILS, parent_id, "webp", b"new").address == address
    assert vault.open(address) == b"new"
    assert b"".join(reading) == bytes(300_000)  # who reads the old one reads it to its end


def test_an_original_cannot_be_laid_under_a_parent(vault: Vault):
    with pytest.raises(AddressRefused):
        vault.seal_derived(Namespace.ORIGINALS, uuid.uuid4(), "webp", b"")


def test_rotation_keeps_old_objects_readable_and_addresses_stable(vault: Vault, ring: KeyRing, root: Path):
    old, new = original(80_000, 1), original(80_000, 2)
    address = vault.seal_bytes(*old).address
    ring.rotate()
    fresh = vault.seal_bytes(*new).address
    assert (vault.open(address), vault.open(fresh)) == (old[0], new[0])
    assert vault.seal_bytes(*old).address == address
    only_the_new = Vault(root, KeyRing([ring.current], ring.current.id))
    assert only_the_new.open(fresh) == new[0]
    with pytest.raises(KeyUnknown):
        only_the_new.open(address)


def test_what_is_not_there_is_missing(vault: Vault):
    address = vault.address_of(bytes(32))
    for read in (vault.open, vault.open_stream, vault.size_bytes, vault.check, lambda a: vault.open_range(a, 0, 1)):
        with pytest.raises(BlobMissing):
            read(address)
    assert not vault.exists(address)
    vault.delete(address)


def test_what_was_deleted_is_missing_and_can_be_sealed_again(vault: Vault):
    content, sha256 = original(10)
    address = vault.seal_bytes(content, sha256).address
    vault.delete(address)
    assert not vault.exists(address)
    vault.seal_bytes(content, sha256)
    vault.check(address)


@pytest.mark.parametrize("text", ["", "originals/../../etc/passwd", "originals/AB" + "0" * 62, "other/" + "0" * 64])
def test_a_text_that_is_no_address_is_refused(vault: Vault, text: str):
    with pytest.raises(AddressRefused):
        vault.open(text)


def test_an_address_reads_back_from_its_text_and_from_its_path(vault: Vault):
    address = vault.address_of(bytes(32))
    assert BlobAddress(str(address)) == BlobAddress.of_path(address.path) == address
    assert BlobAddress.of_path(f"originals/00/00/{'f' * 64}") is None


@pytest.mark.parametrize("url", ["{root}", "file://{root}", "memory:///"])
def test_every_kind_of_url_keeps_and_gives_back(ring: KeyRing, tmp_path: Path, url: str):
    vault = Vault(url.format(root=tmp_path / "a vault"), ring)
    content, sha256 = original(30 * CHUNK_BYTES)
    address = vault.seal_bytes(content, sha256).address
    streamed = vault.seal_stream([content, b"more"]).address
    assert vault.open(address) == content
    assert vault.open(streamed) == content + b"more"
    assert vault.open_range(streamed, len(content) - 1, 5) == content[-1:] + b"more"
    assert set(vault.addresses(Namespace.ORIGINALS)) == {address, streamed}
    vault.delete(address)
    vault.delete(address)
    assert not vault.exists(address)
    with pytest.raises(BlobMissing):
        vault.open(address)


def test_the_same_content_in_two_namespaces_is_two_objects(vault: Vault):
    content, sha256 = original(10)
    here, there = vault.seal_bytes(content), vault.seal_bytes(content, namespace="thumbnails")
    assert here.address != there.address
    assert here.address.partition("/")[2] != there.address.partition("/")[2]
    assert here.sha256 == there.sha256 == sha256
    vault.delete(there.address)
    assert vault.open(here.address) == content
