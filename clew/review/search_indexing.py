"""Making words: of what was written since, or anew, the words under which it is found. A job does so some seconds after it was written.

What waits is noted by the database with the row itself (`search_policies`); whoever is killed on the way leaves it waiting.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connections, transaction
from django.db.models import Q

from clew.kernel.limits import SEARCH_WORDS_AT_ONCE
from clew.review.models import SearchWord, WordsDue
from clew.review.search_words import words_of

# Facts that say nothing in words: numbers that hash or name the very file, and what only its own columns are asked for.
_NO_WORDS = ("_serial_number", "_unique_id", "_document_id", "_instance_id", "_bytes", "derived_from")


def make_words(*, at_once: int = SEARCH_WORDS_AT_ONCE) -> int:
    """Make the words of so many things that wait for them; how many there were."""
    with transaction.atomic(using="service"):
        due = list(WordsDue.objects.using("service").select_for_update(skip_locked=True).order_by("id")[:at_once])
        by_kind: dict[str, set[uuid.UUID]] = defaultdict(set)
        for one in due:
            by_kind[one.kind].add(one.subject_id)
        for kind, ids in by_kind.items():
            SearchWord.objects.using("service").filter(_of(kind, ids)).delete()
            _write(_rows(kind, list(ids)))
        WordsDue.objects.using("service").filter(id__in=[one.id for one in due]).delete()
    return len(due)


def _of(kind: str, ids: Iterable[uuid.UUID]) -> Q:
    about = Q(**{f"{kind}_id__in": list(ids)})
    return about & Q(sighting_id__isnull=True) if kind == "media" else about


#: By kind: what is read of each thing (its id, the content it is of, its text). Held for as long as its words are written: a purge waits, and takes them too.
_READ = {
    "media": "SELECT id, id, metadata FROM catalogue_media WHERE id = ANY(%s) FOR KEY SHARE",
    "sighting": "SELECT id, media_id, path FROM catalogue_sighting WHERE id = ANY(%s) FOR KEY SHARE",
    "series": "SELECT id, NULL, name FROM catalogue_series WHERE id = ANY(%s) FOR KEY SHARE",
    "case": "SELECT id, NULL, reference FROM catalogue_case WHERE id = ANY(%s) FOR KEY SHARE",
}
_COLUMNS = ("word", "media_id", "sighting_id", "series_id", "case_id")
_WRITE = """
INSERT INTO review_searchword (word, media_id, sighting_id, series_id, case_id)
SELECT * FROM unnest(%s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[])
"""


def _rows(kind: str, ids: Sequence[uuid.UUID]) -> Iterator[tuple[Any, ...]]:
    with connections["service"].cursor() as cursor:
        cursor.execute(_READ[kind], [list(ids)])
        read = cursor.fetchall()
    for id_, media_id, text in read:
        named = {"media_id": media_id, f"{kind}_id": id_}
        words = words_of(told_words(json.loads(text)) if kind == "media" else text)
        for word in words:
            yield (word, *(named.get(column) for column in _COLUMNS[1:]))


def told_words(metadata: Mapping[str, Any]) -> str:
    """What the metadata says in words; numbers, and what names the very file or camera, are left out."""
    told = (
        value
        for name, value in metadata.items()
        if isinstance(value, str) and not name.endswith(_NO_WORDS) and not name.startswith("stream_")
    )
    return " ".join(told)


def _write(rows: Iterable[tuple[Any, ...]]) -> None:
    """All of them in one statement: a seizure brings millions of words, and under row-level security COPY is not to be had."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        with connections["service"].cursor() as cursor:
            cursor.execute(_WRITE, columns)
