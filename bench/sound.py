"""Sound prints: how nearly they are fpcalc's and how fast, what is recognised after which change, what strangers have in common, and the index.

Peer: Debian's fpcalc (chromaprint), its raw prints compared whole, from the beginning, as is commonly done. Recall is that of the product: the index
names the sound, and the pieces say where, to a second and a half. Sounds are made by arithmetic; the long form adds real ones where apt has them.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from sound_changes import CHAINS, ENCODINGS, encoded, filtered, mixed, noisy, wav
from sound_rows import printed_rows
from sounds_made import RATE, sound
from sounds_real import MUSIC, SPEECH, real_sounds

from clew.matching.sound_index import SoundIndex
from clew.matching.sound_pieces import align, align_tuned
from clew.matching.sound_recall import check_sound_recall
from clew.signatures.sound import TUNINGS
from clew.signatures.sound_decoding import rehearse, sound_of

#: Seconds by which a piece may lie elsewhere than the sound was cut.
_PLACE_ERROR_MAX = 1.5
#: Below what strangers differ by as a whole, 0.4 and more.
_WHOLE_FILE_ERROR_MAX = 0.28


def fpcalc(path):
    """The peer's raw print of a file, or None where it gives none, and the processor seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        ["fpcalc", "-raw", "-plain", "-length", "0", path], capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = ran.stdout.strip()
    return (np.array(told.split(","), dtype=np.uint64).astype(np.uint32) if told else None), seconds


def bit_error(one, other):
    """The share of bits that differ, from the beginning to the end of the shorter."""
    length = min(len(one), len(other))
    return float(np.bitwise_count(one[:length] ^ other[:length]).mean()) / 32 if length else 0.5


