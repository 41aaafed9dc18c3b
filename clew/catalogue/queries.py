"""Reads of the catalogue. Those with an officer run under row-level security; those on the service connection serve matching alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connections
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from psycopg import Cursor

from clew.access.models import Officer
from clew.access.ownership import Owned
from clew.access.paging import COUNTED_MAX
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Case, Media, Membership, Series, Sighting
from clew.kernel.errors import NotFound
from clew.kernel.limits import PDQ_DISTANCE_MAX


def series_for(officer: Officer, series_id: uuid.UUID) -> Series:
    """The series, or `NotFound`: the same answer when it is absent and when it is not shared."""
    require(officer, Permission.SERIES_READ)
    found = Series.objects.select_related("owner_unit__organisation").filter(id=series_id).first()
    if found is None:
        raise NotFound
    return found


class _NumberOf(Subquery):
    """How many rows a query gives: counted for each row of a page alone, and only as far as the query goes."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def series_visible(officer: Officer) -> QuerySet[Series]:
    """Every series the officer may see, newest first, with the number of media in it as `media_count`; more than `COUNTED_MAX` is one more."""
    require(officer, Permission.SERIES_READ)
    placed = Membership.objects.filter(series=OuterRef("pk")).order_by("media_id").values("media_id").distinct()
    return (
        Series.objects.select_related("owner_unit__organisation")
        .annotate(media_count=_NumberOf(placed[: COUNTED_MAX + 1]))
        .order_by("-id")
    )


def media_of_series(officer: Officer, series: Series) -> QuerySet[Membership]:
    """The media stated to belong to a series, as far as the officer may see them: of each one statement, with its media.

    By statement, since that is the order of an index: a page reads a page, and no more of the series.
    """
    require(officer, Permission.MEDIA_READ)
    stated = Membership.objects.filter(series=series)
    return (
        stated.select_related("media")
        # Who sees a statement may not see its media: the join is what leaves it out, of the count too.
        .filter(belongs=True, media__kind__isnull=False)
        .exclude(media_id__in=stated.filter(belongs=False).values("media_id"))
        .order_by("media_id")
        .distinct("media_id")
    )


def media_for(officer: Officer, media_id: uuid.UUID) -> Media:
    """The media, or `NotFound`: the same answer when it is absent and when it is not shared."""
    require(officer, Permission.MEDIA_READ)
    found = Media.objects.filter(id=media_id).first()
    if found is None:
        raise NotFound
    return found


def sightings_of(officer: Officer, media: Media) -> QuerySet[Sighting]:
    """Where the media was seen, as far as the officer may know. Submissions of others stay closed to them, so none is joined."""
    require(officer, Permission.MEDIA_READ)
    seen = Sighting.objects.select_related("owner_unit__organisation", "parent").filter(media=media)
    return seen.order_by("-id")


#: Files shown that lay inside one.
EMBEDDED_SHOWN_MAX = 100


def embedded_sightings_of(officer: Officer, media: Media) -> list[Sighting]:
    """What lay inside the media wherever it was seen, each content once, as far as the officer may know; the first of many."""
    require(officer, Permission.MEDIA_READ)
    inside = Sighting.objects.filter(parent__media=media).order_by("media_id", "id").distinct("media_id")
    return sorted(inside[:EMBEDDED_SHOWN_MAX], key=lambda sighting: sighting.id)


def series_of(officer: Officer, media: Media) -> QuerySet[Series]:
    """The series the media is stated to belong to, as far as the officer may know."""
    require(officer, Permission.SERIES_READ)
    denied = Membership.objects.filter(media=media, belongs=False).values("series_id")
    return (
        Series.objects.select_related("owner_unit__organisation")
        .filter(memberships__media=media)
        .exclude(id__in=denied)
        .distinct()
    )


def cases_of(officer: Officer) -> QuerySet[Case]:
    """The cases of the officer's own unit, newest first."""
    require(officer, Permission.SUBMISSION_READ)
    return Case.objects.filter(owner_unit=officer.unit_id).order_by("-id")


@dataclass(frozen=True, slots=True)
class Holding:
    """One reason why a content is held: a series it is in, or a unit that saw it. The row decides who may know."""

    media_id: uuid.UUID
    row: Series | Sighting
    series: Series | None

    @property
    def match_distance_max(self) -> int:
        """How far apart looks may be to count: what the list or submission says through which it is held."""
        return PDQ_DISTANCE_MAX if isinstance(self.row, Series) else self.row.submission.match_distance_max


