"""Searching under row-level security: what a search costs an officer, beside the same search without policies and beside plain filters in sequence.

The countries, rules and media are those of `access.py`; every media has a camera, a day, a place and words of its paths. Each search is asked through the
product's own query, the count and the first page included; without policies by the trusted service, which sees everything; and as somebody would write it
who has no index: a look at every row. All in the same run, in turns.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import tempfile
import time
from contextvars import ContextVar
from pathlib import Path

from access import fill

ROUNDS = 5
#: Which connection models are read from.
_alias: ContextVar[str] = ContextVar("alias", default="default")

#: What files say, and the words of paths and of metadata: two that everything has, one in a thousand, one of each alone, and one that only those have
#: who share with nobody.
DRESS = """
TRUNCATE review_wordsdue;
ALTER TABLE catalogue_media DISABLE TRIGGER USER;
UPDATE catalogue_media SET metadata = jsonb_build_object('camera_make', 'Make ' || size_bytes % 40, 'camera_model', 'Model ' || size_bytes % 400,
  'taken_at', to_char(date '2005-01-01' + (size_bytes % 7000)::integer, 'YYYY:MM:DD') || ' 10:00:00', 'iptc_city', 'City ' || size_bytes % 3000,
  'gps_latitude', size_bytes % 140 - 70, 'gps_longitude', size_bytes % 359 - 180);
ALTER TABLE catalogue_media ENABLE TRIGGER USER;
INSERT INTO review_searchword (word, media_id, sighting_id)
  SELECT word, s.media_id, s.id FROM catalogue_sighting s JOIN catalogue_media m ON m.id = s.media_id,
    LATERAL unnest(ARRAY['folder', 'jpg', 'room' || m.size_bytes % 1000, 'img' || m.size_bytes]) AS word;
INSERT INTO review_searchword (word, media_id, sighting_id)
  SELECT 'whispered', media_id, id FROM catalogue_sighting WHERE sharing = 'nobody';
INSERT INTO review_searchword (word, media_id)
  SELECT word, id FROM catalogue_media, LATERAL unnest(ARRAY['make', 'city', (size_bytes % 3000)::text]) AS word;
INSERT INTO review_searchword (word, series_id) SELECT DISTINCT word, id FROM catalogue_series, LATERAL regexp_split_to_table(lower(name), ' ') AS word;
"""


class Chosen:
    """Reads go to the connection that is chosen."""

    def db_for_read(self, _model, **_hints):
        return _alias.get()


def dress(rows):
    from django.db import connections

    for statement in DRESS.split(";\n"):
        if statement.strip():
            with connections["owner"].cursor() as cursor:
                cursor.execute(statement)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SELECT pg_total_relation_size('review_searchword'), (SELECT count(*) FROM review_searchword)")
        size_bytes, words = cursor.fetchone()
    return {"words": words, "bytes_per_word": round(size_bytes / words), "words_per_media": round(words / rows, 1)}


#: Name -> the search, and the same as plain filters in sequence.
PATH = "EXISTS (SELECT 1 FROM catalogue_sighting s WHERE s.media_id = m.id AND s.path ILIKE '%{}%')"
SEARCHES = {
    "everything": ({}, "true"),
    "a camera": ({"make": "Make 7"}, "m.metadata->>'camera_make' = 'Make 7'"),
    "a camera and a year": (
        {"make": "Make 7", "taken_from": "2010-01-01", "taken_to": "2010-12-31"},
        "m.metadata->>'camera_make' = 'Make 7' AND m.metadata->>'taken_at' LIKE '2010:%'",
    ),
    "a city": ({"city": "City 77"}, "m.metadata->>'iptc_city' = 'City 77'"),
    "a box of degrees": (
        {"box": "10,10,12,12"},
        "(m.metadata->>'gps_latitude')::float BETWEEN 10 AND 12 AND (m.metadata->>'gps_longitude')::float BETWEEN 10 AND 12",
    ),
    "a word of one media": ({"text": "img200777"}, PATH.format("/777.jpg")),
    "a word of one in a thousand": ({"text": "room77"}, PATH.format("77")),
    "a word of everything": ({"text": "folder"}, PATH.format("folder")),
    "two words": ({"text": "jpg room77"}, PATH.format("77") + " AND " + PATH.format("jpg")),
    "a word that is not there": ({"text": "nowhere"}, PATH.format("nowhere")),
    "a word mostly hidden": ({"text": "whispered"}, PATH.format("whispered")),
    "a word and a camera": (
        {"text": "folder", "make": "Make 7"},
        PATH.format("folder") + " AND m.metadata->>'camera_make' = 'Make 7'",
    ),
    "seen in two submissions or more": (
        {"prevalence": "2-4"},
        "m.id IN (SELECT media_id FROM catalogue_sighting GROUP BY media_id HAVING count(*) >= 2)",
    ),
    "not decided by us": ({"said": "undecided"}, "true"),
    "no media of the kind": ({"kind": "video"}, "m.kind = 'video'"),
}


def ask(officer, wanted):
    """The first page, the count and the facets' ids, as the page reads them."""
    from clew.access.paging import CountedPages
    from clew.review.search import Search, media_found

    pages = CountedPages(media_found(officer, Search(**wanted)))
    return len(list(pages.get_page(1))), pages.count


