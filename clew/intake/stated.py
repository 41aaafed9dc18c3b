"""Stated hashes: what a line of a hash list is as a fingerprint and as a content, though nobody holds its bytes."""

from __future__ import annotations

from clew.catalogue.actions import Content
from clew.intake.fingerprints import Fingerprint
from clew.intake.models import Basis, StatedHash
from clew.kernel.limits import PDQ_QUALITY_MIN
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import PdqHash


def fingerprint_of_hash(kind: str, bits: bytes) -> Fingerprint:
    """The fingerprint a stated hash makes. A PDQ without its quality is taken at the least quality that is compared.

    Only its stated orientation is known: the other seven need the picture itself.
    """
    if kind == Basis.PDQ:
        return Fingerprint(digests={}, pdq={Orientation.ORIGINAL: PdqHash(bits=bits, quality=PDQ_QUALITY_MIN)})
    return Fingerprint(digests={kind: bits})


def fingerprint_of_stated(stated: StatedHash) -> Fingerprint:
    """The fingerprint of a received hash line."""
    return fingerprint_of_hash(stated.kind, bytes(stated.bits))


def content_of_stated(stated: StatedHash) -> Content:
    """The content a hash line stands for, so that the file is recognised when it is met."""
    if stated.kind == Basis.PDQ:
        return Content(kind="hash", mime="", pdq_bits=bytes(stated.bits), pdq_algorithm="stated in a hash list")
    return Content(kind="hash", mime="", digests={stated.kind: bytes(stated.bits)})
