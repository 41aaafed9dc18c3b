"""The peer: ThreatExchange's own PDQ hasher, asked over standard input with one path a line; answers `seconds hash quality`."""

import pathlib
import sys
import time

from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_file

for line in sys.stdin:
    begun = time.perf_counter()
    digest, quality = pdq_from_file(pathlib.Path(line.rstrip("\n")))
    print(time.perf_counter() - begun, digest, quality, flush=True)