def plain(condition):
    """Somebody's own filter without an index, as the service: as many ids as a page counts."""
    from django.db import connections, transaction

    with transaction.atomic(using="service"), connections["service"].cursor() as cursor:
        for way in ("indexscan", "bitmapscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"SELECT m.id FROM catalogue_media m WHERE {condition} ORDER BY m.id DESC LIMIT 1001")
        return len(cursor.fetchall())


def timed(scope, asking):
    begun = time.perf_counter()
    with scope:
        asking()
    return 1000 * (time.perf_counter() - begun)


def searches(officer, rounds):
    from django.db import transaction

    from clew.access.scope import acting_as

    figures = {}
    for name, (wanted, condition) in SEARCHES.items():
        times = {"with_policies": [], "without": [], "in_sequence": []}
        for at in range(rounds + 1):
            _alias.set("default")
            with_ms = timed(acting_as(officer), lambda wanted=wanted: ask(officer, wanted))
            _alias.set("service")
            without_ms = timed(transaction.atomic(using="service"), lambda wanted=wanted: ask(officer, wanted))
            _alias.set("default")
            # The first warms the caches.
            if at:
                times["with_policies"].append(with_ms)
                times["without"].append(without_ms)
            if at == 1:
                times["in_sequence"].append(
                    timed(contextlib.nullcontext(), lambda condition=condition: plain(condition))
                )
        medians = {way: statistics.median(told) for way, told in times.items()}
        figures[name] = {
            "with_policies_ms": round(medians["with_policies"], 1),
            "to_without_policies": round(medians["with_policies"] / medians["without"], 2),
            "in_sequence_to_it": round(medians["in_sequence"] / medians["with_policies"], 1),
        }
    figures["facets of a thousand"] = facets(officer, rounds)
    return figures


def facets(officer, rounds):
    """What a thousand contents have in common, with policies and without."""
    from django.db import transaction

    from clew.access.scope import acting_as
    from clew.review.facets import facets_of
    from clew.review.search import Search, media_found

    with acting_as(officer):
        ids = list(media_found(officer, Search()).values_list("pk", flat=True)[:1000])
    told = {"default": [], "service": []}
    for _ in range(rounds):
        for alias, times in told.items():
            _alias.set(alias)
            scope = acting_as(officer) if alias == "default" else transaction.atomic(using="service")
            times.append(timed(scope, lambda: facets_of(officer, Search(), ids)))
    _alias.set("default")
    with_ms, without_ms = (statistics.median(times) for times in told.values())
    return {"with_policies_ms": round(with_ms, 1), "to_without_policies": round(with_ms / without_ms, 2)}


def made_words():
    """Words made a second, of the files and paths of `access.py`, as the job makes them."""
    from django.db import connections

    from clew.review.search_indexing import make_words

    with connections["owner"].cursor() as cursor:
        for kind in ("media", "sighting"):
            cursor.execute(
                f"INSERT INTO review_wordsdue (kind, subject_id) SELECT '{kind}', id FROM catalogue_{kind} ORDER BY id LIMIT 2000"
            )
    begun, made = time.perf_counter(), 0
    while count := make_words():
        made += count
    return round(made / (time.perf_counter() - begun))


def measure(rows, rounds):
    from django.db import router

    router.routers = [Chosen()]
    officer = fill(rows)
    words = dress(rows)
    found = searches(officer, rounds)
    slowest = max(found, key=lambda name: found[name]["with_policies_ms"])
    return {
        "media": rows,
        **words,
        "searches": found,
        "slowest": slowest,
        "slowest_ms": found[slowest]["with_policies_ms"],
        "things_given_words_per_s": made_words(),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="30,000 media instead of a million, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    options.add_argument("--rows", type=int, default=1_000_000, help="so many media")
    asked = options.parse_args()
    home = Path(tempfile.mkdtemp(prefix="clew-bench-"))
    home.chmod(0o711)
    for name in [name for name in os.environ if name.startswith("CLEW_")]:
        del os.environ[name]
    os.environ["CLEW_HOME"] = str(home / "home")
    from clew.site.installation import installation

    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        stack.enter_context(installation(is_starting=True))
        figures = measure(30_000 if asked.quick else asked.rows, 3 if asked.quick else ROUNDS)
    if not asked.json:
        print(json.dumps(figures, indent=1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
