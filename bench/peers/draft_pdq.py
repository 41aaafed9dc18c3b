"""The strong peer: what a careful user of the public parts would write. Asked as threatexchange_pdq.py is, and answers alike.

Pillow's draft mode lets the decoder give a smaller picture for less work, which is shrunk to 512 pixels, and Meta's own C++ hashes that. It is
quick, and its hashes are near those of the full picture, not equal to them.
"""

import sys
import time

import numpy as np
import pdqhash
from PIL import Image

SIDE_PIXELS = 512

for line in sys.stdin:
    begun, used = time.perf_counter(), time.process_time()
    with Image.open(line.rstrip("\n")) as picture:
        picture.draft("RGB", (SIDE_PIXELS, SIDE_PIXELS))
        small = picture.convert("RGB")
        small.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    bits, quality = pdqhash.compute(np.asarray(small))
    seconds = (time.perf_counter() - begun, time.process_time() - used)
    print(*seconds, np.packbits(bits).tobytes().hex(), quality, flush=True)
