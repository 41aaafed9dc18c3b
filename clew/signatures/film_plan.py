"""Plans: which packets of a film need not be decoded, when only some of its frames are wanted, so that those come out bit for bit the same.

A frame that no other one refers to is skipped by the decoder itself. What lies between the last wanted frame and a key frame after which
nothing refers back is not handed to the decoder at all. A phone's film, with a key frame each second, is so decoded by its key frames alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

#: Packets of a film that is planned: a day at 20 a second. What has more is decoded packet by packet.
PACKETS_MAX = 2_000_000
#: Decoders that skip what nothing refers to, and tell it from the bytes of the frame alone.
_SKIPS = frozenset({"h264", "hevc", "mpeg4", "mpeg2video"})
#: Formats whose key frames never have anything after them refer to what lies before.
_KEYS_ARE_FRESH = frozenset({"vp8", "vp9", "av1"})
# ITU-T H.264, table 7-1; ITU-T H.265, table 7-1: pictures after which everything before is forgotten.
_H264_IDR = frozenset({5})
_HEVC_IDR = frozenset({19, 20})


@dataclass(frozen=True, slots=True)
class Plan:
    """For each packet, in the order of decoding: whether its frame is wanted, and whether it is handed to the decoder.

    `numbers` gives the number of each wanted frame, counted in the order of showing, by its time stamp.
    """

    is_wanted: Sequence[bool]
    is_decoded: Sequence[bool]
    numbers: dict[int, int]


def plan_of(container: Any, stream: Any, step: int, *, is_close: bool = False) -> Plan | None:
    """The plan for every n-th frame, and for key frames that lie half as far apart: encoders begin a scene with one, so copies share it.

    Reads all packets once. None where the packets do not tell which frames they are. `is_close` has the frames decoded on to the middle
    between two wanted ones, where a key frame would have ended it before.
    """
    stamps: list[int] = []
    is_fresh: list[bool] = []
    keys: list[int] = []
    name, extradata = codec_name(stream), stream.codec_context.extradata
    for packet in container.demux(stream):
        if not packet.size:
            continue
        if packet.pts is None or packet.is_discard or packet.is_corrupt or len(stamps) >= PACKETS_MAX:
            return None
        if not stamps and not packet.is_keyframe:
            return None
        stamps.append(packet.pts)
        if packet.is_keyframe:
            keys.append(packet.pts)
        is_fresh.append(packet.is_keyframe and _is_fresh_start(name, extradata, packet))
    if not stamps or len(set(stamps)) != len(stamps):
        return None
    by_stamp = {stamp: number for number, stamp in enumerate(sorted(stamps))}
    apart = set(_apart(sorted(by_stamp[stamp] for stamp in keys), step))
    numbers = {stamp: number for stamp, number in by_stamp.items() if number % step == 0 or number in apart}
    is_wanted = [stamp in numbers for stamp in stamps]
    is_needed = [
        wanted or (is_close and by_stamp[stamp] % step == step // 2)
        for wanted, stamp in zip(is_wanted, stamps, strict=True)
    ]
    return Plan(is_wanted, _decoded(is_needed, is_fresh), numbers)


def _apart(numbers: Sequence[int], step: int) -> Iterator[int]:
    """Those of the key frames, in order, that have no other half a step before them: where every frame is one, they tell nothing."""
    return (number for before, number in itertools.pairwise([-step, *numbers]) if 2 * (number - before) >= step)


def may_skip(stream: Any) -> bool:
    """Whether the decoder of a stream may be told to leave out frames that nothing refers to."""
    return codec_name(stream) in _SKIPS


def codec_name(stream: Any) -> str:
    """The format of a stream, whatever its decoder is called."""
    name: str = stream.codec_context.codec.canonical_name
    return name


def _decoded(is_needed: Sequence[bool], is_fresh: Sequence[bool]) -> list[bool]:
    """Everything from a fresh start to the last needed frame before the next one."""
    decoded = [False] * len(is_needed)
    is_before_needed = False
    for at in range(len(is_needed) - 1, -1, -1):
        is_before_needed = is_before_needed or is_needed[at]
        decoded[at] = is_before_needed
        if is_fresh[at]:
            is_before_needed = False
    return decoded


def _is_fresh_start(codec: str, extradata: bytes | None, packet: Any) -> bool:
    """Whether nothing from this key frame on refers to anything before it."""
    if codec in _KEYS_ARE_FRESH:
        return True
    if codec == "h264":
        return any(head & 0x1F in _H264_IDR for head in _unit_heads(bytes(packet), _length_bytes(extradata, 4)))
    if codec == "hevc":
        return any(head >> 1 & 0x3F in _HEVC_IDR for head in _unit_heads(bytes(packet), _length_bytes(extradata, 21)))
    return False


def _length_bytes(extradata: bytes | None, place: int) -> int:
    """How many bytes tell the length of a unit (ISO/IEC 14496-15, 5.3.3 and 8.3.3); 0 where start codes stand between them."""
    if not extradata or len(extradata) <= place or extradata[0] != 1:
        return 0
    return (extradata[place] & 3) + 1


def _unit_heads(packet: bytes, length_bytes: int) -> Iterator[int]:
    """The first byte of each unit of a packet."""
    at = 0
    if length_bytes:
        while at + length_bytes < len(packet):
            yield packet[at + length_bytes]
            at += length_bytes + int.from_bytes(packet[at : at + length_bytes], "big")
        return
    # ITU-T H.264, annex B.
    while (at := packet.find(b"\0\0\1", at)) >= 0 and at + 3 < len(packet):
        yield packet[at + 3]
        at += 3
