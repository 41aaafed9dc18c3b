"""Decode and hash: one JPEG from file to PDQ hash, beside two peers on the same files, turn by turn, one core each.

Figures are ratios (peer's time by ours; above 1 we are faster). `threatexchange` hashes at full size, as we do, and its hashes must be
equal to ours; `strong` decodes small and hashes that. `jailed` is our time with the decoder walled in, all eight orientations and the three
digests, as the product runs it; the peers decode in their own process and make one hash. `luma` is the fast mode, whose hashes nothing
stores. Seconds are the processor's, so that others at work on the machine do not count, but `jailed`, which is several processes and is
taken by the clock, as are the peers beside it. Drift is the distance in bits to the hash of the full picture.
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

from asked_peer import STRONG, Peer
from photographs import files
from rendered import SIZES, write_pictures

from clew.media.decode import decode
from clew.media.jail import Jail
from clew.media.sniff import HEAD_SIZE_BYTES, sniff
from clew.signatures.digests import digest_bytes
from clew.signatures.pdq import pdq, pdq_dihedral, warm_up
from clew.signatures.pdq_hash import PdqHash
from clew.signatures.pdq_luma import pdq_of_luma

CLOCKED = tuple(f"{name} by the clock" for name in ("threatexchange", "strong"))


def decoded(path):
    content = path.read_bytes()
    return decode(sniff(content[:HEAD_SIZE_BYTES]), io.BytesIO(content), content=memoryview(content)).pixels


def ours(path):
    begun = time.process_time()
    made = pdq(decoded(path))
    return time.process_time() - begun, made


def decoding(path):
    begun = time.process_time()
    decoded(path)
    return time.process_time() - begun, None


def luma(path):
    begun = time.process_time()
    made = pdq_of_luma(path.read_bytes())
    return time.process_time() - begun, made


def jailed(path, jail):
    begun = time.perf_counter()
    content = path.read_bytes()
    digest_bytes(content)
    made = pdq_dihedral(jail.examine(content).pixels)
    return time.perf_counter() - begun, made


def measure(paths, rounds, peers, jail):
    times = {name: [] for name in (*peers, *CLOCKED, "ours", "decoding", "luma", "jailed")}
    drifts = {"luma": [], "strong": []}
    equal = 0
    for _round in range(rounds):
        for path in paths:
            told = {}
            for name, peer in peers.items():
                clock, processor, digest, quality = peer.hash(path)
                told[name], told[f"{name} by the clock"] = (processor, digest, quality), (clock,)
            own = {"ours": ours(path), "decoding": decoding(path), "luma": luma(path), "jailed": jailed(path, jail)}
            for name, (seconds, *_hash) in (told | own).items():
                times[name].append(seconds)
            whole = own["ours"][1]
            equal += (whole.hex, whole.quality) == told["threatexchange"][1:]
            drifts["luma"].append(whole.distance(own["luma"][1]))
            drifts["strong"].append(whole.distance(PdqHash.from_hex(told["strong"][1])))
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    ratios = {way: {name: round(middle[name] / middle[way], 2) for name in peers} for way in ("ours", "luma")}
    ratios["jailed"] = {name: round(middle[f"{name} by the clock"] / middle["jailed"], 2) for name in peers}
    return {
        "ratios": ratios,
        "ms": {name: round(seconds * 1000, 2) for name, seconds in middle.items()},
        "hashes_equal": equal,
        "hashes": rounds * len(paths),
        "drift_bits": {name: spread(drifts[name]) for name in drifts},
    }


def drift(paths):
    """How far the fast mode's hashes lie from the stored ones, over many files."""
    return spread([ours(path)[1].distance(luma(path)[1]) for path in paths])


def spread(bits):
    return {"median": statistics.median(bits), "maximum": max(bits), "pictures": len(bits)} if bits else None


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer pictures, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    real = files()[: 8 if asked.quick else None]
    # One core for each, as the figures are by core.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    warm_up()
    peers, figures = {"threatexchange": Peer(), "strong": Peer(STRONG)}, {}
    with tempfile.TemporaryDirectory() as folder, Jail() as jail:
        for name, size in SIZES.items():
            number, rounds = (2, 2) if asked.quick else (6, 3)
            paths = write_pictures(Path(folder) / name, size, number)
            measure(paths[:1], 1, peers, jail)
            figures[f"{name} MP"] = measure(paths, rounds, peers, jail)
            if not asked.json:
                print(f"{name:>4} MP", figures[f"{name} MP"], flush=True)
        rendered = write_pictures(Path(folder) / "drift", SIZES["2"], 8 if asked.quick else 80, place=900)
        figures["luma_drift_bits"] = {"photographs": drift(real), "rendered": drift(rendered)}
    for peer in peers.values():
        peer.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
