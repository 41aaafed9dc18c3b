from __future__ import annotations

import random
from pathlib import Path

import pytest

from clew.vault.addresses import BlobAddress
from clew.vault.errors import KeyUnknown, SealBroken
from clew.vault.keys import KeyRing
from clew.vault.ringkey import RingKey
from clew.vault.sealing import (
    CHUNK_BYTES,
    HEADER_BYTES,
    SEALED_CHUNK_BYTES,
    Sealer,
    content_size_bytes,
    seal_whole,
    sealed_size_bytes,
)
from clew.vault.store import Vault

CONTENT = random.Random(1).randbytes(2 * CHUNK_BYTES + 1000)
HERE = BlobAddress("previews/" + "ab" * 32)
THERE = BlobAddress("previews/" + "cd" * 32)
BREAKS = (SealBroken, KeyUnknown)  # a flipped key id cannot be told from a key which was lost


def lay(root: Path, address: BlobAddress, sealed: bytes) -> None:
    path = root / address.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sealed)


def opens(vault: Vault, address: BlobAddress) -> bool:
    """Whether the object opens by every way of reading; asserts that all ways agree and none gives wrong bytes."""
    answers = set()
    for read in (vault.open, lambda a: b"".join(vault.open_stream(a)), lambda a: vault.open_range(a, 0, 10**9)):
        try:
            assert read(address) == CONTENT
            answers.add(True)
        except BREAKS:
            answers.add(False)
    assert len(answers) == 1
    return answers.pop()


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES])
def test_the_sealed_size_tells_the_size_of_the_content(ring: KeyRing, size: int):
    sealed = b"".join(seal_whole(bytes(size), HERE, ring))
    assert len(sealed) == sealed_size_bytes(size)
    assert content_size_bytes(len(sealed)) == size


def test_sizes_no_object_has_are_broken():
    possible = {sealed_size_bytes(size) for size in range(2 * CHUNK_BYTES)}
    for sealed_bytes in range(sealed_size_bytes(2 * CHUNK_BYTES - 1)):
        if sealed_bytes in possible:
            content_size_bytes(sealed_bytes)
        elif sealed_bytes % 37 == 0 or sealed_bytes < 300 or abs(sealed_bytes - SEALED_CHUNK_BYTES) < 200:
            with pytest.raises(SealBroken):
                content_size_bytes(sealed_bytes)


def test_however_the_stream_is_cut_the_object_is_the_same_content(vault: Vault, root: Path, ring: KeyRing):
    for step in (1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 10**6):
        sealer = Sealer()
        pieces = [piece for at in range(0, len(CONTENT), step) for piece in sealer.feed(CONTENT[at : at + step])]
        pieces.append(sealer.finish())
        lay(root, HERE, b"".join([sealer.header(HERE, ring), *pieces]))
        assert opens(vault, HERE)


def test_an_untouched_object_opens_and_every_bit_of_its_header_is_guarded(vault: Vault, root: Path, ring: KeyRing):
    sealed = bytearray(b"".join(seal_whole(CONTENT, HERE, ring)))
    lay(root, HERE, sealed)
    assert opens(vault, HERE)
    for bit in range(8 * HEADER_BYTES):
        sealed[bit // 8] ^= 1 << bit % 8
        lay(root, HERE, sealed)
        with pytest.raises(BREAKS):
            vault.open(HERE)
        sealed[bit // 8] ^= 1 << bit % 8


def test_one_flipped_bit_in_each_of_a_thousand_places_is_found(vault: Vault, root: Path, ring: KeyRing):
    sealed = bytearray(b"".join(seal_whole(CONTENT, HERE, ring)))
    lay(root, HERE, sealed)
    with (root / HERE.path).open("r+b") as file:
        for bit in random.Random(2).sample(range(8 * HEADER_BYTES, 8 * len(sealed)), 1000):
            at, flipped = bit // 8, sealed[bit // 8] ^ (1 << bit % 8)
            file.seek(at)
            file.write(bytes([flipped]))
            file.flush()
            with pytest.raises(SealBroken):
                vault.open(HERE)
            file.seek(at)
            file.write(bytes([sealed[at]]))
            file.flush()
    assert opens(vault, HERE)


@pytest.mark.parametrize("kept", [0, 10, HEADER_BYTES, HEADER_BYTES + 16])
def test_an_object_cut_to_almost_nothing_is_found(vault: Vault, root: Path, ring: KeyRing, kept: int):
    lay(root, HERE, b"".join(seal_whole(CONTENT, HERE, ring))[:kept])
    assert not opens(vault, HERE)


def test_cutting_at_chunk_edges_and_elsewhere_is_found_before_anything_is_given_out(
    vault: Vault, root: Path, ring: KeyRing
):
    sealed = b"".join(seal_whole(CONTENT, HERE, ring))
    edges = [HEADER_BYTES + n * SEALED_CHUNK_BYTES for n in (1, 2)]
    for kept in [*edges, *(edge + 1 for edge in edges), *(edge - 1 for edge in edges), len(sealed) - 1]:
        lay(root, HERE, sealed[:kept])
        assert not opens(vault, HERE)
        with pytest.raises(SealBroken):
            vault.open_stream(HERE)  # already the call, not first the iteration
        with pytest.raises(SealBroken):
            vault.open_range(HERE, 0, 10)


def test_chunks_added_repeated_or_in_another_order_are_found(vault: Vault, root: Path, ring: KeyRing):
    header, first, second, last = seal_whole(CONTENT, HERE, ring)
    for pieces in (
        [header, second, first, last],
        [header, first, first, last],
        [header, first, second, last, last],
        [header, first, second, second, last],
        [header, first, last],
        [header, last],
        [header, first, second, last, b"\0"],
    ):
        lay(root, HERE, b"".join(pieces))
        assert not opens(vault, HERE)
    lay(root, HERE, b"".join([header, first, second, last]))
    assert opens(vault, HERE)


def test_objects_swapped_or_mixed_are_found(vault: Vault, root: Path, ring: KeyRing):
    here, there = seal_whole(CONTENT, HERE, ring), seal_whole(CONTENT, THERE, ring)
    lay(root, THERE, b"".join(here))
    assert not opens(vault, THERE)
    lay(root, HERE, b"".join(here[:2] + there[2:]))
    assert not opens(vault, HERE)
    lay(root, HERE, b"".join(there[:1] + here[1:]))
    assert not opens(vault, HERE)


def test_an_object_of_another_kind_at_the_same_locator_is_found(vault: Vault, root: Path, ring: KeyRing):
    other = BlobAddress(HERE.replace("previews", "thumbnails"))
    lay(root, other, b"".join(seal_whole(CONTENT, HERE, ring)))
    assert not opens(vault, other)


def test_another_ring_opens_nothing_even_under_the_same_key_id(root: Path, ring: KeyRing):
    lay(root, HERE, b"".join(seal_whole(CONTENT, HERE, ring)))
    with pytest.raises(KeyUnknown):
        Vault(root, _ring_of(RingKey.fresh())).open(HERE)
    with pytest.raises(SealBroken):
        Vault(root, _ring_of(RingKey(ring.current.id, b"x" * 32))).open(HERE)


def _ring_of(key: RingKey) -> KeyRing:
    return KeyRing([key], key.id)


def test_the_same_content_sealed_twice_shares_no_bytes(ring: KeyRing):
    once, twice = (b"".join(seal_whole(CONTENT, HERE, ring)) for _ in range(2))
    assert once != twice
    assert once[HEADER_BYTES : HEADER_BYTES + 64] != twice[HEADER_BYTES : HEADER_BYTES + 64]
