"""Row-level security: what it costs to look up one record, and a page of them, as the web role with its policies and as the service without.

Five countries hold a million media between them: some shared with all members, some with a group or a named country, some with nobody, of every
confidentiality, some denied, released to named ones only or under examination. Both roles are asked the same questions for the same records in
the same run, in rounds that take turns. The pages are asked through the product's own queries, the count that the paginator makes included.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import statistics
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path

COUNTRIES = ("NO", "PT", "SE", "DK", "NL")
PAGE_ROUNDS = 7

#: Ids that grow with their number, as those of the product do with time.
ID = "(lpad(to_hex({n}), 12, '0') || '70008000{kind}00000000')::uuid"
#: An owned row's columns, from its number `n` and the countries `c` (an array of pairs: unit, organisation) and group `g`.
OWNED = """owner_unit_id, owner_organisation_id, confidentiality, sharing, audience_organisations, audience_groups, release_only,
  denied_organisations, under_examination, outside, purpose, review_on"""
OWNED_OF = """c.units[1 + {owner}], c.organisations[1 + {owner}],
  (ARRAY['official','restricted','restricted','confidential'])[1 + {n} % 4],
  (ARRAY['members','members','members','members','members','listed','listed','listed','nobody','nobody'])[1 + ({n} / 4) % 10],
  CASE WHEN {n} % 3 = 0 THEN ARRAY[c.organisations[1 + ({n} / 3) % 5]] ELSE '{{}}'::uuid[] END,
  CASE WHEN {n} % 2 = 0 THEN ARRAY[c.circle] ELSE '{{}}'::uuid[] END, {n} % 50 = 7,
  CASE WHEN {n} % 100 = 9 THEN ARRAY[c.organisations[1 + ({n} / 100) % 5]] ELSE '{{}}'::uuid[] END, {n} % 200 = 11,
  'contact', 'victim identification', NULL::date"""
MEDIA_ID, SERIES_ID = ID.format(n="{n}", kind="0001"), ID.format(n="{n}", kind="0002")
CASE_ID, SUBMISSION_ID = ID.format(n="{n}", kind="0003"), ID.format(n="{n}", kind="0004")

#: Every media is in one series; a twentieth of all in one great series, the others in series of fifty.
SERIES_OF = "CASE WHEN n % 20 = 0 THEN 0 ELSE 1 + n / 50 END"


def _owned(n, owner):
    return OWNED_OF.format(n=f"({n})", owner=f"({owner})")


ROWS = f"""
CREATE TEMP TABLE c AS SELECT %(units)s::uuid[] AS units, %(organisations)s::uuid[] AS organisations, %(officers)s::uuid[] AS officers,
  %(circle)s::uuid AS circle;
INSERT INTO catalogue_case (id, reference, created_at, created_by_id, collection, kept_since, expires_on, {OWNED})
  SELECT {CASE_ID.format(n="n")}, 'C-' || n, now(), c.officers[1 + n], 'general', now(), now() + interval '5 years', {_owned("0", "n")}
  FROM generate_series(0, 4) n, c;
INSERT INTO catalogue_submission (id, case_id, submitted_by_id, legal_basis, door, match_distance_max, state, opened_at, closed_at,
    finished_at, {OWNED})
  SELECT {SUBMISSION_ID.format(n="n")}, {CASE_ID.format(n="n % 5")}, c.officers[1 + n % 5], 'Act 1', 'page', 31, 'finished', now(), now(),
    now(), {_owned("n", "n % 5")} FROM generate_series(0, 5 + %(rows)s / 50) n, c;
INSERT INTO catalogue_media (id, kind, mime, size_bytes, width, height, metadata, original_address, thumbnail_address, preview_address,
    strip_address, derivation, first_seen_at, imprinted_at)
  SELECT {MEDIA_ID.format(n="n")}, 'image', 'image/jpeg', 200000 + n, 1600, 1200, '{{"Make": "A camera", "Model": "One"}}',
    encode(sha256(n::text::bytea), 'hex'), encode(sha256(('t' || n)::bytea), 'hex'), encode(sha256(('p' || n)::bytea), 'hex'), '', '{{}}',
    now(), now() FROM generate_series(1, %(rows)s) n;
INSERT INTO catalogue_sighting (id, submission_id, media_id, path, parent_id, seen_at, {OWNED})
  SELECT {ID.format(n="n", kind="0005")}, {SUBMISSION_ID.format(n="n / 250 * 5 + n % 5")}, {MEDIA_ID.format(n="n")}, 'folder/' || n || '.jpg',
    NULL::uuid, now(), {_owned("n / 5", "n % 5")} FROM generate_series(1, %(rows)s) n, c
  UNION ALL SELECT {ID.format(n="n", kind="0006")}, {SUBMISSION_ID.format(n="n / 250 * 5 + (n + 1) % 5")}, {MEDIA_ID.format(n="n")},
    'other/' || n || '.jpg', NULL, now(), {_owned("n / 5 + 1", "(n + 1) % 5")} FROM generate_series(5, %(rows)s, 5) n, c;
