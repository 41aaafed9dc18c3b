"""Sources of a link between two media: what each one's statistic is, which way it speaks, and with which others it shares what it says.

Sources that depend on each other would count one fact twice: a copy looks alike, has the same sound and was written by the same camera. So
each names the groups it belongs to, and of sources that share a group one is counted. What no trial has measured is said to be set.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Where evidence comes from, in words for people."""

    NEAR_DUPLICATE = "near-duplicate"
    PARTIAL_COPY = "partial copy"
    SAME_SCENE = "same scene"
    DEVICE_SERIAL = "device serial"
    SENSOR_NOISE = "sensor noise"
    ENCODER_TRACE = "encoder trace"
    SOUNDTRACK = "soundtrack"
    TEXT = "text"
    HANDLE = "handle"
    CO_OCCURRENCE = "co-occurrence"


class Group(StrEnum):
    """What sources have in common, in words that follow "both rest on"."""

    CONTENT = "what a copy brings along"
    SIGHT = "what is to be seen"
    CAPTURE = "the device"
    WRITING = "what is written"
    FINDING = "where and when it was found"


@dataclass(frozen=True, slots=True)
class SourceTraits:
    """A source as it counts: its statistic in words, whether more of it speaks for one series, its groups, and the most it may say."""

    statistic: str
    rises: bool
    groups: frozenset[Group]
    #: Set, not measured: the bounds of what this source alone may say, log10, whatever its table says. No source decides alone.
    log10_min: float
    log10_max: float


def _traits(statistic: str, *groups: Group, bounds: tuple[float, float], rises: bool = True) -> SourceTraits:
    return SourceTraits(statistic, rises, frozenset(groups), *bounds)


#: Two pictures that are no copies may well be of one series, so that copies are missing says little; a device, a scene or a voice that is
#: clearly another one says more. Traces are of a model or a program, never of one device; times and places are those of whole exhibits.
SOURCES: dict[Source, SourceTraits] = {
    Source.NEAR_DUPLICATE: _traits(
        "of 256 bits of PDQ that differ", Group.CONTENT, Group.SIGHT, bounds=(-0.5, 4.0), rises=False
    ),
    Source.PARTIAL_COPY: _traits("details that fit one transform", Group.CONTENT, Group.SIGHT, bounds=(-0.5, 4.0)),
    Source.SAME_SCENE: _traits("likeness of two scenes", Group.SIGHT, bounds=(-1.5, 3.0)),
    Source.DEVICE_SERIAL: _traits(
        "1 for equal serial numbers, 0 for others", Group.CONTENT, Group.CAPTURE, bounds=(-2.0, 3.0)
    ),
    Source.SENSOR_NOISE: _traits("peak of correlation energy", Group.CONTENT, Group.CAPTURE, bounds=(-1.0, 4.0)),
    Source.ENCODER_TRACE: _traits("rarity of an equal trace", Group.CONTENT, Group.CAPTURE, bounds=(-1.0, 1.5)),
    Source.SOUNDTRACK: _traits("seconds of sound that agree", Group.CONTENT, bounds=(-0.5, 3.5)),
    Source.TEXT: _traits("likeness of what is read in them", Group.CONTENT, Group.WRITING, bounds=(-0.5, 2.0)),
    Source.HANDLE: _traits("rarity of a name that both carry", Group.WRITING, bounds=(-0.5, 2.5)),
    Source.CO_OCCURRENCE: _traits("exhibits and times that both share", Group.FINDING, bounds=(-0.5, 1.5)),
}

assert set(SOURCES) == set(Source)
assert all(traits.log10_min < 0 < traits.log10_max for traits in SOURCES.values())


def shared_groups(one: Source, other: Source) -> frozenset[Group]:
    """What both rest on; a source with itself on all that it rests on."""
    return SOURCES[one].groups & SOURCES[other].groups
