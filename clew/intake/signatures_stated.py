"""Stated signatures: `kind:hash` as one text, any kinds mixed, thousands at a time; read into questions without a detour by fingerprints.

Kinds are `md5`, `sha1`, `sha256`, `pdq`, `vpdq` (the frames of a video: `hash,quality,seconds` with semicolons between) and `hash`, where
the digits tell: 32 are MD5, 40 SHA-1, and 64 are asked for as SHA-256 and as PDQ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

from clew.intake.models import Basis
from clew.intake.questions import FRAME, Look, Questions, questions
from clew.kernel.errors import InputRefused
from clew.kernel.limits import PDQ_QUALITY_MIN

VPDQ = "vpdq"
ANY = "hash"
_BYTES = {Basis.MD5.value: 16, Basis.SHA1.value: 20, Basis.SHA256.value: 32, Basis.PDQ.value: 32}
_BY_BYTES = {16: (Basis.MD5.value,), 20: (Basis.SHA1.value,), 32: (Basis.SHA256.value, Basis.PDQ.value)}
_FORM = (
    "kind:hash with kind md5, sha1, sha256, pdq, vpdq or hash, and as many hexadecimal digits as the kind has. Nothing was asked. "
    "Correct it and send again."
)
#: Frames of all videos of one call.
FRAMES_MAX = 20_000


class SignatureNotUnderstood(InputRefused):
    """Signature {number} (counted from 0) is not of the form {form}"""


def questions_of_signatures(signatures: Sequence[str]) -> Questions:
    """The questions that signatures ask, by their places; raises SignatureNotUnderstood, which does not repeat them."""
    stated: dict[str, tuple[list[int], list[str]]] = defaultdict(lambda: ([], []))
    for place, text in enumerate(signatures):
        kind, _colon, value = text.partition(":")
        places, values = stated[kind]
        places.append(place)
        values.append(value)
    digests: dict[str, tuple[list[int], list[bytes]]] = defaultdict(lambda: ([], []))
    looks: list[Look] = []
    for kind, (places, values) in stated.items():
        if kind == VPDQ:
            looks += _videos(places, values)
        else:
            _add(kind, places, _all_bits(kind, places, values), digests, looks)
    return questions(digests, looks)


def _all_bits(kind: str, places: Sequence[int], values: Sequence[str]) -> list[bytes]:
    """The bytes of each; thousands of one kind are read as one text, which takes a tenth of the time."""
    size_bytes = _BYTES.get(kind, 0)
    with suppress(ValueError):
        whole = bytes.fromhex("".join(values))
        # Spaces are skipped in reading: lengths tell whether there were any.
        if len(whole) == size_bytes * len(values) and {len(value) for value in values} == {2 * size_bytes}:
            return [whole[at : at + size_bytes] for at in range(0, len(whole), size_bytes)]
    return [_bits(place, value) for place, value in zip(places, values, strict=True)]


def _add(
    kind: str,
    places: Sequence[int],
    bits: Sequence[bytes],
    digests: dict[str, tuple[list[int], list[bytes]]],
    looks: list[Look],
) -> None:
    for place, one in zip(places, bits, strict=True):
        for meant in _kinds(place, kind, len(one)):
            if meant == Basis.PDQ:
                looks.append(Look(place, one))
            else:
                asked_at, asked = digests[meant]
                asked_at.append(place)
                asked.append(one)


def _videos(places: Sequence[int], values: Sequence[str]) -> list[Look]:
    looks: list[Look] = []
    for place, value in zip(places, values, strict=True):
        looks += _frames(place, value)
        if len(looks) > FRAMES_MAX:
            raise InputRefused(
                reason=f"A call takes {FRAMES_MAX:,} frames in all. Nothing was asked. Send less at once."
            )
    return looks


def _bits(place: int, value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise SignatureNotUnderstood(number=place, form=_FORM) from None


def _kinds(place: int, kind: str, size_bytes: int) -> Sequence[str]:
    meant = _BY_BYTES.get(size_bytes, ()) if kind == ANY else (kind,) if _BYTES.get(kind) == size_bytes else ()
    if not meant:
        raise SignatureNotUnderstood(number=place, form=_FORM)
    return meant


def _frames(place: int, value: str) -> list[Look]:
    looks = []
    for part in value.split(";"):
        try:
            text, quality, seconds = part.split(",")
            bits, reliable = _bits(place, text), int(quality) >= PDQ_QUALITY_MIN
            time_ms = round(float(seconds) * 1000)
        except (ValueError, OverflowError):
            raise SignatureNotUnderstood(number=place, form=_FORM) from None
        if len(bits) != _BYTES[Basis.PDQ]:
            raise SignatureNotUnderstood(number=place, form=_FORM)
        if reliable:
            looks.append(Look(place, bits, variant=FRAME, time_ms=time_ms))
    return looks
