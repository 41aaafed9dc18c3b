"""The tree of RFC 6962, section 2.1: hashes of leaves and nodes, roots that grow leaf by leaf, and verification of proofs (RFC 9162, 2.1.3 and 2.1.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice

#: RFC 6962 sets leaves apart from inner nodes by the first byte.
LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
HASH_BYTES = 32
#: The root of a tree without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()
#: Of the inner nodes only those over 256, 65,536, … leaves are kept: one row for 255 leaves, and a proof reads a few runs of 256 at most.
TILE_LEVELS = 8
_TILE = 1 << TILE_LEVELS

#: An inner node: how many levels above the leaves, which one from the left, its hash.
Node = tuple[int, int, bytes]


def leaf_hash(content: bytes) -> bytes:
    """The 32-byte hash of one leaf."""
    return hashlib.sha256(LEAF_PREFIX + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of the node over two others."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def folded(hashes: Sequence[bytes]) -> bytes:
    """The root over 1, 2, 4, 8, … neighbours."""
    sha256 = hashlib.sha256
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [sha256(NODE_PREFIX + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


def bagged(peaks: Sequence[bytes]) -> bytes:
    """The root over whole subtrees of falling size, from the left: how a tree of any size is closed on its right."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


class Frontier:
    """A tree that grows on its right, of which only the whole subtrees' roots are held: log2(n) hashes (a "compact range")."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def push(self, hash_: bytes, level: int = 0) -> list[Node]:
        """Add one leaf, or a whole subtree of 2^level leaves; the nodes that are whole now and worth keeping (see TILE_LEVELS).

        The size so far must be a multiple of 2^level, else ValueError.
        """
        if self.size & ((1 << level) - 1):
            message = f"a subtree of 2^{level} leaves cannot begin at {self.size}"
            raise ValueError(message)
        index, kept = self.size >> level, []
        self.size += 1 << level
        if level and level % TILE_LEVELS == 0:
            kept.append((level, index, hash_))
        while index & 1:
            hash_ = node_hash(self._peaks.pop()[1], hash_)
            level, index = level + 1, index >> 1
            if level % TILE_LEVELS == 0:
                kept.append((level, index, hash_))
        self._peaks.append((level, hash_))
        return kept

    def extend(self, leaves: Iterable[bytes]) -> list[Node]:
        """Add many leaf hashes; the nodes worth keeping. Whole runs of 256 take the short way."""
        rest, kept = iter(leaves), []
        while run := list(islice(rest, _TILE - self.size % _TILE)):
            if len(run) == _TILE:
                kept += self.push(folded(run), TILE_LEVELS)
            else:
                for leaf in run:
                    kept += self.push(leaf)
        return kept

    def root(self) -> bytes:
        """The root over everything so far."""
        return bagged([hash_ for _level, hash_ in self._peaks])


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    grown = Frontier()
    grown.extend(leaves)
    return grown.root()


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash is leaf number `index` of the tree of `size` leaves with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(size: int, root: bytes, later_size: int, later_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the later tree begins with the leaves of the earlier one (RFC 9162, 2.1.4.2); everything continues an empty tree."""
    if size == later_size:
        return not proof and root == later_root
    if not 0 <= size < later_size:
        return False
    if size == 0:
        return not proof and root == EMPTY_ROOT
    path = list(proof) if size & (size - 1) else [root, *proof]
    if not path:
        return False
    at, last = size - 1, later_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    earlier = later = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            earlier, later = node_hash(sibling, earlier), node_hash(sibling, later)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            later = node_hash(later, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and earlier == root and later == later_root
