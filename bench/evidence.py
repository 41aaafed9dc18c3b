"""Likelihood ratios measured with known truth, and whether the score made of them is met: on rendered rooms, and in a simulated world.

Rooms: a series is a room; of each of its views there is a picture and an altered copy. Ratios are measured on half of the rooms, the score is
held against the other half. A rendered room is no home: the figures show that the way is sound, not what real material will give.
Simulation: ten sources whose statistics are drawn, some of them from one fact, so that counting them all would count that fact often.
`--tables` and `--plot` write what was measured; dates and data sets are in the tables.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from altered import TRANSFORMATIONS, altered
from photographs import PLACE, Original
from PIL import Image

from clew.demo.render.views import picture_of
from clew.matching.calibration import calibration_of
from clew.matching.calibration_plot import calibration_svg
from clew.matching.evidence import evidence_of, prior_of, probability_of, scored
from clew.matching.evidence_sources import SOURCES, Source
from clew.matching.ratios_measured import measured
from clew.matching.scene_verify import verify
from clew.matching.score_curve import measured_curve
from clew.signatures.pdq import pdq_dihedral
from clew.signatures.scene import scene_of, scene_query_of

VIEWS, STRANGERS_FOR_EACH = 4, 20
#: Rooms from here on fill what an altered copy shows beside its picture.
FILLERS, FILLER_ROOMS = PLACE + 900, 12
PDQ, SCENE = Source.NEAR_DUPLICATE, Source.PARTIAL_COPY
#: Drawn sources: how far apart the statistics of same and other pairs lie (standard deviations), how often there is one, and from which fact.
DRAWN = {
    Source.NEAR_DUPLICATE: (2.5, 1.0, "sight"),
    Source.PARTIAL_COPY: (2.5, 1.0, "sight"),
    Source.SAME_SCENE: (2.0, 1.0, "sight"),
    Source.DEVICE_SERIAL: (1.5, 0.2, "device"),
    Source.SENSOR_NOISE: (2.0, 0.3, "device"),
    Source.ENCODER_TRACE: (0.7, 0.6, "device"),
    Source.SOUNDTRACK: (1.5, 0.1, "sound"),
    Source.TEXT: (0.8, 0.2, "writing"),
    Source.HANDLE: (1.2, 0.1, "writing"),
    Source.CO_OCCURRENCE: (0.6, 0.8, "finding"),
}
#: The same where what is to be seen is seldom told of: then there is less to count twice.
SELDOM = DRAWN | {PDQ: (2.5, 0.3, "sight"), SCENE: (2.5, 0.3, "sight"), Source.SAME_SCENE: (2.0, 0.5, "sight")}
#: How much of a statistic's chance comes from its fact.
COMMON = 0.9


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture of a room with what Clew keeps of it."""

    room: int
    hashes: np.ndarray
    first: np.ndarray
    scene: object
    query: object


def shown(room, pixels):
    hashes = np.stack([np.frombuffer(turned.bits, np.uint8) for turned in pdq_dihedral(pixels).values()])
    return Shown(room, hashes, hashes[0], scene_of(pixels), scene_query_of(pixels))


def pictures_of(rooms):
    for room in rooms:
        for view in range(VIEWS):
            original = Original(f"room {room} view {view}", picture_of(room, view))
            yield shown(room, original.pixels)
            change = random.Random(original.name).choice(sorted(TRANSFORMATIONS))
            yield shown(room, altered(change, original, filler))


def filler(seed, size):
    """A strange room of that size, to lay beside or under a picture."""
    room = Image.fromarray(picture_of(FILLERS + int(seed.integers(0, FILLER_ROOMS)), 0))
    return np.asarray(room.resize(size, Image.Resampling.BILINEAR))


def statistics_of(one, other):
    distance = int(np.bitwise_count(one.hashes ^ other.first).sum(axis=1, dtype=np.int64).min())
    match = verify(one.query, other.scene)
    return {PDQ: float(distance), SCENE: float(match.inliers if match else 0)}


def all_pairs_of(pictures):
    """Statistics and truth of all pairs: where strangers end is told by many of them."""
    return [(statistics_of(one, other), one.room == other.room) for one, other in itertools.combinations(pictures, 2)]


def pairs_of(pictures, seed):
    """Statistics and truth of all pairs of one room, and of some strangers of each picture."""
    rng = random.Random(seed)
    pairs = [pair for pair in itertools.combinations(pictures, 2) if pair[0].room == pair[1].room]
    for one in pictures:
        others = [other for other in pictures if other.room != one.room]
        pairs += [(one, other) for other in rng.sample(others, STRANGERS_FOR_EACH)]
    return [(statistics_of(one, other), one.room == other.room) for one, other in pairs]


def table_of(source, pairs, data_set, parameters):
    same, different = (
        [told[source] for told, truth in pairs if truth is wanted and source in told] for wanted in (True, False)
    )
    return measured(
        source,
        same,
        different,
        version="1",
        parameters=parameters,
        data_set=data_set,
        measured_on=today(),
    )


def evidence_in(told, tables):
    return [evidence_of(tables[source], statistic) for source, statistic in told.items()]


def summed(told, tables):
    """What all sources say together, as if they were independent."""
    return sum(each.log10_ratio for each in evidence_in(told, tables))


def curves_of(pairs, tables, data_set):
    """The curve of the score, and one for the plain sum, so that neither is compared without its own."""
    made = []
    for worth in (lambda told: scored(0.0, evidence_in(told, tables)).log10_odds, lambda told: summed(told, tables)):
        sums = {wanted: [worth(told) for told, truth in pairs if truth is wanted] for wanted in (True, False)}
        made.append(measured_curve(sums[True], sums[False], data_set=data_set, measured_on=today()))
    return made


