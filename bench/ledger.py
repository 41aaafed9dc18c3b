"""The ledger: a million entries verified on one core, from an export's files and from the database; what growing the tree, a proof and an entry cost.

Beside the export's verification, in the same run and over the same bytes: SHA-256 of every line alone, which no verifier can do without, and
the tree exactly as RFC 6962, section 2.1, defines it, by recursion. Every verification must find the ledger whole, and one changed entry.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

#: Entries like those of pages, made inside the database in the canonical form itself; the hash is that of the product's rules.
ENTRIES = """
INSERT INTO ledger_entry (at, format, verb, outcome, officer_id, organisation_id, subject_kind, subject_id, facts, door, session_hash,
    address_hash, purpose, legal_basis, sensitive, leaf_hash)
  SELECT at, 2, 'catalogue:media:read', '200', officer, organisation, 'media', media, '{{}}', 'page', session, address, '', '', '{{}}',
    sha256('\\x00'::bytea || convert_to(
      '{{"address":"' || encode(address, 'hex') || '","at":"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
      || '+00:00","basis":"","door":"page","facts":{{}},"format":2,"officer":"' || officer || '","organisation":"' || organisation
      || '","outcome":"200","purpose":"","sensitive":{{}},"session":"' || encode(session, 'hex') || '","subject":["media","' || media
      || '"],"verb":"catalogue:media:read"}}', 'utf8'))
  FROM (SELECT now() + n * interval '1 millisecond' AS at, md5('officer' || n % 500)::uuid AS officer,
    md5('organisation' || n % 60)::uuid AS organisation, md5('media' || n)::uuid AS media, sha256(convert_to('session' || n % 2000, 'utf8'))
    AS session, sha256(convert_to('address' || n % 900, 'utf8')) AS address FROM generate_series(1, {rows}) n) made;
ANALYZE ledger_entry;
"""


def seconds(act):
    """Processor seconds of this process and seconds by the clock, and what the act gave."""
    cpu, clock = time.process_time(), time.perf_counter()
    found = act()
    return round(time.process_time() - cpu, 2), round(time.perf_counter() - clock, 2), found


def by_definition(leaves, start, stop):
    if stop - start == 1:
        return leaves[start]
    middle = start + (1 << ((stop - start - 1).bit_length() - 1))
    left, right = by_definition(leaves, start, middle), by_definition(leaves, middle, stop)
    return hashlib.sha256(b"\x01" + left + right).digest()


def change_one(folder):
    lines = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    lines[len(lines) // 2] = lines[len(lines) // 2].replace(b'"200"', b'"404"')
    (folder / "entries.jsonl").write_bytes(b"".join(lines))


def measure(rows, home):
    from django.db import connections, transaction

    from clew.ledger.actions import record
    from clew.ledger.export_reading import verify_export
    from clew.ledger.exporting import export
    from clew.ledger.keyring import signing_keys
    from clew.ledger.models import Leaf
    from clew.ledger.proofs import prove_consistency
    from clew.ledger.signing import newest_checkpoint, prove_entry, sign_if_grown
    from clew.ledger.stored_tree import StoredTree, grow
    from clew.ledger.verifying import verify_stored

    with connections["owner"].cursor() as cursor:
        cursor.execute(ENTRIES.format(rows=rows))
    cpu, clock, added = seconds(grow)
    figures = {"entries": added, "grown_s": clock, "grown_per_s": round(added / clock)}
    sign_if_grown(at_once=True)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    cpu, clock, report = seconds(verify_stored)
    assert report.is_whole, report.faults
    figures |= {"verify_database_s": clock, "verify_database_own_processor_s": cpu}
    folder = home / "export"
    _cpu, figures["export_s"], _about = seconds(lambda: export(folder))
    cpu, clock, report = seconds(lambda: verify_export(folder, key=signing_keys().signer.verifier))
    assert report.is_whole, report.faults
    lines = (folder / "entries.jsonl").read_bytes().splitlines()
    bare, _clock, leaves = seconds(lambda: [hashlib.sha256(b"\x00" + line).digest() for line in lines])
    tree, _clock, root = seconds(lambda: by_definition(leaves, 0, len(leaves)))
    assert root == report.root
    figures |= {
        "verify_export_s": clock,
        "verify_export_processor_s": cpu,
        "bare_hashing_s": bare,
        "tree_by_definition_s": tree,
        "verify_export_to_bare_hashing_and_that_tree": round(cpu / (bare + tree), 2),
    }
    change_one(folder)
    changed = verify_export(folder, key=signing_keys().signer.verifier)
    assert [fault.kind.value for fault in changed.faults] == ["entry altered"]
    stored = newest_checkpoint()
    sequences = Leaf.objects.using("service").values_list("entry_sequence", flat=True).order_by("index")
    proofs = [seconds(lambda at=at: prove_entry(at))[1:] for at in sequences[:: max(1, stored.size // 50)]]
    figures["prove_entry_ms"] = round(1000 * statistics.median(clock for clock, _ in proofs), 1)
    figures["proof_of_entry_bytes_max"] = max(len(proof.split("\n\n")[0].split("\nindex")[1]) for _, proof in proofs)
    tree_ = StoredTree()
    consistency = [
        prove_consistency(tree_.read, size, stored.size) for size in range(1, stored.size, max(1, stored.size // 50))
    ]
    figures["consistency_proof_bytes_max"] = 32 * max(map(len, consistency))

    def write():
        with transaction.atomic(using="service"):
            record("bench:entry:write", actor=None, using="service", sensitive={"path": "a"})

    times = [_timed(write) for _ in range(300)]
    figures["one_entry_committed_ms"] = round(1000 * statistics.median(times), 2)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_total_relation_size('ledger_entry'), pg_total_relation_size('ledger_leaf') + pg_total_relation_size('ledger_node')"
        )
        entry_bytes, tree_bytes = cursor.fetchone()
    return figures | {"entry_bytes": round(entry_bytes / added), "tree_bytes_an_entry": round(tree_bytes / added)}


def _timed(act):
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="50,000 entries instead of a million, under 60 seconds")
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
        figures = measure(50_000 if asked.quick else 1_000_000, home)
    if not asked.json:
        print(json.dumps(figures, indent=1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
