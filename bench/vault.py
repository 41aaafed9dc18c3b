"""What keys kept apart cost, and what a rotation and a scrub take.

Sealing and opening beside the form of object whose key lies in its own header (`apart` by `header`, seconds by seconds: 1 is as quick); a rotation of
many keys while one thread reads and one writes; and opening everything to its end beside reading the same files and taking their SHA-256, the least
that any check of a store must do (`to_sha256`: its MB/s by ours, above 1 we are faster). The database is an embedded one of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

SMALL_BYTES, BATCH = 20_000, 64


def timed(work):
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def sealing_and_opening(vaults, rounds):
    """Batches of small files, single files and a large one, by either form in turn."""
    rng = random.Random(1)
    times = {name: {way: [] for way in ("batch", "single", "open", "thumbnails")} for name in vaults}
    for _ in range(rounds):
        for name, (vault, namespace) in vaults.items():
            contents = [rng.randbytes(SMALL_BYTES) for _ in range(BATCH)]
            seconds, blobs = timed(lambda v=vault, c=contents: v.seal_many(c))
            times[name]["batch"].append(seconds / BATCH)
            single = rng.randbytes(SMALL_BYTES)
            times[name]["single"].append(timed(lambda v=vault, c=single: v.seal_bytes(c))[0])
            made = [(namespace, blob.address, "jpeg", bytes(SMALL_BYTES)) for blob in blobs]
            seconds, thumbnails = timed(lambda v=vault, m=made: v.seal_derived_many(m))
            times[name]["thumbnails"].append(seconds / BATCH)
            addresses = [blob.address for blob in (*blobs, *thumbnails)]
            seconds, _ = timed(lambda v=vault, a=addresses: [v.open(one) for one in a])
            times[name]["open"].append(seconds / len(addresses))
    figures = {}
    for way in ("batch", "single", "thumbnails", "open"):
        header, apart = (statistics.median(times[name][way]) * 1000 for name in ("header", "apart"))
        figures[way] = {"header_ms": round(header, 3), "apart_ms": round(apart, 3), "ratio": round(apart / header, 2)}
    return figures


def rotating(vault, envelopes, count):
    """A rotation of so many keys, with a reader and a writer at work; the objects behind most of them are of no matter to it."""
    from clew.vault.addresses import BlobAddress
    from clew.vault.rotation import rotate

    organisation, rng = uuid.UUID(int=9), random.Random(2)
    held = {
        blob.address: None
        for blob in vault.seal_many([rng.randbytes(500) for _ in range(200)], organisation_id=organisation)
    }
    with envelopes.connections.transaction() as connection:
        key = envelopes.keys.current(connection, organisation)
        for at in range(0, count, 5000):
            keys = {
                BlobAddress(f"originals/{rng.randbytes(32).hex()}"): rng.randbytes(32)
                for _ in range(min(5000, count - at))
            }
            envelopes.add(connection, key, keys)
    ended, counts, failures = threading.Event(), {"read": 0, "written": 0}, []

    def read():
        vault.open(rng.choice(list(held)))
        counts["read"] += 1

    def write():
        vault.seal_bytes(os.urandom(500), organisation_id=organisation)
        counts["written"] += 1

    def again(work):
        while not ended.is_set():
            try:
                work()
            except Exception as failure:  # noqa: BLE001 - whatever it is, it counts
                failures.append(type(failure).__name__)

    threads = [threading.Thread(target=again, args=(work,)) for work in (read, write)]
    for thread in threads:
        thread.start()
    seconds, done = timed(lambda: rotate(envelopes, organisation))
    ended.set()
    for thread in threads:
        thread.join()
    return {
        "keys": done.rewrapped,
        "seconds": round(seconds, 1),
        "keys_per_second": round(done.rewrapped / seconds),
        "meanwhile_read": counts["read"],
        "meanwhile_written": counts["written"],
        "failures": len(failures),
    }


def scrubbing(vault, root, sizes, total_bytes):
    """Opening to the end, turn by turn with SHA-256 over the same files."""
    from clew.vault.scrubbing import check_all

    def opened(addresses):
        for at in range(0, len(addresses), 200):
            keys = vault.envelopes.examined(addresses[at : at + 200])
            for address, key in keys.items():
                check_all(vault, address, key)

    figures = {}
    for name, size in sizes.items():
        rng = random.Random(size)
        contents = [rng.randbytes(size) for _ in range(max(4, total_bytes // size))]
        blobs = [blob for at in range(0, len(contents), 100) for blob in vault.seal_many(contents[at : at + 100])]
        addresses = [blob.address for blob in blobs]
        paths = [root / address.path for address in addresses]
        times = {"ours": [], "sha256": []}
        for _ in range(3):
            times["sha256"].append(timed(lambda p=paths: [hashlib.sha256(one.read_bytes()).digest() for one in p])[0])
            times["ours"].append(timed(lambda a=addresses: opened(a))[0])
        amount = sum(path.stat().st_size for path in paths) / 1e6
        ours, sha256 = (amount / statistics.median(times[way]) for way in ("ours", "sha256"))
        figures[name] = {
            "objects": len(paths),
            "mb_per_second": round(ours),
            "sha256_mb_per_second": round(sha256),
            "to_sha256": round(ours / sha256, 2),
        }
    return figures


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer keys and bytes, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ["CLEW_HOME"] = str(Path(folder) / "home")
        os.environ["DJANGO_SETTINGS_MODULE"] = "clew.site.settings"
        figures = measure(Path(folder), quick=asked.quick)
    if not asked.json:
        for name, told in figures.items():
            print(name, told, file=sys.stderr)
    print(json.dumps(figures))


def measure(folder, *, quick):
    from clew.site.home import home
    from clew.site.installation import installation

    with installation(is_starting=True):
        from clew.vault.addresses import Namespace
        from clew.vault.opened import envelopes, keyring, vault
        from clew.vault.store import Vault

        header = Vault(folder / "header", keyring())
        both = {"header": (header, Namespace.THUMBNAILS), "apart": (vault(), Namespace.THUMBNAILS)}
        sealing_and_opening(both, 1)
        figures = {"sealing": sealing_and_opening(both, 5 if quick else 25)}
        figures["rotation"] = rotating(vault(), envelopes(), 20_000 if quick else 100_000)
        sizes = {"20 KB": 20_000, "2 MB": 2_000_000, "50 MB": 50_000_000}
        figures["scrub"] = scrubbing(vault(), home().vault, sizes, 20_000_000 if quick else 100_000_000)
        envelopes().connections.close()
    return figures


if __name__ == "__main__":
    main()
