"""Embedded files: what lies in a received file becomes further files of the same submission, in the transaction that decides their parent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from clew.intake.client_keys import client_key
from clew.intake.embedded_room import NOTHING_TAKEN_OUT, TakenOut, take
from clew.intake.fingerprints import embedded_path
from clew.intake.models import ReceivedFile
from clew.kernel.ids import new_id
from clew.media.examination import Embedded
from clew.vault.opened import vault


@dataclass(frozen=True, slots=True)
class SealedInside:
    """A file that lay inside another one and is sealed now: where it lay, in words, and where the vault keeps it."""

    name: str
    address: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What lay inside a file: what was sealed of it, and in words what was left where it is."""

    sealed: Sequence[SealedInside] = ()
    left: str = ""


NOTHING_INSIDE = Inside()


def taken_out_beside(files: Sequence[ReceivedFile]) -> dict[uuid.UUID | None, TakenOut]:
    """By each document in which one of these files lies, what came out of the documents in it. What is taken at the same moment, in the same
    batch or by other workers, is not seen: so much more may come out.
    """
    around = {file.parent_id for file in files if file.parent_id}
    if not around:
        return {}
    beside = ReceivedFile.objects.using("service").filter(parent__parent__in=around).values_list("parent__parent")
    told = beside.annotate(count=Count("id"), size_bytes=Coalesce(Sum("size_bytes"), 0))
    return {document_id: TakenOut(count, int(size_bytes)) for document_id, count, size_bytes in told}


def seal_embedded(parent: ReceivedFile, embedded: Sequence[Embedded], beside: TakenOut = NOTHING_TAKEN_OUT) -> Inside:
    """Seal what lies inside a file. Sealing the same bytes again changes nothing; what lies too deep is left inside its parent, and so is what
    is too much together with what came out of the documents `beside` it.
    """
    if not embedded:
        return NOTHING_INSIDE
    taken = take(embedded, depth=parent.depth, beside=beside)
    blobs = (
        vault().seal_many([part.content for part in taken.parts], organisation_id=parent.owner_organisation_id)
        if taken.parts
        else []
    )
    sealed = [
        SealedInside(part.name, blob.address, blob.size_bytes) for part, blob in zip(taken.parts, blobs, strict=True)
    ]
    return Inside(sealed, taken.left)


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
