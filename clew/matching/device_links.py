"""Device links: which media seem to come from one device, each pair with its evidence. Proposals: a person decides.

Compared are only media that can lie on one sensor alike (prints of one frame, in `SensorBank`) and those that tell one serial number. The
bound: for n prints of one frame n * n / 2 quick comparisons of signs, then at most `SENSOR_CANDIDATES_MAX` full ones each; for every serial
number each media is compared with the first `SERIAL_MATES_MAX` that tell it. Nothing is concluded over a third media.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from clew.kernel.limits import SENSOR_CANDIDATES_MAX
from clew.matching.device_odds import (
    BODY_LOG10,
    LENS_LOG10,
    OTHER_BODY_LOG10,
    PROPOSED_LOG10_MIN,
    DeviceEvidence,
    Source,
    TraceCounts,
    noise_evidence,
    together,
)
from clew.matching.sensor_bank import SensorBank
from clew.signatures.camera_serials import CameraSerials
from clew.signatures.encoder_traces import EncoderTrace
from clew.signatures.sensor_noise import peak_between
from clew.signatures.sensor_print import SensorPrint

#: Media of one serial number that each further one is compared with; all of a large seizure have one camera's.
SERIAL_MATES_MAX = 20


@dataclass(frozen=True, slots=True)
class CapturedMedia:
    """What is known of one media's device. `picture` is equal for copies of one picture, which carry one noise and are never compared."""

    number: int
    sensor: SensorPrint | None = None
    trace: EncoderTrace | None = None
    serials: CameraSerials = field(default_factory=CameraSerials)
    picture: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceLink:
    """Two media that seem to come from one device, the lower number first, with the reasons and log10 of their likelihood ratio together."""

    first: int
    second: int
    evidence: tuple[DeviceEvidence, ...]
    log10_ratio: float


def propose_links(
    media: Sequence[CapturedMedia], counts: TraceCounts | None = None, *, log10_min: float = PROPOSED_LOG10_MIN
) -> list[DeviceLink]:
    """The pairs worth proposing, the strongest first. `counts` are those of the whole collection where the media are a part of it; pairs of
    less than is proposed are asked for to begin groups with.
    """
    counts = counts or TraceCounts(each.trace for each in media)
    noise = _noise_pairs(media)
    links = []
    for first, second in sorted({*noise, *_serial_pairs(media)}):
        link = link_between(media[first], media[second], counts, noise.get((first, second)))
        if link is not None and link.log10_ratio >= log10_min:
            links.append(link)
    return sorted(links, key=lambda link: (-link.log10_ratio, link.first, link.second))


def link_between(
    one: CapturedMedia, other: CapturedMedia, counts: TraceCounts, noise: DeviceEvidence | None = None
) -> DeviceLink | None:
    """All that speaks for or against one device behind two media, however little; None for copies of one picture."""
    if one.number == other.number or _is_copy(one, other):
        return None
    evidence = [*_serial_evidence(one.serials, other.serials)]
    if noise is not None:
        evidence.append(noise)
    if one.trace is not None and other.trace is not None:
        trace = counts.evidence(one.trace, other.trace)
        evidence += [trace] if trace is not None else []
    first, second = sorted((one.number, other.number))
    return DeviceLink(first, second, tuple(evidence), together(evidence))


def _is_copy(one: CapturedMedia, other: CapturedMedia) -> bool:
    return one.picture is not None and one.picture == other.picture


def _serial_evidence(one: CameraSerials, other: CameraSerials) -> Iterator[DeviceEvidence]:
    shared = one.shared_with(other)
    if "body" in shared:
        yield DeviceEvidence(Source.BODY, BODY_LOG10, "the serial number of the camera is the same")
    if "lens" in shared:
        yield DeviceEvidence(Source.LENS, LENS_LOG10, "the serial number of the lens is the same")
    if one.contradicts(other):
        yield DeviceEvidence(Source.BODY, OTHER_BODY_LOG10, "the serial numbers of the cameras differ")


def _serial_pairs(media: Sequence[CapturedMedia]) -> Iterator[tuple[int, int]]:
    """Places of media that tell one number, each with the first few of them."""
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, each in enumerate(media):
        for part in ("body", "lens"):
            number = getattr(each.serials, part)
            if number:
                blocks[part, number].append(place)
    for places in blocks.values():
        for at, place in enumerate(places):
            yield from ((mate, place) for mate in places[: min(at, SERIAL_MATES_MAX)])


def _noise_pairs(media: Sequence[CapturedMedia]) -> dict[tuple[int, int], DeviceEvidence]:
    """What sensor noise says of pairs of places, by frame."""
    found: dict[tuple[int, int], DeviceEvidence] = {}
    copies = Counter(each.picture for each in media)
    copies[None] = 0
    for places in frames_of(media).values():
        bank = SensorBank([sensor for place in places if (sensor := media[place].sensor) is not None])
        for row, place in enumerate(places):
            own = bank.print_at(row)
            plane = own.plane()
            # It finds itself and its copies first; they must not take the place of others.
            count_max = SENSOR_CANDIDATES_MAX + 1 + copies[media[place].picture]
            for mate, quarters in bank.candidates(plane, own, count_max):
                pair = (min(place, places[mate]), max(place, places[mate]))
                if mate == row or pair in found or _is_copy(media[place], media[places[mate]]):
                    continue
                turned = np.ascontiguousarray(np.rot90(plane, quarters))
                evidence = noise_evidence(peak_between(turned, bank.print_at(mate).plane()))
                if evidence is not None:
                    found[pair] = evidence
    return found


def frames_of(media: Sequence[CapturedMedia]) -> dict[tuple[int, int], list[int]]:
    """Places of media by the frame of their prints, weak ones left out."""
    frames: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, each in enumerate(media):
        if each.sensor is not None and not each.sensor.is_weak:
            frames[each.sensor.frame].append(place)
    return frames
