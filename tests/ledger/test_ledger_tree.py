"""The tree against the published vectors of certificate transparency's reference implementation, and against its own definition."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.ledger.proofs import frontier, prove_consistency, prove_inclusion, reader_of, root_at
from clew.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root_of, verify_consistency, verify_inclusion

#: Leaves and roots of google/certificate-transparency's merkletree tests, which every implementation of RFC 6962 is held to.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
#: (leaf, counted from 1; size; proof)
INCLUSION = [
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (3, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (2, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip
#: (size, later size, proof)
CONSISTENCY = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip

HASHES = [leaf_hash(content) for content in LEAVES]
#: Enough for whole runs of 256, and sizes on both sides of them.
MANY = [leaf_hash(number.to_bytes(2, "big")) for number in range(600)]
READ = reader_of(MANY)


def by_definition(leaves):
    """The tree head exactly as RFC 6962, section 2.1, writes it down."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(by_definition(leaves[:middle]), by_definition(leaves[middle:]))


def test_the_published_roots():
    assert (
        root_of([]) == EMPTY_ROOT == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    )
    for size, root in enumerate(ROOTS, start=1):
        assert root_of(HASHES[:size]).hex() == root


@pytest.mark.parametrize(("leaf", "size", "proof"), INCLUSION)
def test_the_published_inclusion_proofs(leaf, size, proof):
    made = prove_inclusion(reader_of(HASHES), leaf - 1, size)
    assert [hash_.hex() for hash_ in made] == proof
    assert verify_inclusion(HASHES[leaf - 1], leaf - 1, size, made, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("size", "later", "proof"), CONSISTENCY)
def test_the_published_consistency_proofs(size, later, proof):
    made = prove_consistency(reader_of(HASHES), size, later)
    assert [hash_.hex() for hash_ in made] == proof
    assert verify_consistency(size, bytes.fromhex(ROOTS[size - 1]), later, bytes.fromhex(ROOTS[later - 1]), made)


@given(size=st.integers(0, 600), cuts=st.lists(st.integers(0, 600), max_size=5))
@settings(deadline=None)
def test_a_tree_grown_in_any_steps_is_the_tree_of_the_definition(size, cuts):
    grown, kept = Frontier(), []
    stops = sorted(cut for cut in cuts if cut < size)
    for start, stop in zip([0, *stops], [*stops, size], strict=True):
        kept += grown.extend(MANY[start:stop])
    assert grown.root() == by_definition(MANY[:size]) == root_at(READ, size)
    assert kept == [(8, at, READ(8, at, at + 1)[0]) for at in range(size // 256)]
    again = frontier(READ, size)
    again.push(HASHES[0])
    grown.push(HASHES[0])
    assert again.root() == grown.root()


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_every_inclusion_proof_holds_for_its_leaf_alone(data):
    size = data.draw(st.integers(1, 600))
    index = data.draw(st.integers(0, size - 1))
    proof, root = prove_inclusion(READ, index, size), root_at(READ, size)
    assert verify_inclusion(MANY[index], index, size, proof, root)
    assert len(proof) <= (size - 1).bit_length()
    other = data.draw(st.integers(0, size - 1))
    assert verify_inclusion(MANY[other], index, size, proof, root) == (other == index)
    assert verify_inclusion(MANY[index], other, size, proof, root) == (other == index)
    assert not verify_inclusion(MANY[index], index, size, [*proof, root], root)
    assert not verify_inclusion(MANY[index], index, size, _altered(data, proof), root) or not proof


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_every_consistency_proof_holds_for_its_two_trees_alone(data):
    later = data.draw(st.integers(1, 600))
    size = data.draw(st.integers(0, later))
    proof, root, later_root = prove_consistency(READ, size, later), root_at(READ, size), root_at(READ, later)
    assert verify_consistency(size, root, later, later_root, proof)
    forked = root_of([*MANY[: later - 1], HASHES[0]])
    # Everything continues an empty tree; what differs only beyond the earlier size is another history of the same past.
    assert verify_consistency(size, root, later, forked, proof) == (size == 0)
    if size:
        at = data.draw(st.integers(0, size - 1))
        rewritten = root_of([*MANY[:at], HASHES[0], *MANY[at + 1 : size]])
        assert not verify_consistency(size, rewritten, later, later_root, proof)
        assert not verify_consistency(size, root, later, later_root, [*proof, root])
        assert not proof or not verify_consistency(size, root, later, later_root, _altered(data, proof))
    assert not verify_consistency(later + 1, root, later, later_root, proof)


def _altered(data, proof):
    if not proof:
        return proof
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = bytearray(proof[at])
    changed[bit // 8] ^= 1 << bit % 8
    return [*proof[:at], bytes(changed), *proof[at + 1 :]]


def test_a_subtree_cannot_begin_where_the_tree_does_not_end_evenly():
    grown = Frontier()
    grown.push(HASHES[0])
    with pytest.raises(ValueError, match="cannot begin"):
        grown.push(HASHES[1], 1)