def today():
    return dt.datetime.now(tz=dt.UTC).date().isoformat()


def tested(pairs, tables, prior, curves):
    """Calibration of the score and of the sum of all sources as if they were independent, with and without their curves."""
    told_by = {"score": [], "without_curve": [], "all_summed": [], "all_summed_with_curve": []}
    for told, _truth in pairs:
        evidence = evidence_in(told, tables)
        told_by["score"].append(scored(prior, evidence, curves[0]).probability)
        told_by["without_curve"].append(scored(prior, evidence).probability)
        total = summed(told, tables)
        told_by["all_summed"].append(probability_of(prior + total))
        told_by["all_summed_with_curve"].append(probability_of(prior + curves[1].worth(total)))
    truth = [is_same for _told, is_same in pairs]
    return {name: calibration_of(told, truth) for name, told in told_by.items()}


def figures_of(calibration):
    return {
        "pairs": calibration.pairs,
        "expected_error": round(calibration.expected_error, 4),
        "brier": round(calibration.brier, 4),
        "bins_that_hold": f"{sum(each.holds for each in calibration.bins)} of {len(calibration.bins)}",
    }


def even(pairs, seed):
    """As many other pairs as same ones."""
    same, other = ([pair for pair in pairs if pair[1] is truth] for truth in (True, False))
    count = min(len(same), len(other))
    rng = random.Random(seed)
    return rng.sample(same, count) + rng.sample(other, count)


def rooms(count):
    begin = time.process_time()
    first, second = (list(pictures_of(range(PLACE + at, PLACE + at + count // 2))) for at in (0, count // 2))
    learnt, held = all_pairs_of(first), pairs_of(second, "held")
    data_set = f"bench/evidence.py: {count // 2} rendered rooms, {VIEWS} views of each, each with one altered copy"
    parameters = {PDQ: {"orientations": 8}, SCENE: {"deep": False}}
    tables = {source: table_of(source, learnt, data_set, parameters[source]) for source in (PDQ, SCENE)}
    curves = curves_of(learnt, tables, data_set)
    share = sum(truth for _told, truth in held)
    found = tested(even(held, "even"), tables, 0.0, curves)
    figures = {
        "rooms": count,
        "same_pairs": sum(truth for _told, truth in held),
        "other_pairs": sum(not truth for _told, truth in held),
        "curve": [curves[0].slope, curves[0].offset_log10],
        "at_even_odds": {name: figures_of(each) for name, each in found.items()},
        "as_they_are": figures_of(tested(held, tables, prior_of(share, len(held)), curves)["score"]),
        "cpu_seconds": round(time.process_time() - begin, 1),
    }
    return figures, tables, found


def drawn(rng, count, is_same, sources):
    """Pairs of a simulated world: of each fact a common chance, of each source its own beside it."""
    for _ in range(count):
        facts = {fact: rng.gauss(0, 1) for _apart, _often, fact in sources.values()}
        told = {}
        for source, (apart, often, fact) in sources.items():
            if rng.random() < often:
                chance = COMMON * facts[fact] + (1 - COMMON**2) ** 0.5 * rng.gauss(0, 1)
                statistic = chance + (apart if is_same else 0.0)
                told[source] = statistic if SOURCES[source].rises else -statistic
        yield told, is_same


def simulated(count, sources):
    rng = random.Random("evidence")
    learnt = [*drawn(rng, count, True, sources), *drawn(rng, 5 * count, False, sources)]
    held = [*drawn(rng, count, True, sources), *drawn(rng, count, False, sources)]
    rare = [*drawn(rng, count // 10, True, sources), *drawn(rng, 2 * count, False, sources)]
    tables = {source: table_of(source, learnt, "bench/evidence.py: simulated", {}) for source in Source}
    curves = curves_of(learnt, tables, "bench/evidence.py: simulated")
    found, found_rare = tested(held, tables, 0.0, curves), tested(rare, tables, prior_of(1, 21), curves)
    figures = {
        "curve": [curves[0].slope, curves[0].offset_log10],
        "at_even_odds": {name: figures_of(each) for name, each in found.items()},
        "one_in_21": {name: figures_of(each) for name, each in found_rare.items()},
        "error_all_summed_times_ours": round(found["all_summed"].expected_error / found["score"].expected_error, 1),
    }
    return figures, found


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few rooms and pairs, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    options.add_argument("--tables", type=Path, help="a folder for the tables measured on rooms")
    options.add_argument("--plot", type=Path, help="a file for the plot of the calibration")
    chosen = options.parse_args()
    by_rooms, tables, found = rooms(10 if chosen.quick else 60)
    count = 2000 if chosen.quick else 20_000
    by_drawing, found_drawn = simulated(count, DRAWN)
    by_seldom, _ = simulated(count, SELDOM)
    if chosen.tables:
        for source, table in tables.items():
            (chosen.tables / f"{source.name.lower()}.json").write_text(table.to_json() + "\n")
    if chosen.plot:
        lines = {
            "rendered rooms": found["score"],
            "simulated": found_drawn["score"],
            "simulated, all summed": found_drawn["all_summed"],
        }
        chosen.plot.write_text(calibration_svg(lines, "The score of a pair: expected and observed, at even odds"))
    if not chosen.json:
        for table in tables.values():
            print(
                table.source.value,
                [(step.from_statistic, step.same, step.different, step.log10_ratio) for step in table.steps],
            )
    print(json.dumps({"rooms": by_rooms, "simulated": by_drawing, "simulated_sight_seldom": by_seldom}))


if __name__ == "__main__":
    main()