def beside_the_peer(seconds, folder):
    """Bit error against fpcalc and processor time for the same WAV files, by rate and channels."""
    told = {}
    for rate, channels in ((11025, 1), (22050, 1), (44100, 1), (44100, 2), (48000, 2)):
        made = np.concatenate([sound(number, 60) for number in range(seconds // 60)])
        samples = np.repeat(made, 2) if rate == 2 * RATE else made[::2] if rate == RATE // 2 else made
        path = folder / "peer.wav"
        # Two channels that are not the same.
        content = wav(samples, rate) if channels == 1 else _stereo(samples, rate)
        path.write_bytes(content)
        theirs, peer_seconds = fpcalc(str(path))
        begun = time.process_time()
        ours = sound_of(io.BytesIO(content), "wav")
        our_seconds = time.process_time() - begun
        told[f"{rate} Hz x{channels}"] = {
            "bit_error": round(bit_error(ours.items, theirs), 6),
            "items_equal": len(ours.items) == len(theirs),
            "ours_seconds_per_cpu_second": round(ours.duration_ms / 1000 / our_seconds),
            "fpcalc_seconds_per_cpu_second": round(ours.duration_ms / 1000 / peer_seconds),
            "ratio_speed": round(peer_seconds / our_seconds, 2),
        }
    return told


def _stereo(samples, rate):
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.stack([samples, np.roll(samples, rate)], axis=1).tobytes())
    return out.getvalue()


def changes(samples, other, rng):
    """(name, file, parser, speed, offset in seconds) of everything done to a sound."""
    minute = samples[: 60 * RATE]
    for name in ENCODINGS:
        yield name, *encoded(minute, name), 1.0, 0.0
    for name, chain in CHAINS.items():
        kind, percent = name.split(" ")[0], name.split(" ")[1]
        speed = 1 + int(percent) / 100 if kind in {"speed", "tempo"} else 1.0
        yield name, wav(filtered(minute, chain)), "wav", speed, 0.0
    for decibels in (20, 10, 5):
        yield f"noise {decibels} dB", wav(noisy(minute, decibels, rng)), "wav", 1.0, 0.0
    yield "mixed with another at -6 dB", wav(mixed(minute, other[: len(minute)] * 10 ** (-6 / 20))), "wav", 1.0, 0.0
    yield "telephone + amr 12k", *encoded(filtered(minute, CHAINS["telephone 300-3400 Hz"]), "amr 12k"), 1.0, 0.0
    for seconds in (30, 10, 5):
        begin = rng.uniform(0, len(samples) / RATE - seconds)
        clip = samples[round(begin * RATE) : round((begin + seconds) * RATE)]
        yield f"cut {seconds} s + aac 64k", *encoded(clip, "aac 64k"), 1.0, begin
        if seconds == 10:
            retuned = filtered(clip, CHAINS["pitch +2 %"])
            yield "cut 10 s + pitch +2 %", wav(retuned), "wav", 1.0, begin
            yield "cut 10 s + noise 5 dB", wav(noisy(clip, 5, rng)), "wav", 1.0, begin


def recall(sources, index, prints, folder):
    """By change and source: whether it was recognised, the bit error of the piece, and whether the peer's prints compared whole are near."""
    rng = np.random.default_rng(3)
    told = {}
    for at, (number, samples) in enumerate(sources.items()):
        other = list(sources.values())[(at + 1) % len(sources)]
        for name, content, parser, speed, offset in changes(samples, other, rng):
            asked = sound_of(io.BytesIO(content), parser, tunings=TUNINGS)
            row = told.setdefault(name, {"found": [], "bit_error": [], "edge": [], "peer": []})
            piece = None
            if number in {candidate.id for candidate in index.search_tuned(asked.tunings()).candidates}:
                piece = _right(align_tuned(asked.tunings(), prints[number]), asked, speed, offset)
            row["found"].append(piece is not None)
            if piece is not None:
                row["bit_error"].append(piece.bit_error)
                row["edge"].append(max(piece.asked_from_ms, asked.duration_ms - piece.asked_to_ms) / 1000)
            row["peer"].append(_peer_finds(content, parser, prints[number], asked, folder))
    return told


def summed(told):
    """The rows of `recall` as figures."""
    return {
        name: {
            "recall_percent": round(100 * statistics.mean(row["found"]), 1),
            "bit_error": round(statistics.median(row["bit_error"]), 3) if row["bit_error"] else None,
            "untold_seconds_at_an_end": round(statistics.median(row["edge"]), 2) if row["edge"] else None,
            "peer_whole_file_percent": round(100 * statistics.mean(row["peer"]), 1),
        }
        for name, row in told.items()
    }


def _right(pieces, asked, speed, offset):
    for piece in pieces:
        expected = offset + piece.asked_from_ms / 1000 * speed
        long_enough = piece.asked_to_ms - piece.asked_from_ms >= asked.duration_ms / 2
        if long_enough and abs(piece.held_from_ms / 1000 - expected) <= _PLACE_ERROR_MAX:
            return piece
    return None


def _peer_finds(content, parser, held, asked, folder):
    if shutil.which("fpcalc") is None:
        items = asked.items
    else:
        path = folder / f"asked.{parser}"
        path.write_bytes(content)
        items, _seconds = fpcalc(str(path))
    return items is not None and bit_error(items, held) <= _WHOLE_FILE_ERROR_MAX


def strangers(prints):
    """Every pair of different sounds: how many were told to have a piece in common, and what they differ by as a whole."""
    pairs, false, errors = 0, [], []
    for at, one in enumerate(prints):
        for number, other in enumerate(prints[:at]):
            pairs += 1
            pieces = align(one, other)
            if pieces:
                false.append(
                    (at, number, pieces[0].asked_to_ms - pieces[0].asked_from_ms, round(pieces[0].bit_error, 3))
                )
            if pairs % 50 == 0:
                errors.append(bit_error(one, other))
    middle = round(statistics.median(errors), 3) if errors else None
    return {"pairs": pairs, "false_matches": len(false), "first_false": false[:5], "bit_error_median": middle}


def large_index(hours, rounds):
    """An index of prints made without sound: its size, and milliseconds for one question."""
    index = SoundIndex()
    prints = [printed_rows(number) for number in range(12 * hours)]
    for begin in range(0, len(prints), 600):
        index.add(range(begin, min(begin + 600, len(prints))), prints[begin : begin + 600])
    begun = time.perf_counter()
    index.merge()
    merged = time.perf_counter() - begun
    report = check_sound_recall(
        index, range(0, len(prints), max(1, len(prints) // 200)), prints[:: max(1, len(prints) // 200)], seed=1
    )
    questions = {
        "10 s": [{0: prints[n][40:100]} for n in range(rounds)],
        "10 s in five tunings": [dict.fromkeys(TUNINGS, prints[n][40:100]) for n in range(rounds)],
        "5 min": [{0: prints[n]} for n in range(rounds)],
        "10 s of an unknown one": [{0: printed_rows(10**7 + n, 12)} for n in range(rounds)],
    }
    told = {}
    for name, asked in questions.items():
        index.search_tuned(asked[0])
        taken = []
        for tunings in asked:
            begun = time.perf_counter()
            index.search_tuned(tunings)
            taken.append(1000 * (time.perf_counter() - begun))
        told[name] = {"ms_median": round(statistics.median(taken), 2), "ms_max": round(max(taken), 2)}
    return {
        "hours": hours,
        "megabytes": round(index.size_bytes / 1e6, 1),
        "bytes_per_hour": round(index.size_bytes / hours),
        "merge_seconds": round(merged, 2),
        "items_held_too_often": index.common_items,
        "canaries_missed": f"{len(report.missed)} of {report.probes}",
        "questions": told,
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer and only made sounds, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    asked = options.parse_args()
    # One core for each, as the figures are by core.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rehearse()
    figures = {}

    def tell(name, what):
        figures[name] = what
        if not asked.json:
            print(f"== {name}", flush=True)
            for key, value in what.items():
                print(f"  {key}: {value}", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if shutil.which("fpcalc") is None:
            tell("peer", {"skipped": "fpcalc is not installed (Debian: libchromaprint-tools)"})
        else:
            tell("peer", beside_the_peer(60 if asked.quick else 300, folder))
        number, seconds = (3, 75) if asked.quick else (12, 300)
        sources = {n: sound(n, seconds) for n in range(number)}
        others = [_print(sound(1000 + n, 20)) for n in range(60 if asked.quick else 450)]
        tell("recall, made sounds", _recalled(sources, others, folder))
        tell("strangers, made sounds", strangers(others))
        if not asked.quick:
            _real(tell, others, folder)
        tell("index", large_index(20 if asked.quick else 1000, 20))
    print(json.dumps(figures))


def _print(samples):
    return sound_of(io.BytesIO(wav(samples)), "wav").items


def _recalled(sources, others, folder):
    prints = {number: _print(samples) for number, samples in sources.items()}
    index = SoundIndex()
    index.add(list(prints), list(prints.values()))
    index.add(range(10**6, 10**6 + len(others)), others)
    return summed(recall(sources, index, prints, folder))


def _real(tell, others, folder):
    music = real_sounds(MUSIC, 60)
    if not music:
        tell("recall, real music", {"skipped": "Debian's packages cannot be had here"})
        return
    sources = {n: samples[: 300 * RATE] for n, samples in enumerate(list(music.values())[:12])}
    tell("recall, real music", _recalled(sources, others, folder))
    # The two languages share one recording, of monkeys, and silences.
    speech = {
        name: made for name, made in real_sounds(SPEECH, 5).items() if "tt-" not in name and "silence" not in name
    }
    english = [_print(made) for name, made in speech.items() if "en_US" in name]
    french = [_print(made) for name, made in speech.items() if "fr_CA" in name]
    mixed_pairs = [(one, other) for one in english for other in french]
    mixed_pairs += [(_print(one), _print(other)) for n, one in sources.items() for m, other in sources.items() if m < n]
    false = sum(bool(align(one, other)) for one, other in mixed_pairs)
    tell("strangers, real sounds", {"pairs": len(mixed_pairs), "false_matches": false})


if __name__ == "__main__":
    main()
