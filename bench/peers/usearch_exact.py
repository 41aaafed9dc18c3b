"""The peer of matching: usearch's exact search, which gives the nearest 64; prints one JSON object. Arguments as for faiss_binary.py."""

import json
import statistics
import sys
import time

import numpy as np
from usearch.index import MetricKind, search

NEAREST = 64
#: Its table of distances is as large as queries times hashes.
AT_ONCE = 20
_kind, hashes_path, queries_path, singles, batch = sys.argv[1:]
hashes, queries = np.load(hashes_path), np.load(queries_path)


def ask(asked):
    found = search(hashes, asked, min(NEAREST, len(hashes)), MetricKind.Hamming, exact=True, threads=1)
    return np.atleast_2d(found.keys), np.atleast_2d(found.distances)


ask(queries[:2])
times = []
for at in range(int(singles)):
    begun = time.perf_counter()
    ask(queries[at : at + 1])
    times.append(time.perf_counter() - begun)
begun = time.perf_counter()
parts = [ask(queries[start : min(start + AT_ONCE, int(batch))]) for start in range(0, int(batch), AT_ONCE)]
keys, distances = (np.concatenate([part[at] for part in parts]) for at in range(2))
whole = time.perf_counter() - begun
pairs = [
    (at, int(key))
    for at in range(int(batch))
    for key, distance in zip(keys[at], distances[at], strict=True)
    if distance <= 31
]
told = {
    "build_s": 0,
    "bytes_per_hash": 32,
    "single_ms": statistics.median(times) * 1000,
    "batch_queries_per_s": int(batch) / whole,
    "pairs": pairs,
}
print(json.dumps(told))
