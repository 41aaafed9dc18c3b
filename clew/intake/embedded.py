"""Embedded files: what lies in a received file becomes further files of the same submission, in the transaction that decides their parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.intake.client_keys import client_key
from clew.intake.fingerprints import embedded_path
from clew.intake.models import ReceivedFile
from clew.kernel.ids import new_id
from clew.kernel.limits import EMBEDDED_DEPTH_MAX
from clew.media.examination import Embedded
from clew.vault.opened import vault


@dataclass(frozen=True, slots=True)
class SealedInside:
    """A file that lay inside another one and is sealed now: where it lay, in words, and where the vault keeps it."""

    name: str
    address: str
    size_bytes: int


def seal_embedded(parent: ReceivedFile, embedded: Sequence[Embedded]) -> list[SealedInside]:
    """Seal what lies inside a file. Sealing the same bytes again changes nothing; what lies too deep is left inside its parent."""
    if not embedded or parent.depth >= EMBEDDED_DEPTH_MAX:
        return []
    blobs = vault().seal_many([part.content for part in embedded])
    return [SealedInside(part.name, blob.address, blob.size_bytes) for part, blob in zip(embedded, blobs, strict=True)]


def receive_embedded(found: Sequence[tuple[ReceivedFile, Sequence[SealedInside]]]) -> None:
    """Note what was sealed as waiting files of their parents' submissions; runs in the transaction in which the parents are decided.

    The key of each is made of its parent's and of its place in it, so that the same file opened twice gives the same files once.
    """
    ReceivedFile.objects.using("service").bulk_create(
        [
            ReceivedFile(
                id=new_id(),
                submission_id=parent.submission_id,
                owner_organisation_id=parent.owner_organisation_id,
                client_key=client_key(parent.client_key, "inside", place),
                path=embedded_path(parent.path, inside.name),
                size_bytes=inside.size_bytes,
                original_address=inside.address,
                parent=parent,
                depth=parent.depth + 1,
            )
            for parent, sealed in found
            for place, inside in enumerate(sealed)
        ],
        ignore_conflicts=True,
    )
