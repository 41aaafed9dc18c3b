"""What is said follows the sightings it rests on: when their rule or caution changes, statements, calls and confirmations change with them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connections
from django.db.backends.utils import CursorWrapper

from clew.access.ownership import Owned

_FOLLOWING = ("review_statement", "review_votecall", "review_promotion")
_OWNER = {"owner_unit_id", "owner_organisation_id", "under_examination"}
_COLUMNS = [
    field.attname
    for field in Owned._meta.get_fields()  # noqa: SLF001 - Django's documented Meta API
    if hasattr(field, "attname") and field.attname not in _OWNER
]


def _rank(row: str) -> str:
    """How strict a row's rule is, as SQL; the same order as `deciding` goes by."""
    return (
        f"(array_position('{{official,restricted,confidential}}'::text[], {row}.confidentiality::text),"
        f" array_position('{{members,listed,nobody}}'::text[], {row}.sharing::text), {row}.release_only, cardinality({row}.denied_organisations))"
    )


# Of each content the strictest rule of the organisation's own sightings; doubted where one of them is.
_STRICTEST = f"""
WITH strictest AS (
  SELECT DISTINCT ON (g.media_id) g.media_id, {", ".join(f"g.{name}" for name in _COLUMNS)},
    bool_or(g.under_examination) OVER (PARTITION BY g.media_id) AS under_examination
  FROM catalogue_sighting g WHERE g.owner_organisation_id = %s AND g.media_id = ANY (%s)
  ORDER BY g.media_id, {_rank("g")} DESC, g.id DESC
)"""  # noqa: S608 - names of columns alone
_SET = ", ".join(f"{name} = t.{name}" for name in [*_COLUMNS, "under_examination"])


def follow_rules(organisation_id: uuid.UUID, media_ids: Sequence[uuid.UUID], by_hand: bool) -> None:
    """Put what was said of these contents under the rule that holds now; on the service's connection, in the transaction of the change.

    What others say by this organisation's leave, who hold no copy, follows to a rule that is stricter or as strict, and never to a looser
    one: nobody hands on more than they were given. A change `by_hand` waits for whoever is saying something of them at this moment, whose
    rows hold the contents; who comes after looks the rule up again once theirs are written (`deciding`).
    """
    ids = list(media_ids)
    with connections["service"].cursor() as cursor:
        if by_hand:
            cursor.execute("SELECT FROM catalogue_media WHERE id = ANY (%s) ORDER BY id FOR UPDATE", [ids])
        for table in _FOLLOWING:
            # In one order for everybody, so that none waits for another in a ring.
            lock = f"SELECT media_id FROM {table} WHERE media_id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"  # noqa: S608 - constants
            cursor.execute(lock, [ids])
            said = list({media_id for (media_id,) in cursor.fetchall()})
            if said:
                _follow(cursor, table, organisation_id, said)


def _follow(cursor: CursorWrapper, table: str, organisation_id: uuid.UUID, ids: list[uuid.UUID]) -> None:
    own = f"{_STRICTEST} UPDATE {table} s SET {_SET} FROM strictest t WHERE s.media_id = t.media_id AND s.owner_organisation_id = %s"  # noqa: S608 - constants
    cursor.execute(own, [organisation_id, ids, organisation_id])
    # Who has a copy of their own stands under the rule of that one.
    held = "SELECT FROM catalogue_sighting o WHERE o.media_id = s.media_id AND o.owner_organisation_id = s.owner_organisation_id"
    by_leave = (
        f"{_STRICTEST} UPDATE {table} s SET {_SET} FROM strictest t WHERE s.media_id = t.media_id"  # noqa: S608 - constants
        f" AND s.owner_organisation_id <> %s AND NOT EXISTS ({held}) AND {_rank('t')} >= {_rank('s')}"
    )
    cursor.execute(by_leave, [organisation_id, ids, organisation_id])
