"""The tree as the database keeps it: reading it, and growing it by the entries that were committed since.

Numbers of entries are drawn in order, committed in any order, and some never. An entry becomes the next leaf when it is seen committed;
below the number up to which everything is settled nothing is looked for any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from clew.ledger.durability import writing
from clew.ledger.errors import LedgerDamaged
from clew.ledger.proofs import frontier
from clew.ledger.tree import Node

#: One grower at a time over all processes and machines ("clew tree").
TREE_LOCK = 0x636C_6577_7472_6565
ENTRIES_PER_TURN = 20_000

_LEAVES = "SELECT leaf_hash FROM ledger_leaf WHERE index >= %s AND index < %s ORDER BY index"
_NODES = "SELECT node_hash FROM ledger_node WHERE level = %s AND index >= %s AND index < %s ORDER BY index"
_SETTLED = "SELECT coalesce(max(settled), 0) FROM ledger_growth"
_DONE = """
SELECT coalesce(max(entry_sequence_max), 0) FROM ledger_growth
WHERE horizon <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""
_NEW = """
SELECT e.sequence, e.leaf_hash FROM ledger_entry e LEFT JOIN ledger_leaf l ON l.entry_sequence = e.sequence
WHERE e.sequence > %s AND l.index IS NULL ORDER BY e.sequence LIMIT %s
"""
_ADD_LEAVES = """
INSERT INTO ledger_leaf (index, entry_sequence, leaf_hash) SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])
"""
_ADD_NODES = """
INSERT INTO ledger_node (level, index, node_hash) SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])
"""
_ADD_GROWTH = """
INSERT INTO ledger_growth (size, entry_sequence_max, horizon, settled, at)
SELECT %s, max(entry_sequence), pg_snapshot_xmax(pg_current_snapshot())::text::bigint, %s, clock_timestamp() FROM ledger_leaf
"""


class StoredTree:
    """Reads kept hashes over a connection; what a proof reads is a few runs of at most 256."""

    def __init__(self, using: str = "service") -> None:
        self._using = using

    def read(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Kept hashes of a level. Raises LedgerDamaged where one is missing."""
        values, query = ([start, stop], _LEAVES) if level == 0 else ([level, start, stop], _NODES)
        found = [bytes(row[0]) for row in _rows(self._using, query, values)]
        if len(found) != stop - start:
            raise LedgerDamaged(why=f"hashes of level {level} between {start} and {stop} are missing")
        return found

    @property
    def size(self) -> int:
        """How many entries are in it."""
        return int(_rows(self._using, "SELECT coalesce(max(index) + 1, 0) FROM ledger_leaf")[0][0])


def settled_below(cursor: CursorWrapper) -> int:
    """Up to which number every entry is in the tree or will never be: whoever drew such a number was done before the tree was last grown."""
    cursor.execute(_SETTLED)
    return int(cursor.fetchone()[0])


def grow(*, using: str = "service") -> int:
    """Add every committed entry to the tree; how many were added. Does nothing while another process is at it.

    Each turn is one transaction: killed at any moment, it was done or was not. Raises LedgerDamaged, LedgerUnwritable.
    """
    added = 0
    while turn := _turn(using):
        added += turn
        if turn < ENTRIES_PER_TURN:
            break
    return added


def _turn(using: str) -> int:
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TREE_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        tree = StoredTree(using)
        size = tree.size
        _refuse_shrunken(cursor, size)
        # Asked before the entries are: whoever is done by now is seen by the next statement.
        cursor.execute(_DONE)
        done = int(cursor.fetchone()[0])
        cursor.execute(_NEW, [settled_below(cursor), ENTRIES_PER_TURN])
        new = [(int(sequence), bytes(leaf)) for sequence, leaf in cursor.fetchall()]
        if not new:
            return 0
        settled = done if len(new) < ENTRIES_PER_TURN else min(done, new[-1][0])
        grown = frontier(tree.read, size)
        nodes = grown.extend(leaf for _sequence, leaf in new)
        with writing(connection):
            _add(cursor, size, new, nodes, settled)
    return len(new)


def _add(
    cursor: CursorWrapper, size: int, new: Sequence[tuple[int, bytes]], nodes: Sequence[Node], settled: int
) -> None:
    sequences, leaves = zip(*new, strict=True)
    cursor.execute(_ADD_LEAVES, [list(range(size, size + len(new))), list(sequences), list(leaves)])
    if nodes:
        cursor.execute(_ADD_NODES, [list(column) for column in zip(*nodes, strict=True)])
    cursor.execute(_ADD_GROWTH, [size + len(new), settled])


def _refuse_shrunken(cursor: CursorWrapper, size: int) -> None:
    """A tree that lost its end must not be grown again: what was signed could then never be shown."""
    cursor.execute("SELECT coalesce(max(size), 0) FROM ledger_checkpoint")
    (signed,) = cursor.fetchone()
    if size < signed:
        raise LedgerDamaged(why=f"it has {size} entries, and {signed} were signed")


def _rows(using: str, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())
