"""Matching: all hashes within distance 31 of a query, one core, beside faiss, usearch and ThreatExchange on the same hashes in the same run.

Uniform and clustered data, each with neighbours planted at every distance from 0 to 31 and decoys at 32. Ratios are the peer's time by
ours, above 1 we are faster. `found` and `false` are counted against what faiss's flat index, which looks at every hash, answers; a peer's
recall stands beside its ratio. `--long` goes to 50 million; `--plot FILE` draws what one question costs against how many hashes there are.
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
from hash_sets import KINDS, planted
from plotted import plot

from clew.matching.join import join
from clew.matching.live import LiveIndex
from clew.matching.segment import Segment
from clew.matching.segment_files import open_segment, write_segment

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
FAISS = {f"faiss {kind}": ("faiss_binary.py", kind) for kind in ("flat", "16x16", "11x23")}
USEARCH = {"usearch exact": ("usearch_exact.py", "-")}
THREATEXCHANGE = {"threatexchange PDQIndex": ("threatexchange_index.py", "-")}
QUERIES = 2000
SINGLES = 300
#: Sizes of the plot, three to a power of ten.
PLOTTED = (100_000, 215_000, 464_000, 1_000_000, 2_150_000, 4_640_000, 10_000_000, 21_500_000, 50_000_000)


def ours(bits, queries, folder, batch):
    begun = time.perf_counter()
    segment = Segment.build(np.arange(len(bits)), bits, threads=1)
    built = time.perf_counter() - begun
    write_segment(segment, folder / "segment")
    size_bytes = segment.size_bytes
    del segment
    begun = time.perf_counter()
    opened = open_segment(folder / "segment")
    opening = time.perf_counter() - begun
    opened.search(queries)
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
        "bytes_per_hash": round(size_bytes / len(bits), 1),
        "single_ms": singly(opened, queries),
        "batch_queries_per_s": batch / whole,
        "add_and_find_ms": round(adding * 1000, 3) if found else None,
        "pairs": sorted(zip(hits.query_index.tolist(), hits.id.tolist(), strict=True)),
    }


def singly(segment, queries):
    """Median milliseconds of a single question."""
    times = []
    for at in range(SINGLES):
        begun = time.perf_counter()
        segment.search(queries[at])
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def peer(script, kind, folder, batch, singles):
    command = [str(PYTHON), str(ROOT / "bench" / "peers" / script), kind]
    files = [str(folder / "hashes.npy"), str(folder / "queries.npy")]
    done = subprocess.run([*command, *files, str(singles), str(batch)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    found["pairs"] = [tuple(pair) for pair in found["pairs"]]
    return found


def recall_of(pairs, truth, batch):
    """Of the answers to the queries that this peer was asked, how many it gave."""
    known = {pair for pair in truth if pair[0] < batch}
    return round(len(known & set(pairs)) / max(1, len(known)), 6)


def measure(make, count, batch, peers, folder):
    rng = np.random.default_rng(count)
    bits = make(rng, count)
    queries = planted(rng, bits, QUERIES)
    np.save(folder / "hashes.npy", bits)
    np.save(folder / "queries.npy", queries)
    mine = ours(bits, queries, folder, batch)
    del bits
    truth, told = None, {"clew": {name: value for name, value in mine.items() if name != "pairs"}}
    for name, (script, kind) in peers.items():
        # usearch takes a second for one look at ten million hashes.
        is_slow = name in USEARCH and count > 100_000
        found = peer(script, kind, folder, 40 if is_slow else batch, 20 if is_slow else min(SINGLES, batch))
        truth = truth if truth is not None else set(found["pairs"])
        told[name] = {
            "ratio_single": round(found["single_ms"] / mine["single_ms"], 1),
            "ratio_batch": round(mine["batch_queries_per_s"] / found["batch_queries_per_s"], 1),
            "ratio_build": round(found["build_s"] / max(mine["build_s"], 1e-9), 1),
            "bytes_per_hash": found["bytes_per_hash"],
            "recall": recall_of(found["pairs"], truth, 40 if is_slow else batch),
        }
        if "add_and_find_ms" in found:
            told[name]["add_and_find_ms"] = round(found["add_and_find_ms"], 2)
    told["clew"] |= {
        "single_ms": round(mine["single_ms"], 4),
        "batch_queries_per_s": round(mine["batch_queries_per_s"]),
        "answers": len(truth),
        "found": len(truth & set(mine["pairs"])),
        "false": len(set(mine["pairs"]) - truth),
    }
    return told


def measure_join(count, asked):
    """A list against the index: pairs compared a second, and against asking one by one; a tenth of the list is planted."""
    rng = np.random.default_rng(count)
    bits = KINDS["uniform"](rng, count)
    queries = KINDS["uniform"](rng, asked)
    queries[::10] = planted(rng, bits, len(queries[::10]))
    segment = Segment.build(np.arange(count), bits, threads=1)
    join(segment, queries[: count // 30])
    begun = time.perf_counter()
    hits = join(segment, queries)
    seconds = time.perf_counter() - begun
    sample = queries[:QUERIES]
    begun = time.perf_counter()
    one_by_one = segment.search(sample)
    singly_seconds = (time.perf_counter() - begun) / len(sample)
    same = hits.query_index < len(sample)
    return {
        "queries_per_s": round(asked / seconds),
        "pairs_compared_per_s": round(asked * count / seconds),
        "pairs_found": len(hits),
        "ratio_to_one_by_one": round(singly_seconds * asked / seconds, 2),
        "same_as_one_by_one": bool(
            np.array_equal(hits.id[same], one_by_one.id) and np.array_equal(hits.distance[same], one_by_one.distance)
        ),
    }


def draw(path, largest):
    """Measure what one question costs at each size, fit a power to it, and draw both."""
    lines = {}
    for name, make in KINDS.items():
        points = []
        for count in [size for size in PLOTTED if size <= largest]:
            rng = np.random.default_rng(count)
            bits = make(rng, count)
            queries = planted(rng, bits, QUERIES)
            segment = Segment.build(np.arange(count), bits, threads=1)
            del bits
            segment.search(queries)
            points.append((count, singly(segment, queries)))
            del segment
            print(name, *points[-1], flush=True)
        lines[name] = points
    exponents = {name: float(np.polyfit(*np.log(np.array(points)).T, 1)[0]) for name, points in lines.items()}
    Path(path).write_text(plot(lines, exponents), encoding="utf-8")
    return {name: {"exponent": round(exponents[name], 3), "points": lines[name]} for name in lines}


def runs(asked):
    """Name, kind, number of hashes, queries of a batch, peers."""
    counts = [100_000, 1_000_000] if asked.quick else [100_000, 1_000_000, 10_000_000]
    for count in [*counts, *([50_000_000] if asked.long else [])]:
        for kind in KINDS:
            # A look at every hash takes 25 ms at ten million: fewer queries are enough to know it.
            batch = QUERIES if count < 10_000_000 else 500 if count < 50_000_000 else 100
            peers = {"faiss flat": FAISS["faiss flat"]}
            if not asked.quick or kind == "uniform":
                peers |= FAISS if count < 50_000_000 else {}
            if not asked.quick and count <= 1_000_000:
                peers |= USEARCH | THREATEXCHANGE
            elif kind == "uniform" and count == 10_000_000:
                peers |= USEARCH
            yield f"{count:,} {kind}", kind, count, batch, peers


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="100,000 and a million hashes, under 60 seconds")
    options.add_argument("--long", action="store_true", help="50 million as well")
    options.add_argument("--plot", metavar="FILE", help="only draw the cost against the number of hashes, as SVG")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    if not PYTHON.exists():
        sys.exit("The peers are not installed. Nothing was measured. Run: make bench-env")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    Segment.build([0], np.zeros((1, 32), np.uint8)).search(np.zeros(32, np.uint8))
    if asked.plot:
        print(json.dumps(draw(asked.plot, 1_000_000 if asked.quick else PLOTTED[-1])))
        return
    figures = {}
    for name, kind, count, batch, peers in runs(asked):
        with tempfile.TemporaryDirectory() as folder:
            figures[name] = measure(KINDS[kind], count, batch, peers, Path(folder))
        if not asked.json:
            print(name, json.dumps(figures[name], indent=1), flush=True)
    held, listed = (5_000_000, 125_000) if asked.quick else (10_000_000, 1_000_000)
    figures[f"join of {listed:,} with {held:,}"] = measure_join(held, listed)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
