"""The review desk: how much of a seizure somebody must look at to categorise all of it, and whether anything inherited a wrong decision.

A seizure of 20,000 pictures is drawn from the demo world's truth, stacked by the product's own code, and decided by a simulated reviewer: for each
stack that is served the medoid is looked at, its code is what the truth says of the original it shows, and the whole stack is decided with it. A
decision counts as wrongly inherited where a content shows another original than the medoid that was looked at, also where both have the same code.
Beside it what peers ask for: a look at every distinct hash, and at every file. `--new` draws another share of rooms that nobody has seen.

Then once more where a second country has decided the originals that are in series, and shares what it decided: offers are taken over without a look.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

from ingest import officer
from seizure import draw, hashed

FILES, NEW_SHARE, SEEDS = 20_000, 0.05, (1, 2)
#: Contents catalogued in one transaction.
AT_ONCE = 2000
#: One stack each, for the time that serving takes.
STACKS = """
INSERT INTO catalogue_media (id, kind, mime, metadata, original_address, thumbnail_address, preview_address, strip_address, derivation, first_seen_at)
  SELECT md5('media' || n)::uuid, 'image', 'image/jpeg', '{}', '', 'kept', '', '', '{}', now() FROM generate_series(1, %(rows)s) n;
INSERT INTO catalogue_sighting (id, submission_id, media_id, path, seen_at, owner_unit_id, owner_organisation_id, confidentiality, sharing,
    audience_organisations, audience_groups, outside, purpose, release_only, denied_organisations, under_examination)
  SELECT md5('sighting' || n)::uuid, %(submission)s, md5('media' || n)::uuid, 'x', now(), %(unit)s, %(organisation)s, 'restricted', 'nobody', '{}',
    '{}', 'contact', 'benchmark', false, '{}', false FROM generate_series(1, %(rows)s) n;
INSERT INTO review_stack (id, owner_organisation_id, medoid_id, size, files, made_at, worth, reasons)
  SELECT md5('stack' || n)::uuid, %(organisation)s, md5('media' || n)::uuid, 1, 1, now(), (n * 7919) %% 1000, '[]'
  FROM generate_series(1, %(rows)s) n;
INSERT INTO review_stackmember (id, owner_organisation_id, stack_id, media_id, distance, orientation, variant, joined_at)
  SELECT md5('member' || n)::uuid, %(organisation)s, md5('stack' || n)::uuid, md5('media' || n)::uuid, 0, 'original', '', now()
  FROM generate_series(1, %(rows)s) n;
