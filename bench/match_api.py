"""Matching over the API on loopback: signatures answered a second, for batches of 1, 100 and 10,000, digests and looks.

Server, database and asker share the machine's cores. Of each batch one signature in a hundred is held, the rest is new. Beside it the same
batches asked of the action itself, without HTTP, and of the database's digest lookup alone; ratios are to asking one at a time.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np
from ingest import officer

PORT = 8599
#: Contents with their digests and a look, owned by one submission; all of it made inside the database.
HELD = """
INSERT INTO catalogue_media (id, kind, mime, metadata, original_address, thumbnail_address, preview_address, strip_address, derivation, first_seen_at)
  SELECT md5('media' || n)::uuid, 'image', 'image/jpeg', '{{}}', '', '', '', '', '{{}}', now() FROM generate_series(1, {rows}) n;
INSERT INTO catalogue_digests (media_id, sha256, sha1, md5)
  SELECT md5('media' || n)::uuid, sha256(convert_to('sha256-' || n, 'utf8')), substr(sha256(convert_to('sha1-' || n, 'utf8')), 1, 20),
    substr(sha256(convert_to('md5-' || n, 'utf8')), 1, 16) FROM generate_series(1, {rows}) n;
INSERT INTO catalogue_signature (media_id, kind, time_ms, bits, quality, algorithm)
  SELECT md5('media' || n)::uuid, 'pdq', 0, sha256(convert_to('pdq-' || n, 'utf8')), 100, 'bench' FROM generate_series(1, {rows}) n;
ANALYZE;
"""
SIZES = {"sha256": 32, "sha1": 20, "md5": 16, "pdq": 32}


def text(kind, number):
    """The signature of a held content."""
    return f"{kind}:{hashlib.sha256(f'{kind}-{number}'.encode()).digest()[: SIZES[kind]].hex()}"


def batch(rng, kinds, size, rows):
    """Signatures of these kinds in turn; one in a hundred is held (of single ones, the one is)."""
    asked = []
    for at in range(size):
        kind = kinds[at % len(kinds)]
        is_held = at % 100 == 0
        asked.append(
            text(kind, int(rng.integers(1, rows + 1))) if is_held else f"{kind}:{stranger(rng, SIZES[kind]).hex()}"
        )
    return asked


def stranger(rng, size_bytes):
    """Random bytes, about half of whose bits are set as in the hash of a picture."""
    while True:
        drawn = rng.bytes(size_bytes)
        if size_bytes < 32 or 100 <= int.from_bytes(drawn, "big").bit_count() <= 156:
            return drawn


def note_sightings(specialist, rows):
    """Have one submission hold everything."""
    from django.db import connections

    from clew.catalogue.actions import Grounds
    from clew.intake.actions import open_submission

    grounds = Grounds(purpose="benchmark", confidentiality="official", sharing="members")
    found = open_submission(specialist, case_reference="B", legal_basis="benchmark", grounds=grounds, door="bench")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_sighting (id, submission_id, media_id, path, seen_at, owner_unit_id, owner_organisation_id,"
            " confidentiality, sharing, audience_organisations, audience_groups, outside, purpose, release_only, denied_organisations,"
            " under_examination)"
            " SELECT md5('sighting' || n)::uuid, %s, md5('media' || n)::uuid, 'x', now(), %s, %s, 'official', 'members', '{}', '{}',"
            " 'contact', 'benchmark', false, '{}', false FROM generate_series(1, %s) n",
            [found.id, specialist.unit_id, specialist.organisation_id, rows],
        )


def rate(ask, batches, seconds):
    """Signatures a second, asking the batches in turn for so long, and the median milliseconds of an answer."""
    ask(batches[0])
    asked, times, begun = 0, [], time.perf_counter()
    while time.perf_counter() - begun < seconds:
        one = batches[len(times) % len(batches)]
        at = time.perf_counter()
        met = ask(one)
        times.append(time.perf_counter() - at)
        asked += len(one)
        assert met == -(-len(one) // 100), (met, len(one))
    return asked / (time.perf_counter() - begun), float(np.median(times)) * 1000


@contextlib.contextmanager
def server():
    process = subprocess.Popen([sys.executable, "-m", "clew", "serve", "--port", str(PORT)])
    try:
        for _ in range(300):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{PORT}/health", trust_env=False).is_success:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def measure(client, specialist, rows, seconds):
    from clew.catalogue.queries import media_with_digests
    from clew.intake.actions import match
    from clew.intake.signatures_stated import questions_of_signatures

    rng, figures = np.random.default_rng(1), {}

    def over_http(signatures):
        answer = client.post("/api/v1/match", content=json.dumps({"signatures": signatures}))
        return len(answer.json()["met"])

    def within(signatures):
        return len(match(specialist, questions_of_signatures(signatures), len(signatures)))

    kinds = {"digests": ("sha256", "sha1", "md5"), "looks": ("pdq",), "mixed": ("sha256", "sha1", "md5", "pdq")}
    for name, meant in kinds.items():
        told = figures[name] = {}
        for size in (1, 100, 10_000):
            batches = [batch(rng, meant, size, rows) for _ in range(200 if size == 1 else 10)]
            (by_http, ms), (by_action, _ms) = rate(over_http, batches, seconds), rate(within, batches, seconds)
            told[f"{size:,}"] = {
                "signatures_per_s": round(by_http),
                "answer_ms": round(ms, 2),
                "without_http_per_s": round(by_action),
            }
        told["ratio_of_10,000_to_1"] = round(told["10,000"]["signatures_per_s"] / told["1"]["signatures_per_s"], 1)
    digests = [[bytes.fromhex(one.split(":")[1]) for one in batch(rng, ("sha256",), 10_000, rows)] for _ in range(10)]
    by_database, _ms = rate(lambda asked: len(media_with_digests("sha256", asked)), digests, seconds)
    figures["digests"]["database_alone_per_s"] = round(by_database)
    in_order = [sorted(asked) for asked in digests]
    by_database, _ms = rate(lambda asked: len(media_with_digests("sha256", asked)), in_order, seconds)
    figures["digests"]["database_alone_in_order_per_s"] = round(by_database)
    return figures


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="100,000 contents instead of a million, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    rows, seconds = (100_000, 1.5) if asked.quick else (1_000_000, 3)
    home = Path(tempfile.mkdtemp(prefix="clew-bench-"))
    home.chmod(0o711)
    for name in [name for name in os.environ if name.startswith("CLEW_")]:
        del os.environ[name]
    os.environ["CLEW_HOME"] = str(home / "home")
    from clew.site.installation import installation

    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        stack.enter_context(installation(is_starting=True))
        from django.db import connections

        from clew.access.keys import create_key
        from clew.intake.keeping import build
        from clew.intake.recognition import recogniser

        specialist = officer()
        with connections["owner"].cursor() as cursor:
            cursor.execute(HELD.format(rows=rows))
        note_sightings(specialist, rows)
        with connections["owner"].cursor() as cursor:
            # What the load left to be done must not be done while it is measured.
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        begun = time.perf_counter()
        build(recogniser().store)
        built = time.perf_counter() - begun
        stack.enter_context(server())
        headers = {"Authorization": f"Bearer {create_key(specialist, 'bench')}", "Content-Type": "application/json"}
        client = httpx.Client(base_url=f"http://127.0.0.1:{PORT}", headers=headers, timeout=60, trust_env=False)
        figures = {"contents": rows, "index_built_from_database_s": round(built, 2)}
        figures |= measure(client, specialist, rows, seconds)
    if not asked.json:
        print(json.dumps(figures, indent=1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
