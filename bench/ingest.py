"""Ingest: pictures per second and core from a file on the disk to its stored verdict, in a database and a vault of its own.

Everything runs on one core: sender, jail, worker and PostgreSQL. Beside it, on the same core and the same files, two peers that only
decode and hash, and seal, store, compare and decide nothing: ThreatExchange's PDQ hasher, at full size, and the strong one, which
decodes small. A ratio above 1 says that Clew does all of it in less time than the peer hashes.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path

from asked_peer import STRONG, Peer
from rendered import SIZES, write_pictures


def officer():
    """A unit with a specialist."""
    from clew.access.actions import enlist_officer, found_organisation, set_up_unit

    organisation = found_organisation(key="no", name="Norway", kind="bureau", country="NO", state="active")
    unit = set_up_unit(
        organisation,
        name="Unit",
        contact_email="desk@no.example",
        contact_phone="+47 00",
        purpose_default="benchmark",
        legal_basis_default="benchmark",
    )
    return enlist_officer(
        unit,
        username="bench",
        name="Bench",
        roles=["specialist"],
        password="a long password",
        certified_until=dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1),
    )


def ingest(office, folder, case):
    """Seconds to send a folder and to have every verdict stored, and the counts."""
    from clew.intake.sources import find_all
    from clew.site.office import Details
    from clew.site.reading import batches

    begun = time.perf_counter()
    opened = office.open(Details(case_reference=case))
    for batch in batches(find_all([folder])):
        office.send(opened.id, batch)
    sent = time.perf_counter()
    decided, received = 0, 1
    while decided < received:
        decided, received = office.decided(opened.id)
    office.close(opened.id)
    office.decided(opened.id)
    ended = time.perf_counter()
    counts = {}
    for result in office.results(opened.id):
        counts[result["verdict"]] = counts.get(result["verdict"], 0) + 1
    return sent - begun, ended - sent, counts


def measure(office, peers, folder, name, size, number):
    # Rooms of their own, so that one size does not meet another.
    paths = write_pictures(folder / name, size, number, place=size[0])
    sending, deciding, counts = ingest(office, folder / name, f"bench {name}")
    again = ingest(office, folder / name, f"bench again {name}")
    peer_seconds = {peer: sum(asked.hash(path)[0] for path in paths) for peer, asked in peers.items()}
    whole = sending + deciding
    return {
        "pictures": number,
        "pictures_per_second_per_core": round(number / whole, 1),
        "pictures_per_second_per_core_all_known": round(number / (again[0] + again[1]), 1),
        "sending_share": round(sending / whole, 2),
        "ratio_to_hashing_alone": {peer: round(seconds / whole, 2) for peer, seconds in peer_seconds.items()},
        "verdicts": counts,
        "verdicts_again": again[2],
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer pictures, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    home = Path(tempfile.mkdtemp(prefix="clew-bench-"))
    home.chmod(0o711)
    for name in [name for name in os.environ if name.startswith("CLEW_")]:
        del os.environ[name]
    os.environ["CLEW_HOME"] = str(home / "home")
    from clew.site.installation import installation

    peers, figures = {"threatexchange": Peer(), "strong": Peer(STRONG)}, {}
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        stack.enter_context(installation(is_starting=True))
        from clew.site.local_office import LocalOffice

        office = LocalOffice(officer())
        measure(office, peers, home, "warm", SIZES["0.3"], 4)
        for name, size in SIZES.items():
            number = {"0.3": 64, "2": 32, "12": 6}[name] * (1 if asked.quick else 8)
            figures[f"{name} MP"] = measure(office, peers, home, name, size, number)
            if not asked.json:
                print(f"{name:>4} MP", figures[f"{name} MP"], flush=True)
        figures["memory_peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    for peer in peers.values():
        peer.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
