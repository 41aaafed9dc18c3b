"""An hour of film through the jail: what it costs, and whether a clip of five seconds in it is found with its seconds.

The hour is made of two minutes of rooms in motion, encoded once and shown again and again; once in it, 17 seconds into a minute, lies a clip of rooms
that are nowhere else, coded in one go with what stands around it, so that no key frame need begin it. The known clip is encoded by itself, better.
Rates of bits are stated, since decoding costs by them; at 1080 lines they are held to what fits into the largest file that is opened.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import time
from pathlib import Path

import av
from moving import encoded, frames_of_rooms
from recall_video import ours, shares

from clew.kernel.limits import FILM_SIZE_BYTES_MAX, MIB, PDQ_QUALITY_MIN
from clew.matching.moments import pieces
from clew.media.jail import Jail
from clew.signatures.film_cell import CELL, MOMENTS, MOMENTS_TRIMMED, frames_of

RATE, CLIP_SECONDS, BEFORE_SECONDS = 25, 5, 17
SIZES = {"480": (854, 480), "720": (1280, 720), "1080": (1920, 1080)}
#: Places of the demo's rooms.
AROUND, CLIP = 300, 40
#: Of an hour in full high definition no more than this fits into a file that is opened.
BITS_A_SECOND = {"480": 1_000_000, "720": 2_000_000, "1080": 2_200_000}


def clip_frames(size):
    return frames_of_rooms(size, seconds=CLIP_SECONDS, rate=RATE, place=CLIP)


def minute_of(size, place, how, *, with_clip):
    """A minute of strange rooms, encoded; one of them with the clip at an odd number of frames."""
    around = frames_of_rooms(size, seconds=60, rate=RATE, place=place)
    if with_clip:
        before = itertools.islice(around, BEFORE_SECONDS * RATE + 11)
        around = itertools.islice(itertools.chain(before, clip_frames(size), around), 60 * RATE)
    return encoded(around, rate=RATE, preset="ultrafast", **how)


def joined(contents):
    """Films of one coding, one behind the other, without encoding them again."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream, start = None, 0
        for content in contents:
            with av.open(io.BytesIO(content)) as held:
                source = held.streams.video[0]
                stream = stream or container.add_stream_from_template(source)
                length = 0
                for packet in held.demux(source):
                    if not packet.size:
                        continue
                    length += packet.duration
                    packet.stream = stream
                    packet.pts += start
                    packet.dts += start
                    container.mux(packet)
                start += length
    return out.getvalue()


def made(size, minutes, rate_bits):
    """The film with the clip in it."""
    how = {"group": 10 * RATE, "bit_rate": rate_bits}
    plain = [minute_of(size, AROUND + 20 * n, how, with_clip=False) for n in range(2 if minutes > 6 else 1)]
    clipped = minute_of(size, AROUND + 40, how, with_clip=True)
    place = place_of_the_clip(minutes)
    parts = [plain[n % len(plain)] for n in range(minutes)]
    parts[place] = clipped
    return joined(parts)


def place_of_the_clip(minutes):
    """The minute in which it lies."""
    return minutes * 7 // 10


def begins_ms(minutes):
    """Where in the film the clip begins, in milliseconds."""
    return 60_000 * place_of_the_clip(minutes) + round(1000 * (BEFORE_SECONDS * RATE + 11) / RATE)


def kept(folder, name, make):
    """The film of this name in the folder, made where it is not there yet."""
    if folder is None:
        return make()
    path = folder / f"{name}.mp4"
    if not path.exists():
        path.write_bytes(make())
    return path.read_bytes()


def told_of(seen):
    """Frames as they are and trimmed, of those that say enough, as the bench of recall compares them."""
    return [
        [frame for frame in frames_of(seen.blobs.get(name, b"")) if frame.quality >= PDQ_QUALITY_MIN]
        for name in (MOMENTS, MOMENTS_TRIMMED)
    ]


def measure(lines, minutes, folder):
    size = SIZES[lines]
    film = kept(folder, f"{lines}-{minutes}", lambda: made(size, minutes, BITS_A_SECOND[lines]))
    clip = kept(folder, f"{lines}-clip", lambda: encoded(clip_frames(size), rate=RATE))
    with Jail(film_cell=CELL) as jail:
        held = told_of(jail.examine(clip))
        before = jail.cost
        begun = time.perf_counter()
        seen = jail.examine(film)
        wall_s = time.perf_counter() - begun
        cost = jail.cost
    asked = told_of(seen)
    found = ours(asked, held)
    piece = pieces(found[0])[0] if found[0] else None
    cpu_s = cost.cpu_seconds_max
    return {
        "lines": size[1],
        "film_minutes": minutes,
        "film_mib": round(len(film) / MIB, 1),
        "fits": len(film) <= FILM_SIZE_BYTES_MAX,
        "megabits_a_second": round(8e-6 * len(film) / 60 / minutes, 2),
        "cpu_s": round(cpu_s, 1),
        "cpu_s_an_hour": round(cpu_s * 60 / minutes, 1),
        "wall_s": round(wall_s, 1),
        "cell_mib": cost.memory_bytes_max // MIB,
        "cell_of_the_clip_mib": before.memory_bytes_max // MIB,
        "frames_hashed": seen.metadata["frames_hashed"],
        "hashed_until_s": seen.metadata["hashed_until_seconds"],
        "stills": len(seen.stills),
        "clip_begins_ms": begins_ms(minutes),
        "found": []
        if piece is None
        else [piece.asked_from_ms, piece.asked_to_ms, piece.held_from_ms, piece.held_to_ms],
        "held_share": round(shares(*found)[1], 3),
        "is_found_there": piece is not None
        and abs((piece.asked_from_ms - piece.held_from_ms) - begins_ms(minutes)) <= 500,
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="six minutes at 480 lines, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    options.add_argument("--lines", nargs="*", choices=SIZES, default=list(SIZES))
    options.add_argument("--minutes", type=int, default=60)
    options.add_argument("--films", type=Path, help="a folder in which the films are kept for another time")
    asked = options.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    figures = {}
    for lines in ["480"] if asked.quick else asked.lines:
        figures[lines] = measure(lines, 6 if asked.quick else asked.minutes, asked.films)
        if not asked.json:
            print(lines, json.dumps(figures[lines], indent=1), flush=True)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
