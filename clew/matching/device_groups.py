"""Device groups: the media of one camera, found by its fingerprint: what many pictures share stands out far clearer than what two do.

A group grows from the strongest pair that is free: their fingerprint is compared with all prints of the frame, then that of all who matched,
and so on. Who stays is who matches the fingerprint of the others, without its own noise in it, and does so without the likest of them too.
So each member has evidence of its own, and no chain of pairs makes a group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clew.kernel.limits import SENSOR_FINGERPRINT_PICTURES_MAX
from clew.matching.device_links import CapturedMedia, DeviceLink, frames_of
from clew.matching.device_odds import (
    FINGERPRINT_TABLE,
    PAIR_TABLE,
    PROPOSED_LOG10_MIN,
    DeviceEvidence,
    Source,
    noise_evidence,
)
from clew.matching.sensor_bank import SensorBank
from clew.signatures.sensor_noise import peak_between, sum_of
from clew.signatures.sensor_print import SensorPrint, words_of
from clew.signatures.sensor_residual import Plane, levelled

#: How often a fingerprint is made anew from those who matched the last one.
_ROUNDS = 5
#: What is left of a member's peak without the one other picture that it is likest to: one picture alone must not carry it into a group.
_REST_PCE_MIN = 6.0
#: Of the middle member's peak a member has so much: a stranger's peak, from what cameras have in common, grows with the pictures joined too.
#: Two real cameras of one make, thirteen pictures each: 0.4 % (measured).
_SHARE_OF_MIDDLE_MIN = 0.03
#: What joins the first fingerprint, of two pictures, for a trial: all members must reach what is proposed against the later ones.
TENTATIVE_LOG10_MIN, _TENTATIVE_MEMBERS_MIN = 2.0, 4


@dataclass(frozen=True, slots=True)
class DeviceGroup:
    """Media of one camera: the numbers of its members and what each one's noise says against the fingerprint of the others."""

    members: tuple[int, ...]
    evidence: tuple[DeviceEvidence, ...]


def device_groups(media: Sequence[CapturedMedia], links: Sequence[DeviceLink]) -> list[DeviceGroup]:
    """The groups, the largest first; each media is in one at most. They begin with the pairs whose noise `links` of `propose_links` tell, then with what tells one body number.

    Links that are weaker than what is proposed (`log10_min=TENTATIVE_LOG10_MIN`) find more; what grows from one needs four members.
    """
    starts = [*_pairs(media, links), *_of_one_body(media)]
    groups = []
    for frame in frames_of(media).values():
        grower, free = _Grower(media, frame), set(frame)
        for start, is_strong in starts:
            basis = [place for place in start if place in free]
            if len(basis) < 2:
                continue
            found = grower.grown(basis[:SENSOR_FINGERPRINT_PICTURES_MAX], free)
            if len(found) >= (2 if is_strong else _TENTATIVE_MEMBERS_MIN):
                groups.append(_group(media, found))
                free -= set(found)
    return sorted(groups, key=lambda group: (-len(group.members), group.members))


def _pairs(media: Sequence[CapturedMedia], links: Sequence[DeviceLink]) -> list[tuple[list[int], bool]]:
    """Places of two to begin with, the highest peak first, and whether the peak alone is enough to be proposed."""
    places = {each.number: place for place, each in enumerate(media)}
    peaks = [
        (each.pce, [places[link.first], places[link.second]], each.log10_ratio >= PROPOSED_LOG10_MIN)
        for link in links
        for each in link.evidence
        if each.source is Source.NOISE and each.pce is not None and {link.first, link.second} <= places.keys()
    ]
    return [(pair, is_strong) for _pce, pair, is_strong in sorted(peaks, key=lambda peak: (-peak[0], peak[1]))]


def _of_one_body(media: Sequence[CapturedMedia]) -> Iterator[tuple[list[int], bool]]:
    """Places that tell one body number: their noise may say together what no two of them say."""
    bodies: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(media):
        if each.serials.body:
            bodies[each.serials.body].append(place)
    yield from ((places, False) for places in bodies.values())


def _group(media: Sequence[CapturedMedia], found: dict[int, DeviceEvidence]) -> DeviceGroup:
    ordered = sorted(found, key=lambda place: media[place].number)
    return DeviceGroup(tuple(media[place].number for place in ordered), tuple(found[place] for place in ordered))


def _near_the_middle(found: dict[int, DeviceEvidence]) -> dict[int, DeviceEvidence]:
    middle = float(np.median([each.pce or 0.0 for each in found.values()])) if found else 0.0
    return {place: each for place, each in found.items() if (each.pce or 0.0) >= _SHARE_OF_MIDDLE_MIN * middle}


class _Grower:
    """Grows groups among the prints of one frame."""

    def __init__(self, media: Sequence[CapturedMedia], frame: list[int]) -> None:
        self._media, self._frame = media, frame
        self._bank = SensorBank([sensor for place in frame if (sensor := media[place].sensor) is not None])
        self._row = {place: row for row, place in enumerate(frame)}

    def grown(self, start: list[int], free: set[int]) -> dict[int, DeviceEvidence]:
        """Members by place, with their evidence, grown from some; the pictures behind a fingerprint are counted once, copies left out."""
        basis = {start[0]: 0} | {place: self._turn(start[0], place) for place in start[1:]}
        found: dict[int, DeviceEvidence] = {}
        for turn in range(_ROUNDS):
            log10_min = PROPOSED_LOG10_MIN if turn else TENTATIVE_LOG10_MIN
            planes = {place: self._plane(place, quarters) for place, quarters in self._distinct(basis).items()}
            whole = sum_of(planes.values())
            fingerprint = levelled(whole)
            members, found = {}, {}
            for place, quarters in self._matching(fingerprint, free | set(planes)):
                others = levelled(whole - planes[place]) if place in planes else fingerprint
                evidence = self._evidence(place, quarters, planes, others, log10_min)
                if evidence is not None:
                    members[place], found[place] = quarters, evidence
            found = _near_the_middle(found)
            members = {place: members[place] for place in found}
            if len(members) < 2 or (turn and set(members) == set(basis)):
                break
            basis = members
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
        like = SensorPrint(words_of(whole), np.ones_like(self._bank.print_at(0).used), *self._bank.print_at(0).frame)
        rows = self._bank.candidates(whole, like, count_max=len(self._bank))
        best: dict[int, int] = {}
        for row, quarters in rows:
            # The bank turns the fingerprint; the print is turned back.
            best.setdefault(self._frame[row], -quarters % 4)
        return [(place, quarters) for place, quarters in best.items() if place in free]

    def _evidence(
        self, place: int, quarters: int, planes: dict[int, Plane], fingerprint: Plane, log10_min: float
    ) -> DeviceEvidence | None:
        """What the noise of one says against the fingerprint of the others; None where that is too little, or one of them carries it."""
        others = [plane for each, plane in planes.items() if each != place]
        if not others:
            return None
        own = self._plane(place, quarters)
        peak = peak_between(fingerprint, own)
        evidence = noise_evidence(peak, FINGERPRINT_TABLE if len(others) > 1 else PAIR_TABLE)
        if evidence is None or evidence.log10_ratio < log10_min:
            return None
        shares = np.array([float((plane * own).sum()) for plane in others])
        rest = (shares.sum() - shares.max()) / shares.sum()
        is_carried = len(others) > 1 and (rest <= 0 or peak.pce * rest * rest < _REST_PCE_MIN)
        return None if is_carried else evidence
