"""Questions: what fingerprints and stated signatures ask for: digests by kind, and the hashes of looks with what each is of.

Of a picture the eight orientations are asked for, each as a negative too, of a small one enlarged too, of one with borders without them, of a video its frames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from clew.intake.fingerprints import Fingerprint
from clew.intake.models import Basis
from clew.kernel.limits import PDQ_QUALITY_MIN
from clew.matching.bits import HASH_BYTES, Bytes
from clew.matching.degenerate import degenerate_rows
from clew.matching.hits import Hits, Numbers
from clew.signatures.films import Frame
from clew.signatures.orientations import Orientation

#: Variants of a look: a moment of a video, as it is and without the bars around its picture.
FRAME, FRAME_TRIMMED = "frame", "frame-trimmed"
#: A picture whose colours are turned around.
INVERTED = "inverted"
FRAMES = frozenset({FRAME, FRAME_TRIMMED})

EXACT = (Basis.SHA256.value, Basis.SHA1.value, Basis.MD5.value)


@dataclass(frozen=True, slots=True)
class Look:
    """One hash of a look: whose it is (a place in the list that was asked), how it was made, its 32 bytes."""

    place: int
    bits: bytes
    orientation: str = "original"
    variant: str = ""
    time_ms: int = 0
    #: Of a moment of a video, the one that counts where this matches: itself, of one between the one before.
    counts_ms: int = 0


@dataclass(frozen=True, slots=True)
class Questions:
    """Everything that is asked at once. `digests` are, by kind, the places in the list and the digests."""

    digests: dict[str, tuple[list[int], list[bytes]]]
    looks: Sequence[Look]
    bits: Bytes
    #: Why looks of a place are not asked for: they are no picture's.
    refused: dict[int, str] = field(default_factory=dict)

    def places_of(self, hits: Hits) -> Numbers:
        """Of each hit the place of its look."""
        return np.array([look.place for look in self.looks], dtype=np.int64)[hits.query_index]


def questions_of(fingerprints: Sequence[Fingerprint]) -> Questions:
    """What the fingerprints ask for: every digest, and every look that says enough to be compared."""
    digests: dict[str, tuple[list[int], list[bytes]]] = defaultdict(lambda: ([], []))
    looks: list[Look] = []
    for place, fingerprint in enumerate(fingerprints):
        for kind, digest in fingerprint.digests.items():
            digests[kind][0].append(place)
            digests[kind][1].append(digest)
        looks += _looks_of(place, fingerprint)
    return questions(digests, looks)


def questions(digests: dict[str, tuple[list[int], list[bytes]]], looks: Sequence[Look]) -> Questions:
    """Digests and looks as questions, without looks that no picture has."""
    bits = np.frombuffer(b"".join(look.bits for look in looks), dtype=np.uint8).reshape(-1, HASH_BYTES)
    degenerate = degenerate_rows(bits)
    if degenerate:
        refused = {looks[at].place: f"what was asked: {why}" for at, why in degenerate.items()}
        looks = [look for at, look in enumerate(looks) if at not in degenerate]
        return Questions(digests, looks, np.delete(bits, list(degenerate), axis=0), refused)
    return Questions(digests, looks, bits)


def asked_with(asked: Questions) -> dict[str, list[bytes]]:
    """The hashes that were asked with, by kind, for the ledger's keyed marks: who asked for one can be found by whoever has the key.

    Of a look the hash the way up it was made; moments of a video only where no digest names the whole.
    """
    named = {place for places, _digests in asked.digests.values() for place in places}
    plain = [
        look.bits
        for look in asked.looks
        if look.orientation == Orientation.ORIGINAL.value
        and (not look.variant or (look.variant == FRAME and look.place not in named))
    ]
    by_kind = {kind: list(digests) for kind, (_places, digests) in asked.digests.items() if digests}
    return {**by_kind, "pdq": plain} if plain else by_kind


def _inverted(bits: bytes) -> bytes:
    return bytes(255 - byte for byte in bits)


def _looks_of(place: int, fingerprint: Fingerprint) -> Iterator[Look]:
    if fingerprint.has_reliable_pdq:
        for orientation, made in fingerprint.pdq.items():
            yield Look(place, made.bits, orientation.value)
            # A negative rises where the picture falls: every bit is the other one.
            yield Look(place, _inverted(made.bits), orientation.value, INVERTED)
        for orientation, made in fingerprint.pdq_enlarged.items():
            yield Look(place, made.bits, orientation.value, "enlarged")
    for orientation, made in fingerprint.pdq_trimmed.items():
        if made.quality >= PDQ_QUALITY_MIN:
            yield Look(place, made.bits, orientation.value, "trimmed")
    for variant, frames in ((FRAME, fingerprint.frames), (FRAME_TRIMMED, fingerprint.frames_trimmed)):
        yield from _moments_of(place, variant, frames)


def _moments_of(place: int, variant: str, frames: Sequence[Frame]) -> Iterator[Look]:
    counts_ms = None
    for frame in frames:
        if frame.quality < PDQ_QUALITY_MIN:
            continue
        if not frame.is_between:
            counts_ms = frame.time_ms
        # What comes before the first that counts shows nothing yet.
        if counts_ms is None:
            continue
        yield Look(place, frame.bits, variant=variant, time_ms=frame.time_ms, counts_ms=counts_ms)
        if frame.mirrored:
            yield Look(place, frame.mirrored, Orientation.FLIPY.value, variant, frame.time_ms, counts_ms)
