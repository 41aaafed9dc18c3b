"""The print of a sound as it is kept: its items, how long the sound was, and whether all of it was heard; as bytes, told apart by version."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from clew.kernel.errors import ClewError
from clew.kernel.limits import SOUND_ITEMS_MAX
from clew.signatures.sound_classes import MS_PER_ITEM

Items = npt.NDArray[np.uint32]
#: Magic, version, whether whole, tunings beside the first, items, milliseconds, packets skipped; then the tunings, one byte each, and their items.
_HEADER = struct.Struct("<4sBBHIII")
_MAGIC, _VERSION = b"CLSP", 1
_TUNINGS_MAX = 8
#: A tuning is a signed byte.
_PERCENT_MAX = 50
_MS_MAX = 2**31 - 1


class SoundPrintRefused(ClewError):
    """This is no print of a sound: {reason}. Nothing was kept or compared. Make it anew from the file."""

    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True, eq=False)
class SoundPrint:
    """The items (m,) of a sound, one for every `ms_per_item`, and how long it was. A print that asks may bring the items of other
    tunings, in percent; one that is kept needs none.
    """

    items: Items
    duration_ms: int
    tuned: Mapping[int, Items] = field(default_factory=dict)
    packets_skipped: int = 0
    is_whole: bool = True
    ms_per_item: ClassVar[float] = MS_PER_ITEM

    def plain(self) -> SoundPrint:
        """The same without other tunings, as it is kept."""
        return SoundPrint(self.items, self.duration_ms, {}, self.packets_skipped, self.is_whole)

    def tunings(self) -> dict[int, Items]:
        """The items by tuning, the sound as it is (0) first."""
        return {0: self.items, **self.tuned}

    def to_bytes(self) -> bytes:
        """The print as bytes: 16 for itself, and 4 for every item of every tuning."""
        skipped, duration_ms = min(self.packets_skipped, _MS_MAX), min(self.duration_ms, _MS_MAX)
        header = _HEADER.pack(_MAGIC, _VERSION, self.is_whole, len(self.tuned), len(self.items), duration_ms, skipped)
        percents = np.array(list(self.tuned), dtype=np.int8).tobytes()
        return b"".join([header, percents, *(items.astype("<u4").tobytes() for items in self.tunings().values())])

    @classmethod
    def from_bytes(cls, told: bytes) -> SoundPrint:
        """The print that `to_bytes` wrote; raises SoundPrintRefused for anything else, whoever wrote it."""
        if len(told) < _HEADER.size:
            raise SoundPrintRefused(reason="it is too short")
        magic, version, is_whole, others, count, duration_ms, skipped = _HEADER.unpack_from(told)
        if (magic, version) != (_MAGIC, _VERSION):
            raise SoundPrintRefused(reason="it is of no version known here")
        if is_whole > 1 or others > _TUNINGS_MAX or count > SOUND_ITEMS_MAX or max(duration_ms, skipped) > _MS_MAX:
            raise SoundPrintRefused(reason="it states more than a print can hold")
        if len(told) != _HEADER.size + others + 4 * count * (1 + others):
            raise SoundPrintRefused(reason="it is not as long as it states")
        if count * MS_PER_ITEM > duration_ms:
            raise SoundPrintRefused(reason="it has more items than its sound is long")
        percents = np.frombuffer(told, np.int8, others, _HEADER.size).tolist()
        if len({0, *percents}) != 1 + others or max(map(abs, percents), default=0) > _PERCENT_MAX:
            raise SoundPrintRefused(reason="its tunings cannot be")
        items = np.frombuffer(told, "<u4", count * (1 + others), _HEADER.size + others).astype(np.uint32)
        first, *tuned = items.reshape(1 + others, count)
        return cls(first, duration_ms, dict(zip(percents, tuned, strict=True)), skipped, bool(is_whole))
