"""The peer: ThreatExchange's own PDQ hasher, asked over standard input with one path a line; answers `seconds processor-seconds hash quality`."""

import pathlib
import sys
import time

from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_file

for line in sys.stdin:
    begun, used = time.perf_counter(), time.process_time()
    digest, quality = pdq_from_file(pathlib.Path(line.rstrip("\n")))
    print(time.perf_counter() - begun, time.process_time() - used, digest, quality, flush=True)
