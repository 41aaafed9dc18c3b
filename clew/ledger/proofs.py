"""Making proofs (RFC 6962, 2.1.1 and 2.1.2) out of what is kept of a tree: which subtrees they name, and their hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from clew.ledger.tree import TILE_LEVELS, Frontier, bagged, folded

#: Reads kept hashes: of a level that is a multiple of TILE_LEVELS (0 are the leaves), from one index up to, not including, another.
Reader = Callable[[int, int, int], Sequence[bytes]]
#: Leaves from one index up to, not including, another.
Range = tuple[int, int]


def reader_of(leaves: Sequence[bytes]) -> Reader:
    """Reads from leaf hashes in memory, which must not change meanwhile."""
    grown = Frontier()
    kept = {(level, index): hash_ for level, index, hash_ in grown.extend(leaves)}

    def read(level: int, start: int, stop: int) -> Sequence[bytes]:
        return leaves[start:stop] if level == 0 else [kept[level, index] for index in range(start, stop)]

    return read


def subtrees(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The fewest whole subtrees, as (level, index), that cover these leaves, from the left."""
    while start < stop:
        level = (stop - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def subtree_hash(read: Reader, level: int, index: int) -> bytes:
    """The root of one whole subtree."""
    above = level % TILE_LEVELS
    return folded(read(level - above, index << above, (index + 1) << above))


def hashes_over(read: Reader, start: int, stop: int) -> list[bytes]:
    """The roots of the whole subtrees that cover these leaves."""
    return [subtree_hash(read, level, index) for level, index in subtrees(start, stop)]


def frontier(read: Reader, size: int) -> Frontier:
    """A tree of that many leaves, ready to grow."""
    grown = Frontier()
    for level, index in subtrees(0, size):
        grown.push(subtree_hash(read, level, index), level)
    return grown


def root_at(read: Reader, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return bagged(hashes_over(read, 0, size))


def prove_inclusion(read: Reader, index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf number `index` to the root of the first `size` leaves."""
    return [bagged(hashes_over(read, *found)) for found in inclusion_ranges(index, size)]


def prove_consistency(read: Reader, size: int, later_size: int) -> list[bytes]:
    """The hashes that show that the tree of `later_size` leaves continues that of `size`; none for an empty tree."""
    return [bagged(hashes_over(read, *found)) for found in consistency_ranges(size, later_size)]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """PATH(m, D[n]): the siblings on the way up from a leaf."""
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + _largest_power_below(stop - start)
        if index < middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_ranges(size: int, later_size: int) -> list[Range]:
    """PROOF(m, D[n]): what the earlier root is made of, and what was added."""
    if not 0 < size < later_size:
        return []
    start, stop, path = 0, later_size, []
    while size != stop:
        middle = start + _largest_power_below(stop - start)
        if size <= middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    if start:
        path.append((start, stop))
    return path[::-1]


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)
