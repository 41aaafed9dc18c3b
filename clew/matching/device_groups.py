"""Device groups: the media of one camera, found by its fingerprint: what many pictures share stands out far clearer than what two do.

A group grows around one media: the fingerprint of it and of those directly linked to it is compared with all prints of the frame. Who stays
is who matches the fingerprint of the others, without its own noise in it. So each member has evidence of its own, and no chain of pairs
makes a group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clew.kernel.limits import SENSOR_FINGERPRINT_PICTURES_MAX
from clew.matching.device_links import CapturedMedia, DeviceLink, frames_of
from clew.matching.device_odds import FINGERPRINT_TABLE, PROPOSED_LOG10_MIN, DeviceEvidence, Source, noise_evidence
from clew.matching.sensor_bank import SensorBank
from clew.signatures.sensor_noise import peak_between
from clew.signatures.sensor_print import SensorPrint, words_of
from clew.signatures.sensor_residual import Plane

#: How often a fingerprint is made anew from those who matched the last one.
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class DeviceGroup:
    """Media of one camera: the numbers of its members and what each one's noise says against the fingerprint of the others."""

    members: tuple[int, ...]
    evidence: tuple[DeviceEvidence, ...]


def device_groups(media: Sequence[CapturedMedia], links: Sequence[DeviceLink]) -> list[DeviceGroup]:
    """The groups, the largest first; each media is in one at most. `links` are those of `propose_links`; those without noise begin nothing."""
    places = {each.number: place for place, each in enumerate(media)}
    near: dict[int, set[int]] = defaultdict(set)
    for link in links:
        if any(each.source is Source.NOISE for each in link.evidence):
            near[places[link.first]].add(places[link.second])
            near[places[link.second]].add(places[link.first])
    groups = []
    for frame in frames_of(media).values():
        grower = _Grower(media, frame)
        free = set(frame)
        for seed in sorted(frame, key=lambda place: (-len(near[place]), place)):
            if seed in free and near[seed] & free:
                found = grower.grown(seed, near[seed] & free, free)
                if len(found) > 1:
                    groups.append(_group(media, found))
                    free -= set(found)
    return sorted(groups, key=lambda group: (-len(group.members), group.members))


def _group(media: Sequence[CapturedMedia], found: dict[int, DeviceEvidence]) -> DeviceGroup:
    ordered = sorted(found, key=lambda place: media[place].number)
    return DeviceGroup(tuple(media[place].number for place in ordered), tuple(found[place] for place in ordered))


class _Grower:
    """Grows groups among the prints of one frame."""

    def __init__(self, media: Sequence[CapturedMedia], frame: list[int]) -> None:
        self._media, self._frame = media, frame
        self._bank = SensorBank([sensor for place in frame if (sensor := media[place].sensor) is not None])
        self._row = {place: row for row, place in enumerate(frame)}

    def grown(self, seed: int, near: set[int], free: set[int]) -> dict[int, DeviceEvidence]:
        """Members by place, with their evidence; the pictures behind a fingerprint are counted once, copies left out."""
        oriented = {seed: 0} | {place: self._turn(seed, place) for place in near}
        found: dict[int, DeviceEvidence] = {}
        for _round in range(_ROUNDS):
            planes = {place: self._plane(place, quarters) for place, quarters in self._distinct(oriented).items()}
            whole = np.sum(list(planes.values()), axis=0, dtype=np.float32)
            members, found = {}, {}
            for place, quarters in self._matching(whole, free | set(planes)):
                own = planes.get(place)
                if own is not None and len(planes) == 1:
                    continue
                evidence = self._evidence(place, quarters, whole if own is None else whole - own)
                if evidence is not None and evidence.log10_ratio >= PROPOSED_LOG10_MIN:
                    members[place], found[place] = quarters, evidence
            if len(members) < 2 or set(members) == set(oriented):
                return found
            oriented = members
        return found

    def _distinct(self, oriented: dict[int, int]) -> dict[int, int]:
        kept: dict[int, int] = {}
        seen: set[int] = set()
        for place, quarters in oriented.items():
            picture = self._media[place].picture
            if picture is not None and picture in seen:
                continue
            if picture is not None:
                seen.add(picture)
            kept[place] = quarters
            if len(kept) == SENSOR_FINGERPRINT_PICTURES_MAX:
                break
        return kept

    def _plane(self, place: int, quarters: int) -> Plane:
        return np.ascontiguousarray(np.rot90(self._bank.print_at(self._row[place]).plane(), quarters))

    def _turn(self, seed: int, place: int) -> int:
        """The quarters by which a linked print is to be turned to lie on the seed."""
        own, other = self._bank.print_at(self._row[seed]), self._bank.print_at(self._row[place])
        turns = self._bank.turns(own)
        return max(turns, key=lambda quarters: peak_between(own.plane(), np.rot90(other.plane(), quarters)).pce)

    def _matching(self, whole: Plane, free: set[int]) -> list[tuple[int, int]]:
        """Places whose signs agree with the fingerprint's, and how each is to be turned to lie on it."""
        like = SensorPrint(words_of(whole), self._bank.print_at(0).used | True, *self._bank.print_at(0).frame)
        rows = self._bank.candidates(whole, like, count_max=len(self._bank))
        best: dict[int, int] = {}
        for row, quarters in rows:
            # The bank turns the fingerprint; the print is turned back.
            best.setdefault(self._frame[row], -quarters % 4)
        return [(place, quarters) for place, quarters in best.items() if place in free]

    def _evidence(self, place: int, quarters: int, others: Plane) -> DeviceEvidence | None:
        return noise_evidence(peak_between(others, self._plane(place, quarters)), FINGERPRINT_TABLE)
