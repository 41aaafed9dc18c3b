"""Likeness: what is like a media, a picture or stated hashes, asked over all countries by the trusted service and told as far as the asker may know.

The question is a row with an id, a purpose and a legal basis; neither hash nor picture is kept of it. What was met is kept for the service alone and cut
anew at each look, as intake cuts its answers: by the holder's rule as it stands, and by row-level security.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from clew.access.models import Officer, Unit
from clew.access.ownership import Level
from clew.access.permissions import Permission
from clew.access.purposes import Reason, reason_of
from clew.access.reading_guard import What, spend
from clew.access.scope import acting_as, asker_for, require
from clew.access.standing import commit_in_standing
from clew.catalogue.apart import pairs_apart
from clew.catalogue.models import Media
from clew.catalogue.queries import holdings, media_for
from clew.intake.answers import hits_for
from clew.intake.fingerprints import fingerprint_of
from clew.intake.models import Basis, PartBasis
from clew.intake.part_search import part_searches
from clew.intake.parts import NO_PARTS, Parts, with_parts
from clew.intake.pipeline import process_jail
from clew.intake.questions import Questions, asked_with, questions_of
from clew.intake.recognition import recogniser
from clew.intake.rules import Candidate, Hit
from clew.intake.signatures_stated import questions_of_signatures
from clew.kernel.errors import InputRefused, NotFound
from clew.kernel.ids import new_id
from clew.kernel.limits import LIKENESS_HITS_MAX, LIKENESS_SIGNATURES_MAX, PDQ_DISTANCE_MAX, PICTURE_SIZE_BYTES_MAX
from clew.ledger.actions import record
from clew.ledger.circumstances import under
from clew.review.likeness_asking import asked_of_media, words_of_candidate
from clew.review.models import Likeness, LikenessHit, LikenessOf


@dataclass(frozen=True, slots=True)
class Alike:
    """Something that is like what was asked about, as far as its asker may know of it now: a media, or only that a unit holds something."""

    media: Media | None
    #: Who holds it, where they let themselves be named and the media is not shown.
    holder: Unit | None
    basis: str
    distance: int | None
    words: str


def ask_for_media(
    officer: Officer, media_id: uuid.UUID, *, purpose: str | None = None, legal_basis: str | None = None
) -> Likeness:
    """Ask what is like a media that the officer may see: near copies, parts, the same sound. Raises `NotFound`, `GroundsMissing`."""
    reason = _begin(officer, purpose, legal_basis)
    with acting_as(officer):
        media = media_for(officer, media_id)
    fingerprint = asked_of_media(media)
    apart = _apart_from(officer, media.id)
    return _ask(
        officer,
        reason,
        LikenessOf.MEDIA,
        questions_of([fingerprint]),
        parts=part_searches().find([fingerprint]),
        media=media,
        left_out={media.id, *apart},
    )


def ask_for_signatures(
    officer: Officer, signatures: Sequence[str], *, purpose: str | None = None, legal_basis: str | None = None
) -> Likeness:
    """Ask what has, or lies near, these hashes (`kind:hash`). Raises `InputRefused`, which repeats none of them, and `GroundsMissing`."""
    if not 0 < len(signatures) <= LIKENESS_SIGNATURES_MAX:
        raise InputRefused(
            reason=f"Give 1 to {LIKENESS_SIGNATURES_MAX} hashes, one to a line. Nothing was asked. More are asked by programs, with /match."
        )
    reason = _begin(officer, purpose, legal_basis)
    return _ask(officer, reason, LikenessOf.SIGNATURES, questions_of_signatures(signatures))


def ask_for_picture(
    officer: Officer, content: bytes, *, purpose: str | None = None, legal_basis: str | None = None
) -> Likeness:
    """Ask what is like a file that the officer sends; it is opened in the jail and let go, and nothing of it is kept."""
    if not 0 < len(content) <= PICTURE_SIZE_BYTES_MAX:
        raise InputRefused(
            reason=f"A picture to ask with has up to {PICTURE_SIZE_BYTES_MAX:,} bytes, and at least one. Nothing was asked. Send another."
        )
    reason = _begin(officer, purpose, legal_basis)
    fingerprint = fingerprint_of(content, jail=process_jail())
    parts = part_searches().find([fingerprint])
    return _ask(officer, reason, LikenessOf.PICTURE, questions_of([fingerprint]), parts=parts)


def _begin(officer: Officer, purpose: str | None, legal_basis: str | None) -> Reason:
    require(officer, Permission.SEARCH_RUN)
    require(officer, Permission.CHECK_RUN)
    reason = reason_of(officer, purpose, legal_basis)
    spend(officer, What.RECORDS)
    return reason


def _ask(
    officer: Officer,
    reason: Reason,
    of: LikenessOf,
    asked: Questions,
    *,
    parts: Parts = NO_PARTS,
    media: Media | None = None,
    left_out: Collection[uuid.UUID] = (),
) -> Likeness:
    """Match, keep the question and what it met, and put it on record before anything is told."""
    recognised = recogniser()
    recognised.refresh()
    met = with_parts(recognised.recognise(asked), parts)
    nearest: dict[uuid.UUID, Candidate] = {}
    for place in met.values():
        for candidate in place.candidates:
            held = nearest.get(candidate.media_id)
            if candidate.counts and (held is None or candidate.nearness < held.nearness):
                nearest[candidate.media_id] = candidate
    found = sorted((one for one in nearest.values() if one.media_id not in left_out), key=lambda one: one.nearness)
    likeness = Likeness(
        id=new_id(),
        owner_organisation_id=officer.organisation_id,
        officer=officer,
        of=of,
        media=media,
        purpose=reason.purpose,
        legal_basis=reason.legal_basis,
    )
    with transaction.atomic(using="service"), under(purpose=reason.purpose, legal_basis=reason.legal_basis):
        commit_in_standing(officer, Permission.SEARCH_RUN, using="service")
        Likeness.objects.using("service").bulk_create([likeness])
        LikenessHit.objects.using("service").bulk_create(
            [
                LikenessHit(
                    likeness=likeness,
                    media_id=one.media_id,
                    basis=one.basis,
                    distance=one.distance,
                    orientation=one.orientation,
                    words=words_of_candidate(one)[:500],
                    place=place,
                )
                for place, one in enumerate(_bounded(officer, found))
            ]
        )
        record(
            "review:likeness:ask",
            actor=officer,
            using="service",
            subject_kind="media" if media else "likeness",
            subject_id=media.id if media else likeness.id,
            facts={"of": of.value},
            # Of a media its id says which it was.
            sensitive=None if media else asked_with(asked),
        )
    return likeness


def _bounded(officer: Officer, found: list[Candidate]) -> list[Candidate]:
    """The nearest of what the asker may know something of: copies that others keep silent take no place of those they share."""
    told = {hit.candidate.media_id for hit in _hits(officer, found) if hit.level != Level.SILENT}
    silent = [one for one in found if one.media_id not in told]
    return [*[one for one in found if one.media_id in told][:LIKENESS_HITS_MAX], *silent[:LIKENESS_HITS_MAX]]


def _hits(officer: Officer, candidates: Sequence[Candidate]) -> list[Hit]:
    """Each with its holders and the level at which the officer may know of it, as the rules stand at this moment."""
    held = holdings((one.media_id for one in candidates), other_than=None)
    return hits_for(asker_for(officer), candidates, held, PDQ_DISTANCE_MAX)


def likeness_for(officer: Officer, likeness_id: str | uuid.UUID) -> Likeness:
    """The officer's own question, or `NotFound`: the same where it is absent and where it is another's. Runs inside the officer's scope."""
    require(officer, Permission.SEARCH_RUN)
    try:
        wanted = uuid.UUID(str(likeness_id))
    except ValueError:
        raise NotFound from None
    found = Likeness.objects.filter(id=wanted, officer=officer.pk).first()
    if found is None:
        raise NotFound
    return found


