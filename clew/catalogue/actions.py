"""Verbs of the catalogue: open a case, catalogue a content, note a sighting, state a membership."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from clew.access.models import Officer
from clew.access.ownership import Owned, clearances_up_to, highest
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import (
    Case,
    Digests,
    Imprint,
    Media,
    Membership,
    RecordKind,
    Series,
    Sighting,
    Signature,
    SignatureKind,
    Submission,
    TurnedLooks,
)
from clew.catalogue.queries import media_with_digests
from clew.catalogue.retention import Term, retention_columns
from clew.catalogue.rule_followers import rules_changed
from clew.kernel.clock import now
from clew.kernel.errors import ClewError, NotFound
from clew.kernel.events import MediaCatalogued
from clew.kernel.ids import new_id
from clew.ledger.actions import announce_all, record


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
    #: How long cases and series opened on these grounds are kept.
    term: Term = field(default_factory=Term)
    release_only: bool = False
    denied_organisations: list[uuid.UUID] = field(default_factory=list)

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
            "release_only": self.release_only,
            "denied_organisations": self.denied_organisations,
        }


def inherited_columns(row: Owned) -> dict[str, Any]:
    """The owned columns of a row, for something that belongs to it (a sighting to its submission)."""
    names = [f.attname for f in Owned._meta.get_fields() if hasattr(f, "attname")]  # noqa: SLF001 - Django's documented Meta API
    return {name: getattr(row, name) for name in names}


class CaseAboveClearance(ClewError):
    """Your unit has a case of this reference that you are not cleared for. Nothing was stored. Use another reference, or ask a colleague who is cleared."""

    status = 409


def open_case(officer: Officer, reference: str, grounds: Grounds) -> Case:
    """The unit's case of this reference, opened if it is new. Runs inside the officer's scope."""
    own = Case.objects.filter(owner_unit=officer.unit_id, reference=reference)
    found = own.first()
    if found is None:
        try:
            with transaction.atomic():
                return _new_case(officer, reference, grounds)
        except IntegrityError:
            # A colleague opened it at this moment, or it is there and not for these eyes.
            found = own.first()
    if found is None:
        raise CaseAboveClearance
    raise_confidentiality(found, [grounds.confidentiality])
    return found


def _new_case(officer: Officer, reference: str, grounds: Grounds) -> Case:
    kept = retention_columns(RecordKind.CASE, officer.organisation, grounds.term, grounds.review_on)
    case = Case(id=new_id(), reference=reference, created_by=officer, **{**grounds.columns(officer), **kept})
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
    strip_address: str = ""
    derivation: dict[str, Any] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    pdq_bits: bytes | None = None
    pdq_quality: int | None = None
    pdq_algorithm: str = ""
    #: Further signatures: (kind, milliseconds from the beginning, 32 bytes, quality).
    further: Sequence[tuple[str, int, bytes, int]] = ()
    #: By which parts are found: (kind, milliseconds from the beginning, bytes, algorithm).
    imprints: Sequence[tuple[str, int, bytes, str]] = ()
    #: Its hashes in all orientations, packed; empty where there are none that say enough.
    turned: bytes = b""

    @property
    def is_stated(self) -> bool:
        """Whether it is a hash of a list: the same list brought twice makes no second content."""
        return self.kind == "hash" and "sha256" not in self.digests


class CataloguedMeanwhile(ClewError):
    """Somebody else catalogued the same content at this moment. Nothing of this batch was kept; its files wait, and are decided again."""

    status = 409


def catalogue_contents(contents: Sequence[Content], *, submission_id: uuid.UUID) -> list[uuid.UUID]:
    """The ids of the media with these bytes, in order, those that are new being catalogued; runs in the service's transaction.

    The caller sees to it that nobody else catalogues at the same time; the digest's unique index stops a second content of the same bytes
    all the same. However many there are, the database is asked a few times.
    """
    known, fresh = _known(contents), dict[bytes, uuid.UUID]()
    ids, first = [], dict[uuid.UUID, Content]()
    for place, content in enumerate(contents):
        key = _key(content)
        media_id = known.get(place) or fresh.get(key)
        if media_id is None:
            media_id = fresh[key] = new_id()
            first[media_id] = content
        ids.append(media_id)
    Media.objects.using("service").bulk_create([Media(id=id_, **_columns(content)) for id_, content in first.items()])
    try:
        Digests.objects.using("service").bulk_create(
            [Digests(media_id=id_, **content.digests) for id_, content in first.items() if content.digests]
        )
    except IntegrityError:
        # The database's own words repeat the digest.
        raise CataloguedMeanwhile from None
    _sign(list(first.items()))
    announce_all([MediaCatalogued(media_id=id_, submission_id=submission_id) for id_ in first], using="service")
    for media_id, content in zip(ids, contents, strict=True):
        if content.original_address and first.get(media_id) is not content:
            _complete(media_id, content)
    return ids


def _key(content: Content) -> bytes:
    """By what two contents of one batch are the same: SHA-256, or the one hash that was stated."""
    digests = content.digests
    return digests.get("sha256") or next(iter(digests.values()), b"") or b"pdq" + (content.pdq_bits or b"")


def _known(contents: Sequence[Content]) -> dict[int, uuid.UUID]:
    """Place -> the media that a content's SHA-256, or its stated MD5, SHA-1 or PDQ, already stands for."""
    known: dict[int, uuid.UUID] = {}
    for kind in ("sha256", "sha1", "md5"):
        asked = [
            place
            for place, content in enumerate(contents)
            if kind in content.digests and (kind == "sha256" or content.is_stated)
        ]
        if asked:
            found = media_with_digests(kind, [contents[place].digests[kind] for place in asked])
            for at, media_id in sorted(found, reverse=True):
                known[asked[at]] = media_id
    looks = {content.pdq_bits for content in contents if content.is_stated and content.pdq_bits}
    if looks:
        signed = Signature.objects.using("service").filter(kind=SignatureKind.PICTURE, bits__in=looks)
        held = {bytes(bits): media_id for bits, media_id in signed.order_by("-id").values_list("bits", "media_id")}
        for place, content in enumerate(contents):
            if content.is_stated and content.pdq_bits in held:
                known[place] = held[content.pdq_bits]
    return known


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
        "strip_address": content.strip_address,
        "derivation": content.derivation,
        "imprinted_at": now() if content.original_address else None,
    }


