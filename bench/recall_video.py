"""Which changed copies of films are found: the share of the known film's seconds that match, and how vPDQ's two conventions decide on the same hashes.

`held` and `asked` are shares of frames matched, with mirrored and trimmed hashes, and of the copy that is looked at whole, as it is asked with: about four
frames a second against one a second of the known film; `…_sparsely` with one a second on either side; `keys` is the share of the
copy's key frames that match. `found` asks for two moments or more that lie together. Beside them `vpdq`: the same hashes without our additions
(no mirrored, no trimmed ones, distance under 31), as the package's documentation (80 % of the held film) and ThreatExchange's extension
(80 % of the copy) decide. Crops are compared by PDQ alone here.
"""

from __future__ import annotations

import argparse
import bisect
import io
import itertools
import json

import numpy as np
from moving import encoded, frames_of_rooms
from PIL import Image

from clew.kernel.limits import FILM_SHARE_ASKED_MIN, FILM_SHARE_HELD_MIN, PDQ_DISTANCE_MAX, PDQ_QUALITY_MIN
from clew.matching.moments import pieces
from clew.signatures.films import frame_of, moments
from clew.signatures.letterbox import Trimming
from clew.signatures.pdq import warm_up

SIZE, RATE = (426, 240), 15
#: Places of the demo's rooms: of the known films, and of films that have nothing to do with them.
KNOWN, AROUND, STRANGE = 0, 300, 600


def bars(share):
    """Black above and below, so much of the height in all."""
    return lambda pixels: np.pad(pixels, ((round(pixels.shape[0] * share / (1 - share) / 2),) * 2, (0, 0), (0, 0)))


def crop(share):
    """So much off every side together, each dimension."""

    def cut(pixels):
        height, width = (round(side * share / 2) for side in pixels.shape[:2])
        return pixels[height : pixels.shape[0] - height, width : pixels.shape[1] - width]

    return cut


def brighter(pixels):
    return (pixels.astype(np.float32) * 1.15 + 20).clip(0, 255).astype(np.uint8)


def grey(pixels):
    return np.repeat(pixels.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)


def caption(pixels):
    changed = pixels.copy()
    changed[-40:-16, 100:-100] = 230
    changed[-34:-22, 110:-110:3] = 20
    return changed


def logo(pixels):
    changed = pixels.copy()
    changed[10:40, -70:-10] = (220, 40, 40)
    return changed


def mirror(pixels):
    return pixels[:, ::-1]


def larger(pixels):
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).resize((640, 360), Image.Resampling.BICUBIC))


def chain(*changes):
    def changed(pixels):
        for change in changes:
            pixels = change(pixels)
        return np.ascontiguousarray(pixels)

    return changed