@dataclass(slots=True)
class Holdings:
    """Everything held of some contents, for the matching service; never shown uncut."""

    by_media: dict[uuid.UUID, list[Holding]] = field(default_factory=dict)
    kinds: dict[uuid.UUID, str] = field(default_factory=dict)


def holdings(media_ids: Iterable[uuid.UUID], *, other_than: uuid.UUID | None) -> Holdings:
    """Who holds these contents, over all countries, leaving out what the submission `other_than` itself brought.

    Of each content first the series it is in, then, once for each, the other units that saw it. A content that somebody else placed in a
    series than its owner, or that the series' owner did not bring, counts only through those who saw it: nobody hands on what another
    brought. As much is asked of the database whether anything is held or not.
    """
    ids = [*media_ids, NO_MEDIA]
    found = Holdings(kinds=dict(Media.objects.using("service").filter(id__in=ids).values_list("id", "kind")))
    statements = Membership.objects.using("service").select_related("series").filter(media_id__in=ids)
    denied = {(m.series_id, m.media_id) for m in statements if not m.belongs}
    placed: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for statement in statements:
        pair = (statement.series_id, statement.media_id)
        if statement.opens_media and pair not in denied and pair not in placed:
            placed.add(pair)
            found.by_media.setdefault(statement.media_id, []).append(
                Holding(statement.media_id, statement.series, statement.series)
            )
    named = {(id_, holding.row.owner_unit_id) for id_, held in found.by_media.items() for holding in held}
    sightings = Sighting.objects.using("service").select_related("submission").filter(media_id__in=ids)
    if other_than is not None:
        sightings = sightings.exclude(submission_id=other_than)
    for sighting in sightings.order_by(
        "media_id", "owner_unit_id", "under_examination", "-submission__match_distance_max", "-id"
    ).distinct("media_id", "owner_unit_id"):
        if (sighting.media_id, sighting.owner_unit_id) not in named:
            found.by_media.setdefault(sighting.media_id, []).append(Holding(sighting.media_id, sighting, None))
    return found


#: A media that is none.
NO_MEDIA = uuid.UUID(int=0)


def rules_of_series(series_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Series]:
    """The series by their ids, over all countries: for the rule that cuts what is told of them, never shown."""
    return Series.objects.using("service").in_bulk({*series_ids, NO_MEDIA})


def rules_of_sightings(media_ids: Iterable[uuid.UUID], unit_ids: Iterable[uuid.UUID]) -> list[Sighting]:
    """Of the sightings of these contents by these units one for each rule under which they stand, over all countries; never shown."""
    rule = [field.attname for field in Owned._meta.get_fields() if hasattr(field, "attname")]  # noqa: SLF001 - Django's documented Meta API
    found = Sighting.objects.using("service").filter(
        media_id__in={*media_ids, NO_MEDIA}, owner_unit_id__in={*unit_ids, NO_MEDIA}
    )
    return list(found.only("media_id", *rule).order_by("media_id", *rule).distinct("media_id", *rule))


# OFFSET 0 keeps the lookup in the index for each digest: a planner who knows of thousands would rather read the whole table.
_WITH_DIGESTS = {
    kind: "SELECT asked.place, d.media_id FROM unnest(%b::bytea[]) WITH ORDINALITY AS asked(bits, place),"  # noqa: S608 - constants
    f" LATERAL (SELECT media_id FROM catalogue_digests WHERE {kind} = asked.bits OFFSET 0) AS d"
    for kind in ("sha256", "sha1", "md5")
}


def media_with_digests(kind: str, digests: Sequence[bytes]) -> list[tuple[int, uuid.UUID]]:
    """For digests of one kind (sha256, sha1, md5): the place in the list, from 0, and a content that has it, over all countries.

    For the matching service. One question however many digests; they travel as bytes, not as text.
    """
    connections["service"].ensure_connection()
    with Cursor(connections["service"].connection) as cursor:
        cursor.execute(_WITH_DIGESTS[kind], [list(digests)], binary=True)
        return [(place - 1, media_id) for place, media_id in cursor.fetchall()]