def _sign(contents: Sequence[tuple[uuid.UUID, Content]]) -> None:
    rows = []
    for media_id, content in contents:
        own = [(SignatureKind.PICTURE.value, 0, content.pdq_bits, content.pdq_quality)] if content.pdq_bits else []
        for kind, time_ms, bits, quality in [*own, *content.further]:
            about = {"kind": kind, "time_ms": time_ms, "quality": quality, "algorithm": content.pdq_algorithm}
            rows.append(Signature(media_id=media_id, bits=bits, **about))
    Signature.objects.using("service").bulk_create(rows, ignore_conflicts=True)
    imprints = [
        Imprint(media_id=media_id, kind=kind, time_ms=time_ms, content=told, algorithm=algorithm)
        for media_id, content in contents
        for kind, time_ms, told, algorithm in content.imprints
    ]
    Imprint.objects.using("service").bulk_create(imprints, ignore_conflicts=True)
    turned = [
        TurnedLooks(media_id=media_id, content=content.turned) for media_id, content in contents if content.turned
    ]
    TurnedLooks.objects.using("service").bulk_create(turned, ignore_conflicts=True)


def _complete(media_id: uuid.UUID, content: Content) -> None:
    """Where only a hash was held until now, the file itself has come: keep what it tells under the same media."""
    if not Media.objects.using("service").filter(id=media_id, kind="hash").exists():
        return
    Media.objects.using("service").filter(id=media_id).update(**_columns(content))
    Digests.objects.using("service").filter(media_id=media_id).update(
        sha1=content.digests["sha1"], md5=content.digests["md5"]
    )
    _sign([(media_id, content)])


