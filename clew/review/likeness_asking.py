"""Asking with a media that is held: its picture is opened anew in the jail, all ways up and with its scene; of anything else what was kept is asked with."""

from __future__ import annotations

from clew.catalogue.models import Digests, Imprint, ImprintKind, Media, Signature, SignatureKind
from clew.intake.fingerprints import Fingerprint, fingerprint_of
from clew.intake.pipeline import process_jail
from clew.intake.rules import Candidate
from clew.kernel.errors import ClewError
from clew.kernel.limits import PICTURE_SIZE_BYTES_MAX
from clew.signatures.films import Frame
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import PdqHash
from clew.signatures.sound_print import SoundPrint
from clew.vault.opened import vault

_QUALITY_UNKNOWN = 100


def asked_of_media(media: Media) -> Fingerprint:
    """The fingerprint with which a media asks. An original that is missing, broken or no picture is asked for by what was kept of it."""
    if media.kind == "image" and media.original_address and (media.size_bytes or 0) <= PICTURE_SIZE_BYTES_MAX:
        try:
            return fingerprint_of(vault().open(media.original_address), jail=process_jail())
        except ClewError:
            return _kept(media)
    return _kept(media)


def _kept(media: Media) -> Fingerprint:
    rows = list(Signature.objects.using("service").filter(media_id=media.id).order_by("time_ms"))
    looks = {row.kind: PdqHash(bits=bytes(row.bits), quality=_quality(row)) for row in rows}
    return Fingerprint(
        digests=_digests(media),
        pdq=_upright(looks.get(SignatureKind.PICTURE)),
        pdq_enlarged=_upright(looks.get(SignatureKind.ENLARGED)),
        pdq_trimmed=_upright(looks.get(SignatureKind.TRIMMED)),
        frames=_frames(rows, SignatureKind.FRAME),
        frames_trimmed=_frames(rows, SignatureKind.FRAME_TRIMMED),
        sound=_sound(media),
    )


def _digests(media: Media) -> dict[str, bytes]:
    row = Digests.objects.using("service").filter(media_id=media.id).first()
    told = {name: getattr(row, name, None) for name in ("sha256", "sha1", "md5")}
    return {name: bytes(digest) for name, digest in told.items() if digest}


def _quality(row: Signature) -> int:
    return _QUALITY_UNKNOWN if row.quality is None else row.quality


def _upright(look: PdqHash | None) -> dict[Orientation, PdqHash]:
    return {Orientation.ORIGINAL: look} if look is not None else {}


def _frames(rows: list[Signature], kind: SignatureKind) -> list[Frame]:
    return [Frame(bytes(row.bits), _quality(row), row.time_ms) for row in rows if row.kind == kind]


def _sound(media: Media) -> SoundPrint | None:
    kept = Imprint.objects.using("service").filter(media_id=media.id, kind=ImprintKind.SOUND).first()
    try:
        return SoundPrint.from_bytes(bytes(kept.content)) if kept is not None else None
    except ClewError:
        # Of another version: it is not compared until it is made anew.
        return None


def words_of_candidate(candidate: Candidate) -> str:
    """How it was found, in a sentence that a person reads."""
    if candidate.fit is not None:
        return candidate.fit.words
    if candidate.film is not None:
        return candidate.film.words
    turned = "" if candidate.orientation == Orientation.ORIGINAL.value else "turned or mirrored"
    made = {"enlarged": "compared after enlarging", "trimmed": "compared without borders", "inverted": "as a negative"}
    return ", ".join(
        part for part in (turned, made.get(candidate.variant, candidate.variant and "a moment of a video")) if part
    )
