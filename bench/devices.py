"""The same device: how often it is told, and how often wrongly, by sensor noise, traces and serials, on made-up cameras and on two real ones.

Made-up cameras (`clew.demo.sensors`) of six models photograph a dozen rendered rooms, each picture from a standpoint of its own. World 1 gives the table of likelihood ratios (`--table`, copied into
`clew/matching/device_odds.py`), world 2 is what is judged. The real cameras are those of 26 calibration photographs in Debian's
`opencv-doc`. Half of the pictures of a mixed collection were saved again at JPEG 90, 80 or 70. Costs are ratios to decoding the same picture, in the same run.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import tempfile
import time
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from devices_odds import ratio_table
from photographs import CACHE, fetch
from PIL import Image

from clew.demo.sensors import SensorCamera, light_of
from clew.matching.device_groups import TENTATIVE_LOG10_MIN, device_groups
from clew.matching.device_links import CapturedMedia, propose_links
from clew.matching.device_odds import (
    FINGERPRINT_TABLE,
    PAIR_TABLE,
    PCE_SPREAD_MIN,
    PROPOSED_LOG10_MIN,
    SEARCHED_PCE_MIN,
    TraceCounts,
    noise_evidence,
)
from clew.signatures.camera_serials import CameraSerials
from clew.signatures.encoder_traces import trace_of
from clew.signatures.sensor_noise import joined, peak_between, peak_searched, sensor_print_of
from clew.signatures.sensor_residual import cleaned, residual_of

WIDTH, HEIGHT = 1024, 768
PLACE = 60_000
CALIBRATING, JUDGED = 1, 2
KNOWN = 8
REAL = CACHE / "cameras"


def jpeg(pixels, quality):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return out.getvalue()


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def scaled(pixels, share):
    size = (round(pixels.shape[1] * share), round(pixels.shape[0] * share))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def cut(pixels, share):
    """So much of each side away, a third of it above and to the left."""
    height, width = pixels.shape[:2]
    top, left = round(height * share / 3), round(width * share / 3)
    return pixels[top : top + round(height * (1 - share)), left : left + round(width * (1 - share))]


#: What happens to a picture after the camera wrote it; "searched" where it must be looked for on the sensor.
CHANGES = {
    "as the camera wrote it": (lambda pixels: pixels, False),
    **{
        f"saved again, JPEG {quality}": (lambda pixels, quality=quality: decoded(jpeg(pixels, quality)), False)
        for quality in (95, 90, 85, 80, 75, 70)
    },
    "upside down, JPEG 95": (lambda pixels: decoded(jpeg(pixels[::-1, ::-1].copy(), 95)), False),
    "cut by 10 %, JPEG 95": (lambda pixels: decoded(jpeg(cut(pixels, 0.1), 95)), True),
    "cut by 25 %, JPEG 95": (lambda pixels: decoded(jpeg(cut(pixels, 0.25), 95)), True),
    "scaled to 90 %, JPEG 95": (lambda pixels: decoded(jpeg(scaled(pixels, 0.9), 95)), True),
    "scaled to 50 %, JPEG 95": (lambda pixels: decoded(jpeg(scaled(pixels, 0.5), 95)), True),
}


class Pictures:
    """The pictures of one world: file, pixels, print and plane of each, and which camera took it."""

    def __init__(self, world, cameras, shots, lights, *, is_mixed=False):
        self.camera, self.files = [], []
        for number in range(cameras):
            camera = SensorCamera(world, number)
            for shot in range(shots):
                self.camera.append(number)
                # Half of them have lost their serial numbers.
                content = camera.file_of(lights[number * shots + shot], shot, with_serials=shot % 2 == 0)
                quality = (0, 90, 0, 80, 0, 70)[shot % 6] if is_mixed else 0
                self.files.append(jpeg(decoded(content), quality) if quality else content)
        self.pixels = [decoded(content) for content in self.files]
        self.prints = [sensor_print_of(pixels) for pixels in self.pixels]
        self.planes = [print_.plane() for print_ in self.prints]

    def of(self, number):
        return [at for at, camera in enumerate(self.camera) if camera == number]

    def media(self, *, with_exif):
        return [
            CapturedMedia(at, print_, *(written(content) if with_exif else (None, CameraSerials())))
            for at, (print_, content) in enumerate(zip(self.prints, self.files, strict=True))
        ]


def written(content):
    """Trace and serials of a file."""
    from clew.media.metadata import exif_facts_of

    with Image.open(io.BytesIO(content)) as picture:
        facts = {name: fact for name, fact in exif_facts_of(picture.getexif()).items() if fact is not None}
    return trace_of(content, facts), CameraSerials.from_facts(facts)


def pair_peaks(pictures):
    """Peaks of pairs of one camera and of pairs of two."""
    same, other = [], []
    for first, second in combinations(range(len(pictures.planes)), 2):
        peak = peak_between(pictures.planes[first], pictures.planes[second])
        (same if pictures.camera[first] == pictures.camera[second] else other).append(peak)
    return same, other


def fingerprint_peaks(pictures, known, change, is_searched=False):
    """PCE of every further picture, changed, against the fingerprint of each camera's first ones."""
    same, other = [], []
    fingerprints = {
        number: joined([pictures.prints[at] for at in pictures.of(number)[:known]]) for number in set(pictures.camera)
    }
    for number in fingerprints:
        for at in pictures.of(number)[known:]:
            asked = sensor_print_of(np.ascontiguousarray(change(pictures.pixels[at]))).plane()
            for held, fingerprint in fingerprints.items():
                peak = best_peak(fingerprint, asked, is_searched)
                (same if held == number else other).append(peak)
    return same, other