def note_sightings(submission: Submission, seen: Sequence[tuple[uuid.UUID, str, uuid.UUID | None]]) -> list[Sighting]:
    """Note that files (media, path, sighting of the file in which it lay) of a submission hold these contents; runs in the service's
    transaction.
    """
    owned = inherited_columns(submission)
    # Whoever doubts the case at this moment waits for us, or we for them.
    case = Case.objects.using("service").select_for_update(no_key=True).filter(id=submission.case_id)
    owned["under_examination"] = any(case.values_list("under_examination", flat=True))
    sightings = [
        Sighting(id=new_id(), submission=submission, media_id=id_, path=path, parent_id=parent_id, **owned)
        for id_, path, parent_id in seen
    ]
    made = Sighting.objects.using("service").bulk_create(sightings)
    # What was stated of a content before its own copy came now rests on that.
    Membership.objects.using("service").filter(
        media__in={id_ for id_, _path, _parent in seen},
        belongs=True,
        opens_media=False,
        series__owner_organisation=submission.owner_organisation_id,
        stated_by_unit__organisation=submission.owner_organisation_id,
    ).update(opens_media=True)
    rules_changed(submission.owner_organisation_id, list({id_ for id_, _path, _parent in seen}), by_hand=False)
    return made


def create_series(officer: Officer, name: str, grounds: Grounds, **facts: Any) -> Series:
    """Open a series of the officer's unit. Runs inside the officer's scope."""
    require(officer, Permission.SUBMISSION_CREATE)
    kept = retention_columns(RecordKind.SERIES, officer.organisation, grounds.term, grounds.review_on)
    series = Series(id=new_id(), name=name, **facts, **{**grounds.columns(officer), **kept})
    Series.objects.bulk_create([series])
    record("catalogue:series:open", actor=officer, using="default", subject_kind="series", subject_id=series.id)
    return series


def state_membership(
    officer: Officer, series: Series, media_ids: list[uuid.UUID], *, basis: str, belongs: bool = True
) -> None:
    """State that contents belong to a series, or do not; runs inside the officer's scope. Saying it twice changes nothing.

    Those who see the series see the media through it where the series is of the officer's organisation and so are the media: nobody hands
    on what another brought. Such a series takes the highest confidentiality of what is in it.
    """
    require(officer, Permission.SUBMISSION_CREATE)
    known = set(Media.objects.filter(id__in=media_ids).values_list("id", flat=True))
    if not known.issuperset(media_ids):
        raise NotFound
    brought = Sighting.objects.filter(media__in=media_ids, owner_organisation=officer.organisation_id)
    own = (
        set(brought.values_list("media_id", flat=True))
        if series.owner_organisation_id == officer.organisation_id
        else set()
    )
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
                opens_media=belongs and m in own,
            )
            for m in media_ids
        ],
        ignore_conflicts=True,
    )
    if own and belongs:
        raise_confidentiality(series, brought.values_list("confidentiality", flat=True).distinct())
    facts = {"media": len(media_ids), "belongs": belongs}
    record(
        "catalogue:membership:state",
        actor=officer,
        using="default",
        subject_kind="series",
        subject_id=series.id,
        facts=facts,
    )


def raise_confidentiality(whole: Case | Series, parts: Iterable[str]) -> None:
    """An aggregate takes the highest confidentiality of its parts; runs inside the officer's scope, with the change on its caller's record."""
    reached = highest(parts)
    lower = clearances_up_to(reached) - {reached}
    if type(whole).objects.filter(id=whole.id, confidentiality__in=lower).update(confidentiality=reached):
        whole.confidentiality = reached
