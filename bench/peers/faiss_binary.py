"""The peers of matching: faiss's binary indexes on the hashes and queries of two files; prints one JSON object.

Arguments: kind (flat, 16x16, 11x23), hashes.npy, queries.npy, how many single queries, how many in one batch.
"""

import json
import statistics
import sys
import time

import faiss
import numpy as np
from resident import resident_bytes

kind, hashes_path, queries_path, singles, batch = sys.argv[1:]
faiss.omp_set_num_threads(1)
hashes, queries = np.load(hashes_path, mmap_mode="r"), np.load(queries_path)
before = resident_bytes()
begun = time.perf_counter()
if kind == "flat":
    index = faiss.IndexBinaryFlat(256)
else:
    tables, bits = map(int, kind.split("x"))
    index = faiss.IndexBinaryMultiHash(256, tables, bits)
    # Sum of (flips + 1) over the tables above 31: exact.
    index.nflip = -(-32 // tables) - 1
for start in range(0, len(hashes), 1_000_000):
    index.add(np.ascontiguousarray(hashes[start : start + 1_000_000]))
built = time.perf_counter() - begun
memory = resident_bytes() - before
index.range_search(queries[:2], 32)
times = []
for at in range(int(singles)):
    begun = time.perf_counter()
    index.range_search(queries[at : at + 1], 32)
    times.append(time.perf_counter() - begun)
begun = time.perf_counter()
limits, _distances, ids = index.range_search(queries[: int(batch)], 32)
whole = time.perf_counter() - begun
pairs = sorted((int(q), int(i)) for q in range(int(batch)) for i in ids[int(limits[q]) : int(limits[q + 1])])
print(
    json.dumps(
        {
            "build_s": round(built, 2),
            "bytes_per_hash": round(memory / len(hashes), 1),
            "single_ms": statistics.median(times) * 1000,
            "batch_queries_per_s": int(batch) / whole,
            "pairs": pairs,
        }
    )
)
