"""Verbs of the catalogue: open a case, catalogue a content, note a sighting, state a membership, reveal a picture."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from clew.access.models import Officer
from clew.access.ownership import Owned
from clew.access.permissions import Permission
from clew.access.scope import acting_as, require
from clew.catalogue.models import (
    Case,
    Digests,
    Media,
    Membership,
    Series,
    Sighting,
    Signature,
    SignatureKind,
    Submission,
)
from clew.catalogue.queries import media_for
from clew.kernel.errors import NotFound
from clew.kernel.events import MediaCatalogued
from clew.kernel.ids import new_id
from clew.ledger.actions import announce, record
from clew.vault.opened import vault


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what grounds, and for whose eyes, something is brought: the owned columns, as the officer chose them."""

    purpose: str
    confidentiality: str
    sharing: str
    audience_organisations: list[uuid.UUID] = field(default_factory=list)
    audience_groups: list[uuid.UUID] = field(default_factory=list)
    outside: str = "contact"
    review_on: dt.date | None = None

    def columns(self, officer: Officer) -> dict[str, Any]:
        """The columns of `Owned` for a row brought by this officer."""
        return {
            "owner_unit_id": officer.unit_id,
            "owner_organisation_id": officer.organisation_id,
            "purpose": self.purpose,
            "confidentiality": self.confidentiality,
            "sharing": self.sharing,
            "audience_organisations": self.audience_organisations,
            "audience_groups": self.audience_groups,
            "outside": self.outside,
            "review_on": self.review_on,
        }


def inherited_columns(row: Owned) -> dict[str, Any]:
    """The owned columns of a row, for something that belongs to it (a sighting to its submission)."""
    names = [f.attname for f in Owned._meta.get_fields() if hasattr(f, "attname")]  # noqa: SLF001 - Django's documented Meta API
    return {name: getattr(row, name) for name in names}


def open_case(officer: Officer, reference: str, grounds: Grounds) -> Case:
    """The unit's case of this reference, opened if it is new. Runs inside the officer's scope."""
    found = Case.objects.filter(owner_unit=officer.unit_id, reference=reference).first()
    if found is not None:
        return found
    case = Case(id=new_id(), reference=reference, created_by=officer, **grounds.columns(officer))
    Case.objects.bulk_create([case])
    record("catalogue:case:open", actor=officer, using="default", subject_kind="case", subject_id=case.id)
    return case


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be catalogued of one content: what the file is, its digests, its perceptual hash, where it is sealed."""

    kind: str
    mime: str
    size_bytes: int | None = None
    width: int | None = None
    height: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    original_address: str = ""
    thumbnail_address: str = ""
    preview_address: str = ""
    derivation: dict[str, Any] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    pdq_bits: bytes | None = None
    pdq_quality: int | None = None
    pdq_algorithm: str = ""
    #: Further signatures: (kind, milliseconds from the beginning, 32 bytes, quality).
    further: Sequence[tuple[str, int, bytes, int]] = ()


def catalogue_content(content: Content, *, submission_id: uuid.UUID) -> tuple[uuid.UUID, bool]:
    """The id of the media with these bytes and whether it is new; runs in the service's transaction.

    Two workers that bring the same bytes at once agree: the digest's unique index lets one in, and the other reads what it wrote.
    The foreign key is checked at commit, so the digests may go in before the media they belong to.
    """
    existing = _media_of_stated(content)
    if existing is not None:
        return existing, False
    media_id = new_id()
    if not _claim_digests(media_id, content.digests):
        held = Digests.objects.using("service").get(sha256=content.digests["sha256"])
        _complete(held, content)
        return held.media_id, False
    Media.objects.using("service").bulk_create([Media(id=media_id, **_columns(content))])
    _sign(media_id, content)
    announce(MediaCatalogued(media_id=media_id, submission_id=submission_id), using="service")
    return media_id, True


def _columns(content: Content) -> dict[str, Any]:
    return {
        "kind": content.kind,
        "mime": content.mime,
        "size_bytes": content.size_bytes,
        "width": content.width,
        "height": content.height,
        "metadata": content.metadata,
        "original_address": content.original_address,
        "thumbnail_address": content.thumbnail_address,
        "preview_address": content.preview_address,
        "derivation": content.derivation,
    }


def _sign(media_id: uuid.UUID, content: Content) -> None:
    own = [(SignatureKind.PICTURE.value, 0, content.pdq_bits, content.pdq_quality)] if content.pdq_bits else []
    Signature.objects.using("service").bulk_create(
        [
            Signature(
                media_id=media_id,
                kind=kind,
                time_ms=time_ms,
                bits=bits,
                quality=quality,
                algorithm=content.pdq_algorithm,
            )
            for kind, time_ms, bits, quality in [*own, *content.further]
        ],
        ignore_conflicts=True,
    )


def _media_of_stated(content: Content) -> uuid.UUID | None:
    """The content a stated MD5, SHA-1 or PDQ already stands for: the same list brought twice makes no second content."""
    if content.kind != "hash" or "sha256" in content.digests:
        return None
    if content.pdq_bits is not None:
        signed = Signature.objects.using("service").filter(kind="pdq", bits=content.pdq_bits)
        return signed.values_list("media_id", flat=True).first()
    return Digests.objects.using("service").filter(**content.digests).values_list("media_id", flat=True).first()


def _complete(held: Digests, content: Content) -> None:
    """Where only a hash was held until now, the file itself has come: keep what it tells under the same media."""
    if (
        not content.original_address
        or not Media.objects.using("service").filter(id=held.media_id, kind="hash").exists()
    ):
        return
    Media.objects.using("service").filter(id=held.media_id).update(**_columns(content))
    Digests.objects.using("service").filter(media_id=held.media_id).update(
        sha1=content.digests["sha1"], md5=content.digests["md5"]
    )
    _sign(held.media_id, content)


def _claim_digests(media_id: uuid.UUID, digests: dict[str, bytes]) -> bool:
    with connections["service"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_digests (media_id, sha256, sha1, md5) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [media_id, digests.get("sha256"), digests.get("sha1"), digests.get("md5")],
        )
        return bool(cursor.rowcount == 1)


def note_sighting(submission: Submission, media_id: uuid.UUID, path: str) -> Sighting:
    """Note that a file of a submission holds this content; runs in the service's transaction."""
    sighting = Sighting(
        id=new_id(), submission=submission, media_id=media_id, path=path, **inherited_columns(submission)
    )
    Sighting.objects.using("service").bulk_create([sighting])
    return sighting


