"""Comparison: two media put side by side, row by row, and a match said in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from clew.intake.drawing import clock
from clew.intake.models import CLOSER, Basis
from clew.intake.questions import FRAME_TRIMMED, FRAMES
from clew.kernel.limits import FILM_SHARE_ASKED_MIN, FILM_SHARE_HELD_MIN
from clew.matching.moments import speed_words

_TURNED = {
    "original": "The same way up.",
    "rotate90": "Turned by 90 degrees, counter-clockwise.",
    "rotate180": "Turned by 180 degrees.",
    "rotate270": "Turned by 270 degrees, counter-clockwise.",
    "flipx": "Mirrored upside down.",
    "flipy": "Mirrored left to right.",
    "flipplus1": "Mirrored and turned by 90 degrees.",
    "flipminus1": "Mirrored and turned by 90 degrees the other way.",
}


#: Metadata that the first rows say in words.
_SAID_ALREADY = frozenset({"format", "width", "height"})


class Described(Protocol):
    """What is known of a media without opening it."""

    kind: str
    mime: str
    size_bytes: int | None
    width: int | None
    height: int | None
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of both media."""

    name: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Whether the two say different things; one that says nothing differs from one that does."""
        return self.left != self.right


def facts_of(media: Described) -> dict[str, str]:
    """Everything the file itself says, as text, in a stable order: first what every file has, then its metadata by name."""
    facts = {"kind": media.kind, "format": media.mime}
    if media.size_bytes is not None:
        facts["size"] = f"{media.size_bytes:,} bytes"
    if media.width and media.height:
        facts["picture"] = f"{media.width} × {media.height} pixels"  # noqa: RUF001 - the multiplication sign is meant
    facts.update({name: str(media.metadata[name]) for name in sorted(media.metadata) if name not in _SAID_ALREADY})
    return facts


def compare(left: Described, right: Described) -> list[Row]:
    """The facts of two media side by side."""
    ours, theirs = facts_of(left), facts_of(right)
    return [Row(name, ours.get(name, ""), theirs.get(name, "")) for name in dict.fromkeys([*ours, *theirs])]


def orientation_words(orientation: str) -> str:
    """How the file is turned against the held media, as a sentence."""
    return _TURNED.get(orientation.lower(), "")


def film_rows(film: dict[str, Any] | None) -> list[str]:
    """Which seconds of two films match, a sentence for each piece, and how much of either."""
    if not film:
        return []
    # Matches of earlier releases tell no speed.
    speeds = film.get("speeds") or [1.0] * len(film["pieces"])
    rows = [
        f"{clock(piece[0])} to {clock(piece[1])} of this file matches {clock(piece[2])} to {clock(piece[3])} of the held one"
        f"{speed_words(speed)}."
        for piece, speed in zip(film["pieces"], speeds, strict=True)
    ]
    (asked, asked_frames), (held, held_frames) = film["asked"], film["held"]
    shares = f"{asked} of {asked_frames} frames of this file and {held} of {held_frames} frames of the held one"
    trimmed = ", after cutting off the letterbox" if film.get("is_trimmed") else ""
    return [*rows, f"In all {shares} match{trimmed}.", *_whole_rows(film)]


def _whole_rows(film: dict[str, Any]) -> list[str]:
    """What vPDQ's two conventions make of the shares."""
    rows = []
    if film.get("is_held_whole"):
        rows.append(
            f"At {film['held_share']:.0%} the held video counts as found whole ({FILM_SHARE_HELD_MIN:.0%} are asked for)."
        )
    if film.get("is_asked_whole"):
        rows.append(
            f"At {film['asked_share']:.0%} this video counts as found whole ({FILM_SHARE_ASKED_MIN:.0%} are asked for)."
        )
    return rows


def variant_words(variant: str, time_ms: int, time_held_ms: int) -> str:
    """How what was compared was made, as a sentence; empty for two pictures as they are."""
    if variant == "enlarged":
        return "One of the two is small: it was enlarged to be compared."
    if variant == CLOSER:
        return "Found by a closer look, which asks with many more details than the first."
    if variant == "inverted":
        return "One of the two is the negative of the other."
    if variant == "trimmed":
        return "Compared without borders, such as a frame or black bars."
    if variant in FRAMES:
        trimmed = ", after cutting off the letterbox" if variant == FRAME_TRIMMED else ""
        return f"Compared at {clock(time_ms)} of this file and {clock(time_held_ms)} of the held one{trimmed}."
    return ""


def fit_words(fit: dict[str, Any] | None) -> str:
    """How well a part fits, as a sentence; empty where whole files were compared."""
    if not fit:
        return ""
    if fit["kind"] == "sound":
        seconds = sum(piece[1] - piece[0] for piece in fit["pieces"]) / 1000
        return f"{seconds:.0f} seconds sound the same."
    asked, held = fit["coverage"]
    return f"{fit['details']} details lie alike. What both show is {asked:.0%} of this file's picture and {held:.0%} of the held one's."


_GRADES = {
    "copy": "The same picture, changed or cut.",
    "part": "A part of the same picture. Look closely before you rely on it.",
    "shared": "Both have something laid over them or around them that is the same, such as a caption, a frame or a logo. "
    "That says little of the pictures; it is not counted as a match.",
    "sound": "The same sound. The pictures may differ.",
}


def grade_words(fit: dict[str, Any] | None) -> str:
    """What a part that fits makes of two files, as a sentence."""
    return _GRADES[fit.get("grade", fit["kind"])] if fit else ""


def nearness_words(basis: str, distance: int) -> str:
    """How near the match is, as a sentence. The steps are ours: ThreatExchange gives 31 as the furthest that still counts."""
    if basis == Basis.SHA256:
        return "The very same bytes."
    if basis in {Basis.SHA1, Basis.MD5}:
        return f"The same {Basis(basis).label.removeprefix('Same ')}: almost certainly the very same bytes."
    if distance == 0:
        return "Looks the same in every bit that was compared."
    if distance <= 10:
        return "Looks very nearly the same."
    if distance <= 20:
        return "Looks alike; something was changed, such as a caption or a crop."
    return "Looks somewhat alike; near the edge of what still counts. Look closely before you rely on it."