INSERT INTO catalogue_series (id, name, state, victim_identified, offender_identified, summary, created_at, collection, kept_since,
    expires_on, {OWNED})
  SELECT {SERIES_ID.format(n="n")}, 'Series ' || n, 'open', false, false, '', now(), 'general', now(), now() + interval '5 years',
    {_owned("n / 5", "n % 5")} FROM generate_series(0, 1 + %(rows)s / 50) n, c;
INSERT INTO catalogue_membership (id, series_id, media_id, belongs, stated_by_unit_id, stated_by_id, stated_at, basis, keeps_content,
    opens_media)
  SELECT {ID.format(n="n", kind="0007")}, {SERIES_ID.format(n="series")}, {MEDIA_ID.format(n="n")}, n % 1000 <> 1, c.units[1 + n % 5],
    c.officers[1 + n % 5], now(), 'seen', false, n % 5 = series % 5
  FROM (SELECT n, {SERIES_OF} AS series FROM generate_series(1, %(rows)s) n) placed, c;
INSERT INTO cooperation_alert (id, announcement_id, owner_organisation_id, owner_unit_id, media_id, series_id, asker_unit_id, basis,
    distance, told, purpose, legal_basis, created_at, read_at)
  SELECT {ID.format(n="n", kind="0008")}, {ID.format(n="n", kind="0009")}, c.organisations[1 + n % 5], c.units[1 + n % 5],
    {MEDIA_ID.format(n="n")}, NULL, c.units[1 + (n + 1) % 5], 'exact', NULL, 'full', 'victim identification', 'Act 1',
    now() + n * interval '1 second', NULL FROM generate_series(1, %(rows)s / 5) n, c;
INSERT INTO ledger_entry (at, format, verb, outcome, officer_id, organisation_id, subject_kind, subject_id, facts, door, purpose,
    legal_basis, sensitive, leaf_hash)
  SELECT now(), 2, 'catalogue:media:read', '200', c.officers[1 + n % 5], c.organisations[1 + n % 5], 'media',
    {MEDIA_ID.format(n="1 + (n / 50) * 50")}, '{{}}', 'page', '', '', '{{}}', sha256(n::text::bytea)
  FROM generate_series(1, %(rows)s) n, c;