#: Name -> what is done to each frame, and how the copy is encoded.
CHANGES = {
    "none": (chain(), {}),
    "crf 35": (chain(), {"crf": 35}),
    "crf 35 at 360 lines": (chain(larger), {"crf": 35}),
    "bars 10 %": (chain(bars(0.1)), {}),
    "bars 20 %": (chain(bars(0.2)), {}),
    "bars 30 %": (chain(bars(0.3)), {}),
    "crop 5 %": (chain(crop(0.05)), {}),
    "crop 10 %": (chain(crop(0.1)), {}),
    "crop 25 %": (chain(crop(0.25)), {}),
    "mirrored": (chain(mirror), {}),
    "caption": (chain(caption), {}),
    "logo": (chain(logo), {}),
    "brighter": (chain(brighter), {}),
    "grey": (chain(grey), {}),
    "10 frames a second": (chain(), {"keep": (2, 3)}),
    "at 0.8 times the speed": (chain(), {"rate": 12}),
    "out of step by half a second": (chain(), {"skip": RATE // 2}),
    "at 1.2 times the speed": (chain(), {"rate": 18}),
    "bars 20 %, mirrored, crf 35": (chain(mirror, bars(0.2)), {"crf": 35}),
    "bars 10 %, 1.2 times the speed": (chain(bars(0.1)), {"rate": 18}),
}


def copy_of(frames, change, *, crf=23, keep=None, rate=RATE, group=None, skip=0):
    """The film changed and encoded; `keep` of so many frames are left in, the film as long as before; so many at its beginning are left out."""
    frames = frames[skip:]
    if keep:
        frames, rate = [frame for at, frame in enumerate(frames) if at % keep[1] < keep[0]], rate * keep[0] // keep[1]
    return encoded((change(frame) for frame in frames), rate=rate, crf=crf, group=group)


def looked_at(content, *, only_key_frames=False, with_between=False):
    """Frames as they are and trimmed, of those that say enough; those between the kept ones too, where a film asks."""
    trimming, plain = Trimming(), []
    for moment in moments(
        io.BytesIO(content), "mov", only_key_frames=only_key_frames, with_between=with_between and not only_key_frames
    ):
        plain.append(frame_of(moment))
        trimming.see(moment)
    return [frame for frame in plain if frame.quality >= PDQ_QUALITY_MIN], [
        frame for frame in trimming.frames() if frame.quality >= PDQ_QUALITY_MIN
    ]


def rows(hashes):
    return np.unpackbits(np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32), axis=1).astype(np.int16)


def pairs_of(asked, held, distance_max=PDQ_DISTANCE_MAX, *, mirrored=False):
    """Pairs of milliseconds (asked, held) whose hashes lie near."""
    if not asked or not held:
        return []
    left = rows([frame.mirrored if mirrored else frame.bits for frame in asked])
    right = rows([frame.bits for frame in held])
    distances = left @ (1 - right).T + (1 - left) @ right.T
    return [(asked[a].time_ms, held[h].time_ms) for a, h in np.argwhere(distances <= distance_max).tolist()]


def ours(asked, held):
    """The best way of comparing: its pairs, and the frames on either side."""
    ways = [
        (pairs_of(left, right, mirrored=mirrored), left, right)
        for left, right in itertools.product(asked, held)
        for mirrored in (False, True)
    ]
    return max(ways, key=lambda way: len({at for at, _held in way[0]}))


def shares(pairs, asked, held):
    """Of the frames that count on either side, how many match; of one between, the one before counts."""
    counted = [frame.time_ms for frame in asked if not frame.is_between]
    matched = {bisect.bisect_right(counted, at) for at, _ in pairs}
    return len(matched) / max(1, len(counted)), len({at for _, at in pairs}) / max(1, len(held))


def kept(frames):
    return [frame for frame in frames if not frame.is_between]


def _each_second(frames):
    """Without the key frames between: what vPDQ hashes."""
    rate = next((frame.number for frame in frames if frame.number and abs(frame.time_ms - 1000) < 40), 1)
    return [frame for frame in frames if frame.number % rate == 0]


def compared(copy, held):
    """One row of the table."""
    asked = looked_at(copy, with_between=True)
    found = ours(asked, held)
    sparse = ours([kept(frames) for frames in asked], held)
    told_sparse = pieces(sparse[0])
    told = pieces(found[0])
    keys = ours(looked_at(copy, only_key_frames=True), held)
    asked_share, held_share = shares(*found)
    theirs, their_held = (_each_second(kept(frames)) for frames in (asked[0], held[0]))
    peer_asked, peer_held = shares(pairs_of(theirs, their_held, 30), theirs, their_held)
    return {
        "asked": asked_share,
        "held": held_share,
        "found": float(bool(told) and told[0].pairs >= 2),
        "speed": told[0].speed if told else 0.0,
        "asked_sparsely": shares(*sparse)[0],
        "held_sparsely": shares(*sparse)[1],
        "found_sparsely": float(bool(told_sparse) and told_sparse[0].pairs >= 2),
        "keys": shares(*keys)[0],
        "found_by_keys": float(len(keys[0]) > 0),
        "vpdq_asked": peer_asked,
        "vpdq_held": peer_held,
        "vpdq_finds_held": float(peer_held >= FILM_SHARE_HELD_MIN),
        "vpdq_finds_asked": float(peer_asked >= FILM_SHARE_ASKED_MIN),
    }


def clip_in_a_long_film(seconds, group, minutes, number):
    """A film of strange rooms with a known clip in the middle, not where a key frame need be, and the clip itself."""
    clip = list(frames_of_rooms(SIZE, seconds=seconds, rate=RATE, place=KNOWN + 40 * number))
    around = frames_of_rooms(SIZE, seconds=60 * minutes, rate=RATE, place=AROUND + 40 * number)
    before = list(itertools.islice(around, (30 * minutes * 2 // 2 + 1) * RATE + 7))
    film = itertools.chain(before, clip, around)
    return encoded(film, rate=RATE, group=group), encoded(iter(clip), rate=RATE)


def mean(told):
    return {name: round(float(np.mean([row[name] for row in told])), 3) for name in told[0]}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="one film of 16 seconds, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    warm_up()
    number, seconds, minutes = (1, 16, 1) if asked.quick else (6, 40, 3)
    films = [list(frames_of_rooms(SIZE, seconds=seconds, rate=RATE, place=KNOWN + 40 * n)) for n in range(number)]
    held = [looked_at(encoded(iter(film), rate=RATE)) for film in films]
    figures = {}
    for name, (change, how) in CHANGES.items():
        told = [compared(copy_of(film, change, **how), known) for film, known in zip(films, held, strict=True)]
        figures[name] = mean(told)
        if not asked.json:
            print(f"{name:<32}", figures[name], flush=True)
    lengths = (5,) if asked.quick else (5, 10, 30)
    for length, group in itertools.product(lengths, (2 * RATE, 10 * RATE)):
        made = [clip_in_a_long_film(length, group, minutes, n) for n in range(min(number, 3))]
        name = f"clip of {length} s in {minutes} min, key frames {group // RATE} s apart"
        figures[name] = mean([compared(film, looked_at(clip)) for film, clip in made])
        if not asked.json:
            print(f"{name:<32}", figures[name], flush=True)
    strange = [list(frames_of_rooms(SIZE, seconds=seconds, rate=RATE, place=STRANGE + 40 * n)) for n in range(number)]
    strangers = [looked_at(encoded(iter(film), rate=RATE), with_between=True) for film in strange]
    false = [len(ours(stranger, known)[0]) for stranger in strangers for known in held]
    figures["strangers"] = {"compared": len(false), "frames": sum(len(s[0]) for s in strangers), "false": sum(false)}
    if not asked.json:
        print("strangers", figures["strangers"])
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