def drawn_peaks(pictures, draws=6):
    """Peaks of pictures as they are against fingerprints of others, drawn anew several times."""
    rng, same, other = np.random.default_rng(3), [], []
    numbers = sorted(set(pictures.camera))
    for _draw in range(draws):
        drawn = {number: rng.permutation(pictures.of(number)) for number in numbers}
        fingerprints = {
            number: joined([pictures.prints[at] for at in order[:KNOWN]]) for number, order in drawn.items()
        }
        for number, order in drawn.items():
            for at in order[KNOWN:]:
                for held, fingerprint in fingerprints.items():
                    (same if held == number else other).append(peak_between(fingerprint, pictures.planes[at]))
    return same, other


def best_peak(fingerprint, asked, is_searched):
    if is_searched:
        return peak_searched(fingerprint, asked)
    return max((peak_between(fingerprint, turned) for turned in (asked, asked[::-1, ::-1])), key=lambda peak: peak.pce)


def told(peaks, table=FINGERPRINT_TABLE):
    """How many of the peaks are proposed by themselves."""
    found = [noise_evidence(peak, table) for peak in peaks]
    return sum(1 for evidence in found if evidence is not None and evidence.log10_ratio >= PROPOSED_LOG10_MIN)


def searched(peaks):
    """How many of the peaks, looked for everywhere, are proposed by themselves."""
    return sum(1 for peak in peaks if peak.pce >= SEARCHED_PCE_MIN and peak.pce_spread >= PCE_SPREAD_MIN)


def judged(pairs, camera):
    """Recall and precision of proposed pairs of places."""
    true = sum(1 for first, second in combinations(range(len(camera)), 2) if camera[first] == camera[second])
    right = sum(1 for first, second in pairs if camera[first] == camera[second])
    return {
        "proposed": len(pairs),
        "true_pairs": true,
        "recall": round(right / true, 4),
        "precision": round(right / len(pairs), 4) if pairs else None,
    }


def linked(media, camera):
    """What is proposed of a collection: pairs alone, and all pairs of members of the groups."""
    links = propose_links(media)
    pairs = {(link.first, link.second) for link in links}
    groups = device_groups(media, propose_links(media, log10_min=TENTATIVE_LOG10_MIN))
    grouped = {pair for group in groups for pair in combinations(group.members, 2)}
    return {
        "pairs": judged(pairs, camera),
        "groups": {**judged(grouped, camera), "count": len(groups)},
        "both": judged(pairs | grouped, camera),
    }


def changed(pictures, names):
    figures = {}
    for name in names:
        change, is_searched = CHANGES[name]
        same, other = fingerprint_peaks(pictures, KNOWN, change, is_searched)
        found, wrong = (searched(same), searched(other)) if is_searched else (told(same), told(other))
        figures[name] = {
            "pictures": len(same),
            "found": round(found / len(same), 3),
            "strangers": len(other),
            "wrong": wrong,
            "pce_median": round(statistics.median(peak.pce for peak in same), 1),
            "pce_strangers_max": round(max(peak.pce for peak in other), 1),
        }
        print(f"{name:26}", figures[name], flush=True)
    return figures


def one_standpoint(lights, cameras):
    """Strangers that show the very same light: two cameras on one tripod, or what a copy of a picture is like."""
    planes = [sensor_print_of(decoded(SensorCamera(JUDGED, n).file_of(lights[0], 900))).plane() for n in range(cameras)]
    peaks = [peak_between(first, second) for first, second in combinations(planes, 2)]
    return {
        "pairs": len(peaks),
        "proposed": told(peaks, PAIR_TABLE),
        "pce_max": round(max(peak.pce for peak in peaks), 1),
    }


def signs_against_levels(pictures, quick):
    """What is lost by keeping signs: PCE of pairs of one camera by full residuals and by prints."""
    ratios = []
    for number in sorted(set(pictures.camera))[: 2 if quick else 6]:
        first, second = pictures.of(number)[:2]
        whole = [cleaned(residual_of(pictures.pixels[at])) for at in (first, second)]
        full = peak_between(*whole).pce
        kept = peak_between(pictures.planes[first], pictures.planes[second]).pce
        ratios.append(kept / full)
    return round(statistics.median(ratios), 2)


