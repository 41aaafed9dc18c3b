"""Matching: all hashes within distance 31 of a query, one core, beside faiss's exact indexes on the same hashes in the same run.

Uniform and clustered data, each with neighbours planted at every distance from 0 to 31 and decoys at 32. Ratios are the peer's time by
ours, above 1 we are faster. `found` and `false` are counted against what faiss's flat index, which looks at every hash, answers.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from clew.matching.live import LiveIndex
from clew.matching.segment import Segment
from clew.matching.segment_files import open_segment, write_segment

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
PEERS = ("flat", "16x16", "11x23")
QUERIES = 2000
SINGLES = 300


def uniform(rng, count):
    return rng.integers(0, 256, (count, 32), dtype=np.uint8)


def clustered(rng, count):
    """As hashes are in practice: half of them near few centres of very different sizes, the rest apart."""
    bits = uniform(rng, count)
    centres = uniform(rng, max(1, count // 500))
    near = count // 2
    chosen = (len(centres) * rng.random(near) ** 2).astype(np.int64)
    for start in range(0, near, 500_000):
        part = slice(start, min(near, start + 500_000))
        flips = np.packbits(rng.random((part.stop - part.start, 256), dtype=np.float32) < 0.06, axis=1)
        bits[part] = centres[chosen[part]] ^ flips
    return bits


def planted(rng, bits):
    """Queries: hashes of the index with 0 to 32 bits flipped, and some that resemble nothing."""
    rows = bits[rng.integers(0, len(bits), QUERIES)]
    for at in range(QUERIES):
        mask = np.zeros(256, dtype=np.uint8)
        mask[rng.choice(256, at % 33, replace=False)] = 1
        rows[at] ^= np.packbits(mask)
    rows[::10] = uniform(rng, len(rows[::10]))
    return rows


def ours(bits, queries, folder, batch):
    begun = time.perf_counter()
    segment = Segment.build(np.arange(len(bits)), bits, threads=1)
    built = time.perf_counter() - begun
    write_segment(segment, folder / "segment")
    begun = time.perf_counter()
    opened = open_segment(folder / "segment")
    opening = time.perf_counter() - begun
    opened.search(queries)
    times = []
    for at in range(SINGLES):
        begun = time.perf_counter()
        opened.search(queries[at])
        times.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    hits = opened.search(queries[:batch])
    whole = time.perf_counter() - begun
    live = LiveIndex(opened)
    begun = time.perf_counter()
    live.add([-1], queries[1])
    found = -1 in live.search(queries[1]).id.tolist()
    adding = time.perf_counter() - begun
    return {
        "build_s": round(built, 2),
        "open_s": round(opening, 4),
        "bytes_per_hash": round(segment.size_bytes / len(bits), 1),
        "single_ms": statistics.median(times) * 1000,
        "batch_queries_per_s": batch / whole,
        "add_and_find_ms": round(adding * 1000, 3) if found else None,
        "pairs": sorted(zip(hits.query_index.tolist(), hits.id.tolist(), strict=True)),
    }


def peer(kind, folder, batch, singles):
    command = [str(PYTHON), str(ROOT / "bench" / "peers" / "faiss_binary.py"), kind]
    files = [str(folder / "hashes.npy"), str(folder / "queries.npy")]
    done = subprocess.run([*command, *files, str(singles), str(batch)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    found["pairs"] = [tuple(pair) for pair in found["pairs"]]
    return found


def measure(make, count, batch, peers, folder):
    rng = np.random.default_rng(count)
    bits = make(rng, count)
    queries = planted(rng, bits)
    np.save(folder / "hashes.npy", bits)
    np.save(folder / "queries.npy", queries)
    mine = ours(bits, queries, folder, batch)
    del bits
    truth, told = None, {"clew": {name: value for name, value in mine.items() if name != "pairs"}}
    for kind in peers:
        found = peer(kind, folder, batch, min(SINGLES, batch))
        truth = truth or set(found["pairs"])
        told[f"faiss {kind}"] = {
            "ratio_single": round(found["single_ms"] / mine["single_ms"], 1),
            "ratio_batch": round(mine["batch_queries_per_s"] / found["batch_queries_per_s"], 1),
            "ratio_build": round(found["build_s"] / max(mine["build_s"], 1e-9), 1),
            "bytes_per_hash": found["bytes_per_hash"],
            "recall": round(len(truth & set(found["pairs"])) / max(1, len(truth)), 6),
        }
    told["clew"] |= {
        "single_ms": round(mine["single_ms"], 4),
        "batch_queries_per_s": round(mine["batch_queries_per_s"]),
        "answers": len(truth),
        "found": len(truth & set(mine["pairs"])),
        "false": len(set(mine["pairs"]) - truth),
    }
    return told


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="100,000 and a million hashes, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    if not PYTHON.exists():
        sys.exit("The peers are not installed. Nothing was measured. Run: make bench-env")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    Segment.build([0], np.zeros((1, 32), np.uint8)).search(np.zeros(32, np.uint8))
    figures = {}
    for count in (100_000, 1_000_000) if asked.quick else (100_000, 1_000_000, 10_000_000):
        # A look at every hash takes 25 ms at ten million: fewer queries are enough to know it.
        batch = QUERIES if count < 10_000_000 else 500
        for make in (uniform, clustered):
            with tempfile.TemporaryDirectory() as folder:
                name = f"{count:,} {make.__name__}"
                figures[name] = measure(make, count, batch, PEERS if make is uniform else PEERS[:1], Path(folder))
            if not asked.json:
                print(name, json.dumps(figures[name], indent=1), flush=True)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
