"""Embedded files: what lies in a received file becomes further files of the same submission, in the transaction that decides their parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from clew.intake.client_keys import client_key
from clew.intake.fingerprints import embedded_path
from clew.intake.models import ReceivedFile
from clew.kernel.ids import new_id
from clew.kernel.limits import EMBEDDED_DEPTH_MAX, EMBEDDED_TOGETHER_BYTES_MAX, EMBEDDED_TOGETHER_MAX
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
    """What lay inside a file: what was sealed of it, and how many files were left where they are."""

    sealed: Sequence[SealedInside] = ()
    left_count: int = 0


NOTHING_INSIDE = Inside()


def seal_embedded(parent: ReceivedFile, embedded: Sequence[Embedded]) -> Inside:
    """Seal what lies inside a file. Sealing the same bytes again changes nothing; what lies too deep is left inside its parent, and so is what
    is too much together with all that came out of the documents beside it.
    """
    if not embedded:
        return NOTHING_INSIDE
    taken = [] if parent.depth >= EMBEDDED_DEPTH_MAX else _with_room(parent, embedded)
    blobs = vault().seal_many([part.content for part in taken]) if taken else []
    sealed = [SealedInside(part.name, blob.address, blob.size_bytes) for part, blob in zip(taken, blobs, strict=True)]
    return Inside(sealed, len(embedded) - len(taken))


def _with_room(parent: ReceivedFile, embedded: Sequence[Embedded]) -> list[Embedded]:
    """The first files for which there is room. What is taken at the same moment, in this batch or by other workers, is not seen: so much more
    may come out.
    """
    if parent.parent_id is None:
        # The jail's own limits hold.
        return list(embedded)
    beside = ReceivedFile.objects.using("service").filter(parent__parent=parent.parent_id)
    told = beside.aggregate(count=Count("id"), size_bytes=Coalesce(Sum("size_bytes"), 0))
    sizes = accumulate((len(part.content) for part in embedded), initial=told["size_bytes"])
    next(sizes)
    numbered = enumerate(zip(embedded, sizes, strict=True), told["count"] + 1)
    return [
        part
        for number, (part, size_bytes) in numbered
        if number <= EMBEDDED_TOGETHER_MAX and size_bytes <= EMBEDDED_TOGETHER_BYTES_MAX
    ]


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
