"""Pure rules of intake: which verdict a set of hits makes, and the sentence that goes with it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from clew.access.ownership import Level
from clew.intake.models import Basis, VerdictKind

#: A widely circulated picture may have hundreds of holders; the nearest say enough.
HITS_SHOWN_MAX = 50

EXACT = (Basis.SHA256, Basis.SHA1, Basis.MD5)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A held content that matches, before anybody asked who may know."""

    media_id: uuid.UUID
    basis: str
    distance: int
    orientation: str
    quality_held: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate together with one holder, and how much the asker may know of it."""

    candidate: Candidate
    series_id: uuid.UUID | None
    holder_unit_id: uuid.UUID
    holder_organisation_id: uuid.UUID
    level: Level


@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer for a file, as far as its asker may know."""

    kind: VerdictKind
    reason: str
    hits: Sequence[Hit] = ()


_TURNS = {
    "original": "",
    "rotate90": ", turned by 90 degrees",
    "rotate180": ", turned by 180 degrees",
    "rotate270": ", turned by 270 degrees",
    "flipx": ", mirrored",
    "flipy": ", mirrored",
    "flipplus1": ", mirrored and turned",
    "flipminus1": ", mirrored and turned",
}


def decide(hits: Sequence[Hit], *, unreadable: str = "", quality: int | None = None, quality_min: int = 0) -> Answer:
    """The verdict on one file from what its asker may know: same bytes win over looks, looks over nothing.

    `unreadable` is the sentence of a file that could not be opened; its bytes may be known all the same.
    """
    shown = sorted((hit for hit in hits if hit.level != Level.SILENT), key=_nearest_first)[:HITS_SHOWN_MAX]
    exact = [hit for hit in shown if hit.candidate.basis in EXACT]
    if exact:
        return Answer(VerdictKind.KNOWN, f"the same {_basis_words(exact[0])} as something held", shown)
    if unreadable:
        return Answer(VerdictKind.UNREADABLE, unreadable)
    if shown:
        nearest = shown[0].candidate
        return Answer(
            VerdictKind.RESEMBLES, f"near-duplicate at distance {nearest.distance}{_TURNS[nearest.orientation]}", shown
        )
    if quality is not None and quality < quality_min:
        return Answer(
            VerdictKind.NEW, f"no match; too plain to compare looks (quality {quality}), compared by its bytes alone"
        )
    return Answer(VerdictKind.NEW, "no match")


def _basis_words(hit: Hit) -> str:
    return {Basis.SHA256: "bytes", Basis.SHA1: "SHA-1", Basis.MD5: "MD5"}[Basis(hit.candidate.basis)]


def _nearest_first(hit: Hit) -> tuple[int, int, int, str]:
    basis_rank = EXACT.index(Basis(hit.candidate.basis)) if hit.candidate.basis in EXACT else len(EXACT)
    return (basis_rank, hit.candidate.distance, 0 if hit.level == Level.FULL else 1, str(hit.candidate.media_id))
