"""Turned looks: the hashes of one picture in all eight orientations, as it is, enlarged and without its borders, in one piece of bytes.

A hash that is kept is of the picture the way up it came. Two pictures of one delivery that are mirrors of each other find each other only
if one of them can still ask turned, when its pixels are long gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clew.kernel.errors import ClewError
from clew.kernel.limits import PDQ_QUALITY_MIN
from clew.signatures.orientations import Orientation
from clew.signatures.pdq_hash import HASH_SIZE_BYTES, PdqHash

#: How a picture was made before it was hashed, in the order of their numbers.
VARIANTS = ("", "enlarged", "trimmed")
_ORIENTATIONS = tuple(Orientation)
_ROW_BYTES = 1 + HASH_SIZE_BYTES


class TurnedLooksUnreadable(ClewError):
    """The kept looks of a picture are damaged. Its other signatures are not touched. Tell your administrator."""


@dataclass(frozen=True, slots=True)
class TurnedLook:
    """One hash, of the picture turned so and made so."""

    orientation: Orientation
    variant: str
    bits: bytes


def pack_turned(made: Mapping[str, Mapping[Orientation, PdqHash]]) -> bytes:
    """The hashes by variant and orientation as bytes: one that says which, and 32 of the hash. Those that say too little are left out."""
    return b"".join(
        bytes([VARIANTS.index(variant) * len(_ORIENTATIONS) + _ORIENTATIONS.index(orientation)]) + found.bits
        for variant, hashes in made.items()
        for orientation, found in hashes.items()
        if found.quality >= PDQ_QUALITY_MIN
    )


def unpack_turned(content: bytes) -> Iterator[TurnedLook]:
    """The looks that were packed. Raises TurnedLooksUnreadable."""
    if len(content) % _ROW_BYTES:
        raise TurnedLooksUnreadable
    for at in range(0, len(content), _ROW_BYTES):
        variant, orientation = divmod(content[at], len(_ORIENTATIONS))
        if variant >= len(VARIANTS):
            raise TurnedLooksUnreadable
        yield TurnedLook(_ORIENTATIONS[orientation], VARIANTS[variant], content[at + 1 : at + _ROW_BYTES])