"""


def code_of(shot):
    """What the truth says of an original: drawn once for each, so that two originals seldom agree by chance alone."""
    from clew.review.schemes import scheme_of

    codes = scheme_of("uk").codes
    return codes[hashlib.sha256(shot.key.encode()).digest()[0] % len(codes)].code


def bring(specialist, files, contents, *, reference, sharing="nobody"):
    """One finished submission of these files; media id -> the file that shows it."""
    from django.db import transaction

    from clew.catalogue.actions import Content, Grounds, catalogue_contents, note_sightings
    from clew.catalogue.models import Submission, SubmissionState
    from clew.intake.actions import open_submission
    from clew.intake.models import ReceivedFile, Verdict
    from clew.kernel.ids import new_id

    grounds = Grounds(purpose="benchmark", confidentiality="restricted", sharing=sharing)
    submission = open_submission(
        specialist, case_reference=reference, legal_basis="benchmark", grounds=grounds, door="bench"
    )
    shown = {}
    for start in range(0, len(files), AT_ONCE):
        some = files[start : start + AT_ONCE]
        told = [
            Content(
                kind="image",
                mime="image/jpeg",
                size_bytes=row["size_bytes"],
                width=row["width"],
                height=row["height"],
                thumbnail_address="kept",
                digests={"sha256": row["sha256"], "sha1": row["sha256"][:20], "md5": row["sha256"][:16]},
                pdq_bits=row["bits"],
                pdq_quality=row["quality"],
                pdq_algorithm="bench",
                further=row["further"],
                turned=row["turned"],
            )
            for row in (contents[file.content] for file in some)
        ]
        with transaction.atomic(using="service"):
            ids = catalogue_contents(told, submission_id=submission.id)
            sightings = note_sightings(
                submission, [(id_, file.path, None) for id_, file in zip(ids, some, strict=True)]
            )
            own = {"submission": submission, "owner_organisation_id": specialist.organisation_id}
            received = [ReceivedFile(id=new_id(), client_key=f.path, path=f.path, decided=True, **own) for f in some]
            ReceivedFile.objects.using("service").bulk_create(received)
            Verdict.objects.using("service").bulk_create(
                [
                    Verdict(file=file, sighting=sighting, kind="new", reason="no match", **own)
                    for file, sighting in zip(received, sightings, strict=True)
                ]
            )
        shown.update(zip(ids, some, strict=True))
    Submission.objects.using("service").filter(id=submission.id).update(state=SubmissionState.FINISHED)
    return submission, shown


def colleague_abroad():
    """A specialist of a second country."""
    from clew.access.actions import enlist_officer, found_organisation, set_up_unit
    from clew.kernel.clock import now

    organisation = found_organisation(key="pt", name="Portugal", kind="bureau", country="PT", state="active")
    unit = set_up_unit(
        organisation,
        name="Unit",
        contact_email="desk@pt.example",
        contact_phone="+351 00",
        purpose_default="benchmark",
        legal_basis_default="benchmark",
    )
    return enlist_officer(
        unit,
        username="abroad",
        name="Abroad",
        roles=["specialist"],
        password=uuid.uuid4().hex,
        certified_until=now().date().replace(year=now().year + 1),
    )


def review(specialist, shown, *, is_adopting):
    """Decide every stack that is served; what was looked at, taken over, and the milliseconds that serving and deciding took."""
    from clew.access.scope import acting_as
    from clew.review.offers import adopt, offers_for
    from clew.review.proposals import accept, proposals_of
    from clew.review.stacks import decide_stack, next_stack

    looked, adopted, serving, deciding = [], 0, [], []
    while True:
        begun = time.perf_counter()
        stack = next_stack(specialist)
        serving.append(1000 * (time.perf_counter() - begun))
        if stack is None:
            return looked, adopted, serving[:-1], deciding
        offers = []
        if is_adopting:
            with acting_as(specialist):
                offers = offers_for(specialist, stack)
        begun = time.perf_counter()
        if offers:
            adopt(specialist, stack.id, offers[0].statement.id)
            with acting_as(specialist):
                stack.refresh_from_db()
                is_more = bool(proposals_of(specialist, stack))
            if is_more:
                accept(specialist, stack.id)
            adopted += 1
        else:
            looked.append(stack.medoid_id)
            decide_stack(specialist, stack.id, code_of(shown[stack.medoid_id].shot), whole=True)
        deciding.append(1000 * (time.perf_counter() - begun))


def judged(specialist, shown):
    """Contents without a decision; with one that was inherited from another original; and with a wrong code."""
    from clew.review.models import StackMember, Statement

    own = {"owner_organisation": specialist.organisation_id}
    stated = Statement.objects.using("service").filter(is_standing=True, **own)
    said = dict(stated.values_list("media_id", "code"))
    members = StackMember.objects.using("service").filter(**own).values_list("media_id", "stack__medoid_id")
    strangers = sum(shown[media_id].shot != shown[medoid].shot for media_id, medoid in members)
    wrong = sum(said[media_id] != code_of(file.shot) for media_id, file in shown.items() if media_id in said)
    return {"undecided": len(shown.keys() - said.keys()), "of_another_original": strangers, "wrong_code": wrong}


def measure(specialist, seed, files, contents, *, abroad=None):
    """One seizure, from its files to the last decision."""
    from clew.review.models import Stack
    from clew.review.stacking import stack_submission

    if abroad is not None:
        decide_abroad(abroad, files, contents)
    submission, shown = bring(specialist, files, contents, reference=f"SEIZURE-{seed}")
    begun = time.perf_counter()
    stack_submission(submission.id)
    stacking_s = time.perf_counter() - begun
    own = Stack.objects.using("service").filter(owner_organisation=specialist.organisation_id)
    stacks = own.count()
    looked, adopted, serving, deciding = review(specialist, shown, is_adopting=abroad is not None)
    hashes = {contents[file.content]["bits"] for file in files}
    figures = {
        "files": len(files),
        "distinct_contents": len(shown),
        "distinct_pdq_hashes": len(hashes),
        "originals": len({file.shot for file in files}),
        "stacks": stacks,
        "looked_at": len(looked),
        "taken_over": adopted,
        "looked_at_of_files": round(len(looked) / len(files), 4),
        "looked_at_of_distinct_hashes": round(len(looked) / len(hashes), 4),
        "every_distinct_hash_of_files": round(len(hashes) / len(files), 4),
        "wrong": judged(specialist, shown),
        "stacking_s_per_1000_files": round(1000 * stacking_s / len(files), 3),
        "stacking_s_per_1000_contents": round(1000 * stacking_s / len(shown), 3),
        "next_stack_ms_median": round(statistics.median(serving), 2),
        "decide_stack_ms_median": round(statistics.median(deciding), 2),
    }
    print(json.dumps(figures), file=sys.stderr)
    assert not any(figures["wrong"].values()), figures["wrong"]
    return figures


def decide_abroad(abroad, files, contents):
    """The second country holds the originals of the series, shares them with all members, and has decided each by a look."""
    from clew.review.deciding import decide

    originals = {file.shot: file for file in files if file.series is not None and file.change is None}
    _submission, shown = bring(abroad, list(originals.values()), contents, reference="ARCHIVE", sharing="members")
    for media_id, file in shown.items():
        decide(abroad, [media_id], code=code_of(file.shot))


def serving(rows):
    """Milliseconds of `next_stack` where so many stacks wait, each time after the one before was decided."""
    from django.db import connections

    from clew.catalogue.actions import Grounds
    from clew.intake.actions import open_submission
    from clew.review.stacks import decide_stack, next_stack

    specialist = officer()
    grounds = Grounds(purpose="benchmark", confidentiality="restricted", sharing="nobody")
    submission = open_submission(specialist, case_reference="Q", legal_basis="benchmark", grounds=grounds, door="bench")
    values = {
        "rows": rows,
        "submission": submission.id,
        "unit": specialist.unit_id,
        "organisation": specialist.organisation_id,
    }
    with connections["owner"].cursor() as cursor:
        cursor.execute(STACKS, values)
        cursor.execute("ANALYZE")
    times = []
    for _ in range(200):
        begun = time.perf_counter()
        stack = next_stack(specialist)
        times.append(1000 * (time.perf_counter() - begun))
        decide_stack(specialist, stack.id, "A", whole=True)
    return {
        "stacks": rows,
        "next_stack_ms_median": round(statistics.median(times), 2),
        "next_stack_ms_p99": round(sorted(times)[-2], 2),
    }


@contextlib.contextmanager
def installed():
    """A database of its own."""
    from clew.site.installation import installation

    home = Path(tempfile.mkdtemp(prefix="clew-bench-"))
    home.chmod(0o711)
    for name in [name for name in os.environ if name.startswith("CLEW_")]:
        del os.environ[name]
    os.environ["CLEW_HOME"] = str(home / "home")
    try:
        with installation(is_starting=True):
            yield
    finally:
        shutil.rmtree(home, ignore_errors=True)


def emptied():
    """Everything out, for the next measurement."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "SELECT string_agg(format('DELETE FROM %I', tablename), ';') FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        )
        cursor.execute(cursor.fetchone()[0])
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="400 files of two of the series, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    options.add_argument("--new", type=float, default=NEW_SHARE, help="share of rooms that nobody has seen")
    options.add_argument(
        "--kept", help="a file in which hashes are kept between runs: rendering takes most of the time"
    )
    asked = options.parse_args()
    count, series = (400, 2) if asked.quick else (FILES, None)
    drawn = {seed: draw(seed, count, asked.new, series=series) for seed in SEEDS}
    begun = time.perf_counter()
    contents = hashed([file for files in drawn.values() for file in files], asked.kept)
    figures = {"new_share": asked.new, "rendering_and_hashing_s": round(time.perf_counter() - begun, 1)}
    with installed():
        for seed, files in drawn.items():
            figures[f"seed_{seed}"] = measure(officer(), seed, files, contents)
            emptied()
        figures["taken_over"] = measure(officer(), 1, drawn[SEEDS[0]], contents, abroad=colleague_abroad())
        emptied()
        figures["serving"] = serving(2000 if asked.quick else FILES)
    if not asked.json:
        print(json.dumps(figures, indent=1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
