"""The peer of matching: ThreatExchange's own PDQ index; prints one JSON object. Arguments as for faiss_binary.py."""

import json
import statistics
import sys
import time

import faiss
import numpy as np
from resident import resident_bytes
from threatexchange.signal_type.pdq.pdq_index import PDQIndex

_kind, hashes_path, queries_path, singles, batch = sys.argv[1:]
faiss.omp_set_num_threads(1)
hashes, queries = np.load(hashes_path, mmap_mode="r"), np.load(queries_path)
before = resident_bytes()
begun = time.perf_counter()
index = PDQIndex((row.tobytes().hex(), at) for at, row in enumerate(hashes))
built = time.perf_counter() - begun
memory = resident_bytes() - before
texts = [row.tobytes().hex() for row in queries]
index.query(texts[0])
times = []
for text in texts[: int(singles)]:
    begun = time.perf_counter()
    index.query(text)
    times.append(time.perf_counter() - begun)
begun = time.perf_counter()
pairs = [(at, match.metadata) for at, text in enumerate(texts[: int(batch)]) for match in index.query(text)]
whole = time.perf_counter() - begun
begun = time.perf_counter()
index.add(texts[0], len(hashes))
index.query(texts[0])
adding = time.perf_counter() - begun
told = {
    "build_s": round(built, 2),
    "bytes_per_hash": round(memory / len(hashes), 1),
    "single_ms": statistics.median(times) * 1000,
    "batch_queries_per_s": int(batch) / whole,
    "add_and_find_ms": adding * 1000,
    "pairs": pairs,
}
print(json.dumps(told))
