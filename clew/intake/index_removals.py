"""Removals: the numbers that purges took from the indexes. What they stood for is gone from the database at once, and no answer names it;
by these rows the memory of every process and the files of every machine let go of the hashes too.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections

_NOTED = """
INSERT INTO intake_indexremoval (index, number)
SELECT 'looks', id FROM catalogue_signature WHERE media_id = ANY(%(media)s)
UNION ALL SELECT kind, id FROM catalogue_imprint WHERE media_id = ANY(%(media)s)
"""
_SINCE = "SELECT number FROM intake_indexremoval WHERE index = %s AND made_in >= %s::xid8"
_OUTDATED = """
SELECT EXISTS (SELECT 1 FROM intake_indexremoval
  WHERE index = %s AND made_in >= %s::xid8 AND made_in < pg_snapshot_xmin(pg_current_snapshot()))
"""


def note_removals(media_ids: Sequence[object]) -> None:
    """Note the numbers of all signatures and imprints of these contents; before they are deleted, in the same transaction."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_NOTED, {"media": list(media_ids)})


def removed_since(index: str, watermark: str) -> set[int]:
    """The numbers that transactions from the watermark on have taken from an index."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_SINCE, [index, watermark])
        return {number for (number,) in cursor.fetchall()}


def is_outdated(index: str, watermark: str) -> bool:
    """Whether a segment of this watermark may hold what was purged since, and one built now would not."""
    with connections["service"].cursor() as cursor:
        cursor.execute(_OUTDATED, [index, watermark])
        (found,) = cursor.fetchone()
    return bool(found)
