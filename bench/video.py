"""Films: one frame a second hashed, beside the `vpdq` package and beside decoding alone, on one core; and by key frames alone.

Films are 1080 lines high, H.264: one as films are made, with few key frames, one as telephones make them, with one a second. Ratios above 1 mean we are
faster. `decoding` reads every frame and does nothing with it; `equal` compares every hash with PDQ of the frame as PyAV turns it into RGB;
`recall_of_key_frames` says how many of the whole seconds are within distance 31 of the hash of a key frame, in the film shown once: repeated for the
sake of time, key frames further apart would fall elsewhere in each repetition, and seem to find more. The camera moves fast: a second later
nothing is near, so that only seconds at which a key frame lies are found by one. `closely` is with the frames between, as the product asks.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np
from moving import encoded, frames_of_rooms, repeated

from clew.kernel.limits import PDQ_DISTANCE_MAX
from clew.signatures.films import film_hashes
from clew.signatures.pdq import pdq, warm_up

ROOT = Path(__file__).resolve().parent.parent
PEER = [str(ROOT / ".venv-bench" / "bin" / "python"), str(ROOT / "bench" / "peers" / "vpdq_frames.py")]
SIZE = (1920, 1080)


def films(seconds, times):
    """Name -> (the film once, shown so many times, frames a second): the same rooms, coded in two ways."""
    made = {}
    for name, rate, options in (
        ("few key frames", 25, {"group": 250}),
        ("a key frame each second", 30, {"group": 30, "between": 0}),
    ):
        frames = frames_of_rooms(SIZE, seconds=seconds, rate=rate)
        once = encoded(frames, rate=rate, **options)
        made[name] = (once, repeated(once, times), rate)
    return made


def decoding(content):
    """Every frame, on one thread, and nothing else."""
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        return sum(1 for _frame in container.decode(stream))


def plainly(content, rate):
    """The hashes by the plainest way: decode everything, turn every n-th frame into RGB, hash it."""
    with av.open(io.BytesIO(content)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % rate == 0:
                yield pdq(frame.to_ndarray(format="rgb24")).bits


def took(work, rounds):
    """The least processor time of so many, and what came out: others may be at work on the machine."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        found = work()
        times.append(time.process_time() - begun)
    return min(times), found


def distance(one, other):
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def hashed_by_peer(content, rounds):
    """The least time of the package, and its hashes; None where it is not installed."""
    if (
        not Path(PEER[0]).exists()
        or subprocess.run([PEER[0], "-c", "import vpdq"], capture_output=True, check=False).returncode
    ):
        return None
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(content)
        file.flush()
        lines = f"{file.name}\n" * rounds
        told = subprocess.run(PEER, input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    results = [json.loads(line) for line in told]
    return min(seconds for seconds, _found in results), results[0][1]


def recall(once, rate, **sampling):
    """What share of the whole seconds of a film lies near one of its key frames."""
    whole = film_hashes(io.BytesIO(once), "mov", only_key_frames=False)
    keys = list(film_hashes(io.BytesIO(once), "mov", only_key_frames=True, **sampling))
    seconds = [frame for frame in whole if frame.number % rate == 0]
    near = [min(distance(frame.bits, key.bits) for key in keys) <= PDQ_DISTANCE_MAX for frame in seconds]
    return round(float(np.mean(near)), 3)


def measure(once, content, rate, rounds):
    whole_s, whole = took(lambda: list(film_hashes(io.BytesIO(content), "mov", only_key_frames=False)), rounds)
    keys_s, keys = took(lambda: list(film_hashes(io.BytesIO(content), "mov", only_key_frames=True)), rounds)
    sparse_s, _found = took(
        lambda: list(film_hashes(io.BytesIO(content), "mov", only_key_frames=True, seconds_per_hash=2)), rounds
    )
    closely_s, closely = took(
        lambda: list(film_hashes(io.BytesIO(content), "mov", only_key_frames=False, with_between=True)), rounds
    )
    decoding_s, frames = took(lambda: decoding(content), rounds)
    figures = {
        "film_s": round(frames / rate, 1),
        "frames_hashed": len(whole),
        "key_frames_hashed": len(keys),
        "equal": [frame.bits for frame in whole if frame.number % rate == 0] == list(plainly(content, rate)),
        "ours_s": round(whole_s, 3),
        "frames_hashed_closely": len(closely),
        "closely_s": round(closely_s, 3),
        "ratio_to_decoding_closely": round(decoding_s / closely_s, 2),
        "key_frames_s": round(keys_s, 3),
        "decoding_s": round(decoding_s, 3),
        "ratio_to_decoding": round(decoding_s / whole_s, 2),
        "recall_of_key_frames": recall(once, rate),
        "key_frames_2_s_apart_s": round(sparse_s, 3),
        "recall_of_key_frames_2_s_apart": recall(once, rate, seconds_per_hash=2),
    }
    peer = hashed_by_peer(content, rounds)
    if peer is not None:
        peer_s, found = peer
        pairs = zip([frame for frame in whole if frame.number % rate == 0], found, strict=False)
        figures["vpdq_s"] = round(peer_s, 3)
        figures["vpdq_frames"] = len(found)
        figures["vpdq_distance_max"] = max(distance(frame.bits, bytes.fromhex(told[0])) for frame, told in pairs)
        figures["ratio_to_vpdq"] = round(peer_s / whole_s, 2)
        figures["ratio_to_vpdq_closely"] = round(peer_s / closely_s, 2)
        figures["ratio_to_vpdq_by_key_frames"] = round(peer_s / keys_s, 1)
        figures["ratio_to_vpdq_by_key_frames_2_s_apart"] = round(peer_s / sparse_s, 1)
    return figures


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="shorter films, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    warm_up()
    figures = {}
    seconds, times, rounds = (4, 5, 1) if asked.quick else (20, 3, 3)
    for name, (once, content, rate) in films(seconds, times).items():
        figures[name] = measure(once, content, rate, rounds)
        if not asked.json:
            print(name, json.dumps(figures[name], indent=1), flush=True)
    if not any("vpdq_s" in told for told in figures.values()):
        print("The vpdq package is not installed: make bench-vpdq", file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