def create_series(officer: Officer, name: str, grounds: Grounds, **facts: Any) -> Series:
    """Open a series of the officer's unit. Runs inside the officer's scope."""
    require(officer, Permission.SUBMISSION_CREATE)
    series = Series(id=new_id(), name=name, **facts, **grounds.columns(officer))
    Series.objects.bulk_create([series])
    record("catalogue:series:open", actor=officer, using="default", subject_kind="series", subject_id=series.id)
    return series


def state_membership(
    officer: Officer, series: Series, media_ids: list[uuid.UUID], *, basis: str, belongs: bool = True
) -> None:
    """State that contents belong to a series, or do not; runs inside the officer's scope. Saying it twice changes nothing."""
    require(officer, Permission.SUBMISSION_CREATE)
    Membership.objects.bulk_create(
        [
            Membership(
                id=new_id(),
                series=series,
                media_id=m,
                belongs=belongs,
                stated_by_unit_id=officer.unit_id,
                stated_by=officer,
                basis=basis,
            )
            for m in media_ids
        ],
        ignore_conflicts=True,
    )
    facts = {"media": len(media_ids), "belongs": belongs}
    record(
        "catalogue:membership:state",
        actor=officer,
        using="default",
        subject_kind="series",
        subject_id=series.id,
        facts=facts,
    )


#: What may be revealed, smallest first, and the column that says where it is sealed.
RENDITIONS = {"thumbnail": "thumbnail_address", "preview": "preview_address"}


def reveal_media(officer: Officer, media_id: uuid.UUID, rendition: str) -> bytes:
    """The rendition of a media the officer may see. The look is on record, durably, before the first byte leaves."""
    require(officer, Permission.MEDIA_REVEAL)
    with acting_as(officer):
        media = media_for(officer, media_id)
        address = getattr(media, RENDITIONS[rendition]) if rendition in RENDITIONS else ""
        if not address:
            raise NotFound
        facts = {"rendition": rendition}
        record(
            "catalogue:media:reveal",
            actor=officer,
            using="default",
            subject_kind="media",
            subject_id=media.id,
            facts=facts,
        )
    return vault().open(address)
