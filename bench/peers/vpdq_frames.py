"""The `vpdq` package hashes films: a path a line comes in; processor seconds, and the hashes (hexadecimal digits, quality, seconds) as JSON go out."""

import json
import sys
import time

import vpdq

for line in sys.stdin:
    begun = time.process_time()
    found = vpdq.computeHash(line.rstrip("\n"), seconds_per_hash=1.0, thread_count=1)
    seconds = time.process_time() - begun
    print(json.dumps([seconds, [[str(one.hex), one.quality, one.timestamp] for one in found]]), flush=True)
