"""Fingerprints as JSON: what a command line elsewhere computes next to the files and sends instead of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from ninja import Field, Schema

from clew.intake.fingerprints import Fingerprint
from clew.intake.models import Basis
from clew.kernel.errors import InputRefused
from clew.kernel.limits import FILM_FRAMES_HASHED_MAX, FILM_FRAMES_IN_A_CALL_MAX
from clew.media.examination import Unreadable, UnreadableReason
from clew.signatures.films import Frame
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import PdqHash

_DIGITS = {Basis.MD5: 32, Basis.SHA1: 40, Basis.SHA256: 64, Basis.PDQ: 64}
Hex = Annotated[str, Field(pattern=r"^[0-9a-fA-F]+$", max_length=64)]


def bits_of(text: str, kind: Basis) -> bytes:
    """The bits of a hash written as hexadecimal digits, or a refusal that does not repeat them."""
    try:
        bits = bytes.fromhex(text)
    except ValueError:
        bits = b""
    if 2 * len(bits) != _DIGITS[kind]:
        raise InputRefused(
            reason=f"A {kind.value} hash has {_DIGITS[kind]} hexadecimal digits. Nothing was kept. Correct it and send again."
        )
    return bits


class StatedFrame(Schema):
    """A moment of a video: PDQ in hexadecimal, quality 0-100, seconds from the beginning; whether it lies between those that are counted."""

    pdq: Hex
    quality: int = Field(ge=0, le=100)
    seconds: float = Field(ge=0, le=1e6)
    mirrored: Hex | None = None
    between: bool = False

    def frame(self) -> Frame:
        """As intake works with it."""
        mirrored = bits_of(self.mirrored, Basis.PDQ) if self.mirrored else b""
        return Frame(
            bits_of(self.pdq, Basis.PDQ),
            self.quality,
            round(self.seconds * 1000),
            mirrored=mirrored,
            is_between=self.between,
        )


class StatedFingerprint(Schema):
    """A fingerprint: digests and PDQ (by orientation) in hexadecimal, quality 0-100, or why the file could not be opened.

    `pdq_enlarged` is that of a small picture enlarged first, `frames` are those of a video, `frames_trimmed`
    the same without its letterbox.
    """

    path: str
    size_bytes: int | None = None
    md5: Hex | None = None
    sha1: Hex | None = None
    sha256: Hex | None = None
    pdq: dict[Orientation, Hex] = {}
    pdq_enlarged: dict[Orientation, Hex] = {}
    frames: list[StatedFrame] = Field([], max_length=FILM_FRAMES_HASHED_MAX)
    frames_trimmed: list[StatedFrame] = Field([], max_length=FILM_FRAMES_HASHED_MAX)
    quality: int | None = Field(None, ge=0, le=100)
    unreadable: UnreadableReason | None = None
    detail: str = Field("", max_length=200)

    def fingerprint(self) -> Fingerprint:
        """As intake works with it. PDQ without a quality is taken as good enough to be compared."""
        quality = 100 if self.quality is None else self.quality
        stated = {Basis.MD5: self.md5, Basis.SHA1: self.sha1, Basis.SHA256: self.sha256}
        return Fingerprint(
            digests={kind.value: bits_of(text, kind) for kind, text in stated.items() if text},
            pdq=_pdq(self.pdq, quality),
            pdq_enlarged=_pdq(self.pdq_enlarged, quality),
            frames=[stated.frame() for stated in self.frames],
            frames_trimmed=[stated.frame() for stated in self.frames_trimmed],
            size_bytes=self.size_bytes,
            unreadable=Unreadable(self.unreadable, self.detail) if self.unreadable else None,
        )


def _pdq(stated: dict[Orientation, Hex], quality: int) -> dict[Orientation, PdqHash]:
    return {name: PdqHash(bits=bits_of(text, Basis.PDQ), quality=quality) for name, text in stated.items()}


def to_wire(path: str, found: Fingerprint) -> dict[str, Any]:
    """The same as JSON, to be sent."""
    return {
        "path": path,
        "size_bytes": found.size_bytes,
        **{kind: digest.hex() for kind, digest in found.digests.items()},
        "pdq": {name.value: made.bits.hex() for name, made in found.pdq.items()},
        "pdq_enlarged": {name.value: made.bits.hex() for name, made in found.pdq_enlarged.items()},
        "frames": _frames_to_wire(found.frames),
        "frames_trimmed": _frames_to_wire(found.frames_trimmed),
        "quality": found.quality,
        "unreadable": found.unreadable.reason.value if found.unreadable else None,
        "detail": found.unreadable.detail[:200] if found.unreadable else "",
    }


def _frames_to_wire(frames: Sequence[Frame]) -> list[dict[str, Any]]:
    """Those between only where there is room for them in a call, twice over for the trimmed ones."""
    has_room = 2 * len(frames) <= FILM_FRAMES_IN_A_CALL_MAX
    return [_frame_to_wire(frame) for frame in frames if has_room or not frame.is_between]


def _frame_to_wire(frame: Frame) -> dict[str, Any]:
    told: dict[str, Any] = {"pdq": frame.bits.hex(), "quality": frame.quality, "seconds": frame.time_ms / 1000}
    if frame.is_between:
        told["between"] = True
    return {**told, "mirrored": frame.mirrored.hex()} if frame.mirrored else told
