"""The peers of recall: the hashes of Thorn's perception and of imagededup, asked over standard input.

A question is a line `height width` and the RGB bytes; an answer one JSON object, method -> hexadecimal digits, or null where a method refuses. The first
line printed says how each method's hashes are compared. imagededup's packages load torch and matplotlib for its neural network
and its plots as soon as they are named; its hashes use neither, so their two modules are loaded here without what stands beside them.
"""

import json
import pathlib
import sys
import types

import imagededup
import numpy as np
from perception import hashers

for part in ("methods", "utils"):
    package = types.ModuleType(f"imagededup.{part}")
    package.__path__ = [str(pathlib.Path(imagededup.__file__).parent / part)]
    sys.modules[package.__name__] = package
from imagededup.methods.hashing import AHash, DHash, PHash, WHash  # noqa: E402

THORN = {
    "perception PHash": hashers.PHash(),
    "perception PHash 256": hashers.PHash(hash_size=16, highfreq_factor=4),
    "perception PDQ": hashers.PDQHash(),
    "perception DHash": hashers.DHash(),
    "perception AverageHash": hashers.AverageHash(),
    "perception WaveletHash": hashers.WaveletHash(),
    "perception BlockMean": hashers.BlockMean(),
    "perception MarrHildreth": hashers.MarrHildreth(),
    "perception ColorMoment": hashers.ColorMoment(),
}
DEDUP = {f"imagededup {kind.__name__}": kind(verbose=False) for kind in (PHash, DHash, AHash, WHash)}
FLOATS = {"perception ColorMoment"}


def hexadecimal(name, vector):
    if vector is None:
        return None
    vector = np.asarray(vector)
    return vector.astype(np.float32).tobytes().hex() if name in FLOATS else np.packbits(vector > 0).tobytes().hex()


print(json.dumps({name: "euclidean" if name in FLOATS else "hamming" for name in [*THORN, *DEDUP]}), flush=True)
while line := sys.stdin.buffer.readline():
    height, width = map(int, line.split())
    pixels = np.frombuffer(sys.stdin.buffer.read(3 * height * width), np.uint8).reshape(height, width, 3)
    told = {name: hexadecimal(name, kind.compute(pixels, hash_format="vector")) for name, kind in THORN.items()}
    told |= {name: kind.encode_image(image_array=pixels) for name, kind in DEDUP.items()}
    print(json.dumps(told), flush=True)
