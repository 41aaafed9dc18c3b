"""Decode and hash: one JPEG from file to PDQ hash, beside ThreatExchange's own hasher on the same files, turn by turn.

Figures are ratios (peer's time by ours; above 1 we are faster), one core each. `in the jail` is our time with the decoder walled in,
as the product runs it; the peer decodes in its own process.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from asked_peer import Peer
from rendered import SIZES, write_pictures

from clew.media.decode import decode
from clew.media.jail import Jail
from clew.media.sniff import HEAD_SIZE_BYTES, sniff
from clew.signatures.pdq import pdq, pdq_dihedral, warm_up


def ours(path):
    begun = time.perf_counter()
    content = path.read_bytes()
    decoded = decode(sniff(content[:HEAD_SIZE_BYTES]), io.BytesIO(content), content=memoryview(content))
    made = pdq(decoded.pixels)
    return time.perf_counter() - begun, made


def ours_in_the_jail(path, jail):
    begun = time.perf_counter()
    made = pdq_dihedral(jail.examine(path.read_bytes()).pixels)
    return time.perf_counter() - begun, made


def measure(paths, rounds, peer, jail):
    times = {"peer": [], "ours": [], "jailed": []}
    equal = 0
    for _round in range(rounds):
        for path in paths:
            peer_seconds, digest, quality = peer.hash(path)
            seconds, made = ours(path)
            jailed_seconds, _turned = ours_in_the_jail(path, jail)
            times["peer"].append(peer_seconds)
            times["ours"].append(seconds)
            times["jailed"].append(jailed_seconds)
            equal += (made.hex, made.quality) == (digest, quality)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    return {
        "ratio_decode_and_hash": round(middle["peer"] / middle["ours"], 2),
        "ratio_in_the_jail_eight_orientations": round(middle["peer"] / middle["jailed"], 2),
        "ours_ms": round(middle["ours"] * 1000, 2),
        "jailed_ms": round(middle["jailed"] * 1000, 2),
        "peer_ms": round(middle["peer"] * 1000, 2),
        "hashes_equal": equal,
        "hashes": rounds * len(paths),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer pictures, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    # One core for each, as the figures are by core.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    warm_up()
    peer, figures = Peer(), {}
    with tempfile.TemporaryDirectory() as folder, Jail() as jail:
        for name, size in SIZES.items():
            number, rounds = (3, 2) if asked.quick else (12, 5)
            paths = write_pictures(Path(folder) / name, size, number)
            measure(paths[:1], 1, peer, jail)
            figures[f"{name} MP"] = measure(paths, rounds, peer, jail)
            if not asked.json:
                print(f"{name:>4} MP", figures[f"{name} MP"], flush=True)
    peer.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