def _apart_from(officer: Officer, media_id: uuid.UUID | None) -> set[uuid.UUID]:
    """What the officer's organisation said is not the same picture as this one: it never comes back as one that is like it."""
    if media_id is None:
        return set()
    return {id_ for pair in pairs_apart(officer.organisation_id, [media_id]) for id_ in pair} - {media_id}


def alike(officer: Officer, likeness: Likeness) -> list[Alike]:
    """What is like it, the nearest first, cut to what the officer may know at this moment. Runs inside the officer's scope."""
    rows = list(LikenessHit.objects.using("service").filter(likeness=likeness).order_by("place"))
    apart = _apart_from(officer, likeness.media_id)
    kept = [row for row in rows if row.media_id not in apart]
    candidates = [Candidate(row.media_id, row.basis, row.distance, row.orientation) for row in kept]
    levels: dict[uuid.UUID, list[Hit]] = {}
    for hit in _hits(officer, candidates):
        levels.setdefault(hit.candidate.media_id, []).append(hit)
    shown = Media.objects.in_bulk([id_ for id_, hits in levels.items() if any(h.level == Level.FULL for h in hits)])
    units = Unit.objects.select_related("organisation").in_bulk(
        {h.holder_unit_id for hits in levels.values() for h in hits if h.level == Level.CONTACT}
    )
    told: list[Alike] = []
    for row in kept:
        media = shown.get(row.media_id)
        if media is not None:
            told.append(Alike(media, None, _basis_words(row.basis), row.distance, row.words))
        else:
            told += _outside(row, levels.get(row.media_id, ()), units)
    return told


def _outside(row: LikenessHit, hits: Sequence[Hit], units: dict[uuid.UUID, Unit]) -> list[Alike]:
    """What is told of a content that the officer may not see: which units hold it, each once, or that one does."""
    words = _basis_words(row.basis)
    holders = {hit.holder_unit_id for hit in hits if hit.level == Level.CONTACT}
    if holders:
        return [Alike(None, units[id_], words, None, "") for id_ in sorted(holders)]
    return [Alike(None, None, words, None, "")] if any(hit.level == Level.EXISTENCE for hit in hits) else []


def media_alike(officer: Officer, likeness_id: str) -> list[uuid.UUID]:
    """The media that are like what was asked about and that the officer may see, the nearest first; none where the question is not theirs."""
    try:
        likeness = likeness_for(officer, likeness_id)
    except NotFound:
        return []
    return [one.media.id for one in alike(officer, likeness) if one.media is not None]


def _basis_words(basis: str) -> str:
    if basis in Basis.values:
        return str(Basis(basis).label)
    return str(PartBasis(basis).label) if basis in PartBasis.values else basis