DROP TABLE c;
"""


def found():
    """Five countries with an officer each, four of them in a circle; the third denies the first everything."""
    from clew.access.actions import enlist_officer, found_organisation, set_up_unit
    from clew.access.models import Denial, SharingGroup
    from clew.kernel.clock import now
    from clew.kernel.ids import new_id

    units, officers = [], []
    for key in COUNTRIES:
        bureau = found_organisation(key=key.lower(), name=key, kind="bureau", country=key, state="active")
        unit = set_up_unit(
            bureau,
            name="Unit",
            contact_email=f"desk@{key.lower()}.example",
            contact_phone="+00 1",
            purpose_default="victim-identification",
            legal_basis_default="Act 1",
        )
        officers.append(
            enlist_officer(
                unit,
                username=key.lower(),
                name=key,
                roles=("specialist", "auditor"),
                password=uuid.uuid4().hex,
                certified_until=now().date() + timedelta(days=365),
            )
        )
        units.append(unit)
    circle = SharingGroup(id=new_id(), name="Circle", owner=units[0].organisation)
    circle.save(using="service")
    circle.members.add(*(unit.organisation for unit in units[:4]))
    Denial(
        owner_organisation=units[2].organisation, denied=units[0].organisation, reason="x", denied_by=officers[2]
    ).save(using="service")
    return units, officers, circle


def fill(rows):
    """The rows, made inside the database; then its statistics, as autovacuum would keep them."""
    from django.db import connections, transaction

    units, officers, circle = found()
    parameters = {
        "rows": rows,
        "units": [unit.id for unit in units],
        "organisations": [unit.organisation_id for unit in units],
        "officers": [officer.id for officer in officers],
        "circle": circle.id,
    }
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for statement in ROWS.replace("% ", "%% ").split(";\n"):
            if statement.strip():
                cursor.execute(statement, parameters)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return officers[0]


def lookups(questions, officer, rounds, seconds_a_round):
    """Each question over and over within one transaction, web and service in turn: the best round of each, lookups a second."""
    from django.db import transaction

    from clew.access.scope import acting_as

    figures = {}
    for name, ask in questions.items():
        best = {"default": 0.0, "service": 0.0}
        for _ in range(rounds):
            for alias in ("default", "service"):
                scope = acting_as(officer) if alias == "default" else transaction.atomic(using=alias)
                with scope:
                    best[alias] = max(best[alias], _rate(lambda ask=ask, alias=alias: ask(alias), seconds_a_round))
        figures[name] = {
            "with_policies_per_s": round(best["default"]),
            "without_per_s": round(best["service"]),
            "kept": round(best["default"] / best["service"], 2),
        }
    return figures


def _rate(ask, lasting):
    asked, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < lasting:
        for _ in range(20):
            ask()
        asked += 20
    return asked / (time.perf_counter() - begun)


def _seen_ids(officer, rows):
    """Ids that the officer sees, of media, sightings and series: chosen at random over all there are."""
    from clew.access.scope import acting_as
    from clew.catalogue.models import Media, Series, Sighting

    chance = random.Random(5)
    kinds = {
        "media": (Media, "0001", rows),
        "sighting": (Sighting, "0005", rows),
        "series": (Series, "0002", rows // 50),
    }
    seen = {}
    with acting_as(officer):
        for name, (model, kind, most) in kinds.items():
            wanted = [f"{chance.randint(1, most):012x}70008000{kind}00000000" for _ in range(3_000)]
            seen[name] = (model, list(model.objects.filter(id__in=wanted).values_list("id", flat=True)))
    return seen


def lookup_questions(officer, rows):
    """One record by its id: as the product asks, through Django; and as bare SQL, its text planned each time, which is dearer to none."""
    from django.db import connections

    chance, through_django, bare = random.Random(7), {}, {}
    for name, (model, ids) in _seen_ids(officer, rows).items():

        def by_model(alias, model=model, ids=ids):
            assert model.objects.using(alias).filter(id=chance.choice(ids)).first() is not None

        def by_sql(alias, table=f"catalogue_{name}", ids=ids):
            with connections[alias].connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {table} WHERE id = '{chance.choice(ids)}'")
                assert cursor.fetchone() is not None

        through_django[name], bare[name] = by_model, by_sql
    return through_django, bare


def pages(officer):
    """The pages by name: from an officer's request to rows in memory, with the count."""
    from clew.access.audit_queries import Wanted, entries_wanted
    from clew.access.paging import PAGE_ROWS, CountedPages
    from clew.catalogue.models import Media, Series
    from clew.catalogue.queries import media_of_series, series_for, series_of, series_visible, sightings_of
    from clew.cooperation.queries import alerts_of, requests_of
    from clew.intake.queries import submissions_of

    great = Series.objects.using("service").order_by("id").first()
    small = Series.objects.using("service").filter(owner_organisation=officer.organisation_id).order_by("-id")[3]
    media = Media.objects.using("service").get(id=f"{500:012x}70008000000100000000")

    def read(rows, number=1):
        page = CountedPages(rows).get_page(number)
        return len(list(page)), page.has_next()

    def read_entries(**wanted):
        return len(entries_wanted(officer, Wanted(**wanted))[: PAGE_ROWS + 1])

    return {
        "series, first page": lambda: read(series_visible(officer)),
        "series, tenth page": lambda: read(series_visible(officer), 10),
        "one great series, first page of its media": lambda: read(
            media_of_series(officer, series_for(officer, great.id))
        ),
        "one great series, tenth page": lambda: read(media_of_series(officer, series_for(officer, great.id)), 10),
        "one small series and its media": lambda: read(media_of_series(officer, series_for(officer, small.id))),
        "one media, its sightings and series": lambda: (
            read(sightings_of(officer, media)),
            len(series_of(officer, media)),
        ),
        "submissions": lambda: read(submissions_of(officer)),
        "alerts": lambda: read(alerts_of(officer)),
        "requests for access": lambda: read(requests_of(officer)),
        "ledger entries of the organisation": read_entries,
        "ledger entries of an officer": lambda: read_entries(officer_id=officer.id),
        "ledger entries of a record": lambda: read_entries(subject_id=media.id),
        "begin of a transaction in scope": lambda: None,
    }


def page_times(officer):
    """Milliseconds of each page, its transaction and scope included: the median, and the longest of a few."""
    from clew.access.scope import acting_as

    figures = {}
    for name, page in pages(officer).items():
        times = []
        for _ in range(PAGE_ROUNDS + 1):
            begun = time.perf_counter()
            with acting_as(officer):
                page()
            times.append(1000 * (time.perf_counter() - begun))
        # The first warms the caches, as any page before would have.
        figures[name] = {"median_ms": round(statistics.median(times[1:]), 1), "longest_ms": round(max(times[1:]), 1)}
    return figures


def measure(rows, is_quick):
    officer = fill(rows)
    through_django, bare = lookup_questions(officer, rows)
    rounds, lasting = (6, 0.15) if is_quick else (20, 0.25)
    figures = {
        "media": rows,
        "lookups_through_django": lookups(through_django, officer, rounds, lasting),
        "lookups_bare_sql": lookups(bare, officer, rounds, lasting),
        "pages": page_times(officer),
    }
    figures["pages_longest_median_ms"] = max(page["median_ms"] for page in figures["pages"].values())
    return figures


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="50,000 media instead of a million, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
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
        figures = measure(50_000 if asked.quick else 1_000_000, asked.quick)
    if not asked.json:
        print(json.dumps(figures, indent=1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
