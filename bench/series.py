"""Series from proposals: how well clusters meet the truth of simulated worlds, beside connected components, and how long many media take.

A world has series of some scenes each. A pair of one scene is proposed more often than one of two scenes; some true pairs are contradicted;
strangers are linked by chance; and some media are found, as copies or under a shared frame, near another series, with strong odds. The levels
say how much of each (`LEVELS`). Connected components are given the threshold of odds at which they are best, chosen with the truth in hand.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from dataclasses import dataclass

from clew.matching.cluster_links import Link
from clew.matching.clusters import clusters_of

try:
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage
except ImportError:
    linkage = None

THRESHOLDS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
#: Average linkage of the peer needs all pairs in memory: 18 MB for 1,500 media.
PEER_MEDIA_MAX = 1500
SCENES_MAX, SCENE_MEDIA_MEAN = 3, 6


@dataclass(frozen=True)
class Level:
    """How much noise: shares of pairs proposed in one scene and between scenes, of contradicted ones, strangers' links and bridges per media."""

    within: float
    across: float
    contradicted: float
    strangers: float
    bridges: float


LEVELS = {
    "little": Level(0.85, 0.5, 0.02, 0.1, 0.002),
    "some": Level(0.7, 0.35, 0.05, 0.3, 0.01),
    "much": Level(0.5, 0.2, 0.08, 0.6, 0.03),
}


def world_of(level, media, seed):
    """Links, and the series of each media."""
    rng = random.Random(seed)
    truth, scenes = [], []
    while len(truth) < media:
        series = scenes[-1][0] + 1 if scenes else 0
        for scene in range(rng.randint(1, SCENES_MAX)):
            size = 1 + min(40, int(rng.expovariate(1 / SCENE_MEDIA_MEAN)))
            truth += [series] * size
            scenes += [(series, scene)] * size
    links = []
    starts = {}
    for number, series in enumerate(truth):
        starts.setdefault(series, number)
        for other in range(starts[series], number):
            share = level.within if scenes[number] == scenes[other] else level.across
            if rng.random() < share:
                # What speaks for one series differs from pair to pair; of some pairs more speaks against it.
                against = rng.random() < level.contradicted
                links.append(Link(other, number, rng.gauss(-0.7, 0.3) if against else rng.gauss(2.2, 1.0)))
    links += [
        Link(rng.randrange(len(truth)), rng.randrange(len(truth)), rng.gauss(0.2, 0.8))
        for _ in range(round(level.strangers * len(truth)))
    ]
    for _ in range(round(level.bridges * len(truth))):
        number, near = rng.randrange(len(truth)), rng.randrange(len(truth))
        # A copy, or a frame that both have, is found near a media of another series and near what looks like that.
        links += [
            Link(number, other, rng.gauss(3.5, 0.5))
            for other in range(near, min(near + 3, len(truth)))
            if truth[other] == truth[near] != truth[number]
        ]
    return links, truth


def compared(labels, truth):
    """Pairwise precision, recall and F1, and how many clusters hold at least half of each of two series of three or more media."""
    together = Counter((labels[number], series) for number, series in enumerate(truth))
    sizes, series_sizes = Counter(labels.values()), Counter(truth)
    right = sum(n * (n - 1) // 2 for n in together.values())
    found = sum(n * (n - 1) // 2 for n in sizes.values())
    wanted = sum(n * (n - 1) // 2 for n in series_sizes.values())
    halves = Counter(
        cluster
        for (cluster, series), n in together.items()
        if series_sizes[series] >= 3 and 2 * n >= series_sizes[series]
    )
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    return {
        "f1": round(2 * right / max(found + wanted, 1), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "series_merged": sum(n > 1 for n in halves.values()),
    }


def components(links, media, threshold):
    """Media -> the lowest number it is connected with, by links of such odds."""
    above = list(range(media))

    def root(number):
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    for first, second, log10_odds in links:
        if log10_odds >= threshold:
            one, other = sorted((root(first), root(second)))
            above[other] = one
    return {number: root(number) for number in range(media)}


def best_of(labellings, truth):
    return max((compared(labels, truth) for labels in labellings), key=lambda told: told["f1"])


def average_linkage(links, media):
    """The peer's clusters at each threshold; a pair without a link says nothing."""
    odds = np.zeros((media, media))
    for first, second, log10_odds in links:
        odds[first, second] = odds[second, first] = min(4.0, log10_odds)
    tree = linkage((4.0 - odds)[np.triu_indices(media, 1)], "average")
    for threshold in THRESHOLDS:
        yield dict(enumerate(fcluster(tree, 4.0 - threshold, "distance").tolist()))


def worlds(media, seeds, show):
    figures = {}
    for name, level in LEVELS.items():
        rows = {}
        for seed in range(seeds):
            links, truth = world_of(level, media, f"{name} {seed}")
            found = clusters_of(range(len(truth)), links)
            told = {"clew": compared(found.labels(), truth)}
            told["components"] = best_of((components(links, len(truth), t) for t in THRESHOLDS), truth)
            if linkage and media <= PEER_MEDIA_MAX:
                told["average_linkage"] = best_of(average_linkage(links, len(truth)), truth)
            for who, scores in told.items():
                rows.setdefault(who, []).append(scores)
        figures[name] = {
            who: {
                **{key: round(sum(each[key] for each in scores) / seeds, 4) for key in ("f1", "precision", "recall")},
                "f1_least": min(each["f1"] for each in scores),
                "series_merged": sum(each["series_merged"] for each in scores),
            }
            for who, scores in rows.items()
        }
        if show:
            print(f"{name:>7}", json.dumps(figures[name]), flush=True)
    return figures


def cost(media):
    """Processor seconds for many media, and how many times those of connected components."""
    links, truth = world_of(LEVELS["some"], media, "cost")
    began = time.process_time()
    found = clusters_of(range(len(truth)), links)
    ours = time.process_time() - began
    began = time.process_time()
    components(links, len(truth), 2.0)
    theirs = time.process_time() - began
    return {
        "media": len(truth),
        "links": len(links),
        "clusters": len(found.clusters),
        "proposals": len(found.proposals),
        "seconds": round(ours, 2),
        "times_components": round(ours / theirs, 1),
        **compared(found.labels(), truth),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few worlds and media, under 60 seconds")
    options.add_argument("--json", action="store_true", help="only one JSON object, on the last line")
    chosen = options.parse_args()
    media, seeds = 1200, 2 if chosen.quick else 10
    figures = {"media": media, "worlds_of_each_level": seeds, "levels": worlds(media, seeds, not chosen.json)}
    figures["cost"] = cost(20_000 if chosen.quick else 100_000)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