def real_cameras():
    """The calibration photographs of two cameras: names and pixels; none where the package cannot be had."""
    if not (REAL / "whole").exists():
        REAL.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            fetch(Path(folder), ("opencv-doc",))
            for path in Path(folder).rglob("examples/data/*.jpg"):
                if path.stem[:-2] in {"left", "right"} and path.stem[-2:].isdigit():
                    (REAL / path.name).write_bytes(path.read_bytes())
        if any(REAL.glob("*.jpg")):
            (REAL / "whole").touch()
    return sorted(REAL.glob("*.jpg"))


def real_figures():
    paths = real_cameras()
    if not paths:
        return None
    camera = [path.stem[:-2] for path in paths]
    prints = [sensor_print_of(np.asarray(Image.open(path))) for path in paths]
    planes = [print_.plane() for print_ in prints]
    same, other = [], []
    for first, second in combinations(range(len(paths)), 2):
        (same if camera[first] == camera[second] else other).append(peak_between(planes[first], planes[second]).pce)
    media = [CapturedMedia(at, print_) for at, print_ in enumerate(prints)]
    return {
        "photographs": len(paths),
        "pce_same": [round(min(same), 1), round(statistics.median(same), 1)],
        "pce_other_max": round(max(other), 1),
        **linked(media, camera),
    }


def costs(pictures):
    """Milliseconds of one core for each picture, and as ratios to decoding it."""
    times = {"decode": [], "print": [], "trace": [], "peak": []}
    for at in range(min(12, len(pictures.files))):
        content = pictures.files[at]
        for name, work in (
            ("decode", lambda content=content: decoded(content)),
            ("print", lambda at=at: sensor_print_of(pictures.pixels[at])),
            ("trace", lambda content=content: trace_of(content)),
            ("peak", lambda at=at: peak_between(pictures.planes[0], pictures.planes[at])),
        ):
            begun = time.process_time()
            work()
            times[name].append(1000 * (time.process_time() - begun))
    middle = {name: statistics.median(each) for name, each in times.items()}
    from clew.matching.sensor_bank import SensorBank

    bank = SensorBank(pictures.prints * (1 + 2000 // len(pictures.prints)))
    begun = time.process_time()
    for print_ in pictures.prints[:5]:
        bank.scores(print_)
    scanned_us = 1e6 * (time.process_time() - begun) / 5 / len(bank)
    return {
        "to_decoding": {name: round(middle[name] / middle["decode"], 3) for name in ("print", "trace", "peak")},
        "scan_microseconds_each": round(scanned_us, 2),
        "print_bytes": len(pictures.prints[0].to_bytes()),
    }


def traces(pictures):
    """How often two strangers have one trace, and what the counted share predicts."""
    made = [written(content)[0] for content in pictures.files]
    counts = TraceCounts(made)
    same = other = met = strangers = 0
    for first, second in combinations(range(len(made)), 2):
        is_met = made[first] == made[second]
        if pictures.camera[first] == pictures.camera[second]:
            same, met = same + 1, met + is_met
        else:
            other, strangers = other + 1, strangers + is_met
    shares = [counts.share(trace) for trace in set(made)]
    return {
        "alike_in_one_camera": round(met / same, 3),
        "alike_in_strangers": round(strangers / other, 3),
        "distinct": len(shares),
        "share_of_commonest": round(max(shares), 3),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cameras, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    options.add_argument("--table", action="store_true", help="calibrate: the table of likelihood ratios of world 1")
    chosen = options.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    cameras, shots = (3, 10) if chosen.quick else (10, 14)
    lights = [light_of(PLACE + at % 12, at, WIDTH, HEIGHT) for at in range(cameras * shots)]
    if chosen.table:
        pictures = Pictures(CALIBRATING, cameras, shots, lights, is_mixed=True)
        print("pairs", json.dumps(ratio_table(*pair_peaks(pictures))), flush=True)
        print("fingerprint", json.dumps(ratio_table(*drawn_peaks(pictures))), flush=True)
        return
    pictures = Pictures(JUDGED, cameras, shots, lights)
    mixed = Pictures(JUDGED, cameras, shots, lights, is_mixed=True)
    names = list(CHANGES)[:: 3 if chosen.quick else 1]
    figures = {
        "cameras": cameras,
        "pictures": len(pictures.files),
        "real": real_figures(),
        "noise_alone": linked(pictures.media(with_exif=False), pictures.camera),
        "noise_alone_mixed": linked(mixed.media(with_exif=False), mixed.camera),
        "one_standpoint": one_standpoint(lights, cameras),
        "with_exif": linked(pictures.media(with_exif=True), pictures.camera),
        "with_exif_mixed": linked(mixed.media(with_exif=True), mixed.camera),
        "traces": traces(pictures),
        "signs_keep_of_pce": signs_against_levels(pictures, chosen.quick),
        "cost": costs(pictures),
    }
    if not chosen.json:
        for name, each in figures.items():
            print(name, each, flush=True)
    figures["to_a_fingerprint"] = changed(pictures, names)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
