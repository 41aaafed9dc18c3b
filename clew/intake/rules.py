"""Pure rules of intake: which verdict a set of hits makes, and the sentence that goes with it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clew.access.ownership import Level
from clew.intake.fits import Fit
from clew.intake.models import Basis, VerdictKind
from clew.kernel.limits import FILM_SHARE_ASKED_MIN, FILM_SHARE_HELD_MIN, PDQ_DISTANCE_MAX
from clew.matching.moments import Piece, speed_words

#: A widely circulated picture may have hundreds of holders; the nearest say enough.
HITS_SHOWN_MAX = 50

_TRIMMED = ", after cutting off the letterbox"
EXACT = (Basis.SHA256, Basis.SHA1, Basis.MD5)


@dataclass(frozen=True, slots=True)
class Film:
    """How two films meet: pieces with their seconds, and of how many frames on either side how many match."""

    pieces: Sequence[Piece]
    asked_matched: int
    asked_frames: int
    held_matched: int
    held_frames: int
    #: Whether one of the two had its letterbox cut off to be compared.
    is_trimmed: bool = False

    @property
    def asked_share(self) -> float:
        """Of the frames asked about, how many match: what ThreatExchange's extension decides by."""
        return self.asked_matched / max(1, self.asked_frames)

    @property
    def held_share(self) -> float:
        """Of the held video's frames, how many match: what vPDQ's documentation decides by."""
        return self.held_matched / max(1, self.held_frames)

    @property
    def words(self) -> str:
        """The longest piece, and both shares: vPDQ's two conventions ask for one or for the other."""
        piece = self.pieces[0]
        return (
            f"seconds {piece.asked_from_ms / 1000:g} to {piece.asked_to_ms / 1000:g} match seconds {piece.held_from_ms / 1000:g} to "
            f"{piece.held_to_ms / 1000:g} of a held video{speed_words(piece.speed)}; {self.asked_share:.0%} of this one, "
            f"{self.held_share:.0%} of the held one{_TRIMMED if self.is_trimmed else ''}{self._whole_words}"
        )

    @property
    def _whole_words(self) -> str:
        whole = [
            name
            for name, is_whole in (("the held video", self.is_held_whole), ("this one", self.is_asked_whole))
            if is_whole
        ]
        return (
            f"; {' and '.join(whole)} counts as found whole"
            if len(whole) == 1
            else "; both count as found whole"
            if whole
            else ""
        )

    @property
    def is_held_whole(self) -> bool:
        """Whether the held video is in this one, by vPDQ's share."""
        return self.held_share >= FILM_SHARE_HELD_MIN

    @property
    def is_asked_whole(self) -> bool:
        """Whether this one is in the held video, by the extension's share."""
        return self.asked_share >= FILM_SHARE_ASKED_MIN

    def turned(self) -> Film:
        """The same as the held film sees it."""
        turned = [
            Piece(
                *(piece.held_from_ms, piece.held_to_ms, piece.asked_from_ms, piece.asked_to_ms, piece.pairs),
                speed=round(1 / piece.speed, 3),
            )
            for piece in self.pieces
        ]
        counts = self.held_matched, self.held_frames, self.asked_matched, self.asked_frames
        return Film(turned, *counts, is_trimmed=self.is_trimmed)

    def as_json(self) -> dict[str, Any]:
        """As matches keep it and programs are told it."""
        return {
            "pieces": [
                [piece.asked_from_ms, piece.asked_to_ms, piece.held_from_ms, piece.held_to_ms] for piece in self.pieces
            ],
            "speeds": [piece.speed for piece in self.pieces],
            "asked": [self.asked_matched, self.asked_frames],
            "held": [self.held_matched, self.held_frames],
            "asked_share": round(self.asked_share, 4),
            "held_share": round(self.held_share, 4),
            "is_asked_whole": self.is_asked_whole,
            "is_held_whole": self.is_held_whole,
            "is_trimmed": self.is_trimmed,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A held content that matches, before anybody asked who may know."""

    media_id: uuid.UUID
    basis: str
    #: Bits between two looks; None where none were compared.
    distance: int | None
    orientation: str
    quality_held: int | None = None
    #: How what was compared was made, where not from the picture as it is: "enlarged", "trimmed", "inverted", "frame" for a moment of a video, "frame-trimmed"
    #: for one without the bars around its picture.
    variant: str = ""
    time_ms: int = 0
    time_held_ms: int = 0
    #: Of two films: which moments meet, and how many there are to meet on either side.
    film: Film | None = None
    #: Of a part that is the same: how well and where it fits.
    fit: Fit | None = None

    @property
    def counts(self) -> bool:
        """Whether it makes a file resemble what is held."""
        return self.fit is None or self.fit.counts

    @property
    def nearness(self) -> tuple[int, int]:
        """The lesser, the nearer: same bytes, then looks by their distance, then parts by their strength, then what only seems to be one."""
        if self.basis in EXACT:
            return (EXACT.index(Basis(self.basis)), 0)
        if self.fit is None:
            return (len(EXACT), self.distance or 0)
        return (len(EXACT) + (1 if self.fit.counts else 2), -self.fit.strength)

    def is_within(self, threshold: int) -> bool:
        """Whether the looks, if any were compared, lie near enough."""
        return self.distance is None or self.distance <= threshold


@dataclass(frozen=True, slots=True)
class Recognised:
    """What one fingerprint meets: contents; contents whose look is set aside, with the reason; and why its own look was not asked for."""

    candidates: Sequence[Candidate] = ()
    parked: Sequence[tuple[Candidate, str]] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate together with one holder, and how much the asker may know of it."""

    candidate: Candidate
    series_id: uuid.UUID | None
    holder_unit_id: uuid.UUID
    holder_organisation_id: uuid.UUID
    level: Level
    #: How far apart looks may be to count here: what the asker and the list it was met through allow, the lesser of both.
    threshold: int = PDQ_DISTANCE_MAX


@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer for a file, as far as its asker may know."""

    kind: VerdictKind
    reason: str
    hits: Sequence[Hit] = ()
    #: Why signatures that lie near were set aside and not counted.
    parked: Sequence[str] = ()


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


def decide(
    hits: Sequence[Hit],
    *,
    unreadable: str = "",
    quality: int | None = None,
    quality_min: int = 0,
    parked: Sequence[str] = (),
) -> Answer:
    """The verdict on one file from what its asker may know: same bytes win over looks, looks over nothing.

    `unreadable` is the sentence of a file that could not be opened; its bytes may be known all the same.
    """
    told = sorted((hit for hit in hits if hit.level != Level.SILENT), key=_nearest_first)
    shown, aside = told[:HITS_SHOWN_MAX], _aside_words(parked)
    more = f"; the nearest {HITS_SHOWN_MAX} of {len(told):,} are shown" if len(told) > HITS_SHOWN_MAX else ""
    exact = [hit for hit in shown if hit.candidate.basis in EXACT]
    if exact:
        words = f"the same {_basis_words(exact[0])} as something held{more}"
        return Answer(VerdictKind.KNOWN, words + aside, shown, parked)
    if unreadable:
        return Answer(VerdictKind.UNREADABLE, unreadable)
    if shown and shown[0].candidate.counts:
        return Answer(VerdictKind.RESEMBLES, _near_words(shown[0].candidate) + more + aside, shown, parked)
    if shown:
        return Answer(VerdictKind.NEW, f"no match; it {_near_words(shown[0].candidate)}{aside}", shown, parked)
    if quality is not None and quality < quality_min:
        return Answer(
            VerdictKind.NEW, f"no match; too plain to compare looks (quality {quality}), compared by its bytes alone"
        )
    return Answer(VerdictKind.NEW, "no match" + aside, (), parked)


def _near_words(nearest: Candidate) -> str:
    if nearest.fit:
        return nearest.fit.words
    words = f"near-duplicate at distance {nearest.distance}{_TURNS[nearest.orientation]}"
    if nearest.variant == "enlarged":
        return f"{words}, compared after enlarging"
    if nearest.variant == "trimmed":
        return f"{words}, compared without borders"
    if nearest.variant == "inverted":
        return f"{words}, as a negative"
    if nearest.film:
        return f"{words}; {nearest.film.words}"
    if nearest.variant == "frame-trimmed":
        return f"{words}, to a moment of a video{_TRIMMED}"
    return f"{words}, to a moment of a video" if nearest.variant == "frame" else words


def _aside_words(parked: Sequence[str]) -> str:
    if not parked:
        return ""
    return f"; {len(parked)} that lie near are set aside and not counted: {parked[0]}"


def _basis_words(hit: Hit) -> str:
    return {Basis.SHA256: "bytes", Basis.SHA1: "SHA-1", Basis.MD5: "MD5"}[Basis(hit.candidate.basis)]


def _nearest_first(hit: Hit) -> tuple[int, int, int, str]:
    return (*hit.candidate.nearness, 0 if hit.level == Level.FULL else 1, str(hit.candidate.media_id))
