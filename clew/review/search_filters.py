"""Filters of a search: each a restriction of contents, in the words of an address. Everything they ask is asked under row-level security.

They compare columns with values, which PostgreSQL does inside an index also where a policy applies; and they join by ids.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery

from clew.access.models import Officer
from clew.catalogue.models import Media, Membership, Sighting
from clew.intake.models import Verdict
from clew.review.models import Statement

#: Bands of sizes, in bytes, from and below: what a message, a camera, a film in short and in full makes.
SIZES: dict[str, tuple[int, int | None, str]] = {
    "tiny": (0, 100_000, "below 100 KB"),
    "small": (100_000, 1_000_000, "100 KB to 1 MB"),
    "medium": (1_000_000, 10_000_000, "1 to 10 MB"),
    "large": (10_000_000, 100_000_000, "10 to 100 MB"),
    "huge": (100_000_000, None, "100 MB and more"),
}
#: Bands of prevalence: in how many submissions the officer sees it. Nobody is told how many there are that they may not see.
PREVALENCES: dict[str, tuple[int, int | None, str]] = {
    "0": (0, 0, "in a series alone"),
    "1": (1, 1, "one submission"),
    "2-4": (2, 4, "2 to 4 submissions"),
    "5-19": (5, 19, "5 to 19 submissions"),
    "20+": (20, None, "20 submissions and more"),
}
SAID = {"own": "We say", "other": "Others say", "disputed": "Disputed", "undecided": "Not decided by us"}
Found = QuerySet[Media]


def id_told(told: str) -> uuid.UUID:
    """The id that is written there; where it is none, one that nothing has."""
    try:
        return uuid.UUID(told)
    except ValueError:
        return uuid.UUID(int=0)


def _day(told: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(told)
    except ValueError:
        return None


def _verdict(found: Found, officer: Officer, verdict: str) -> Found:
    own = Verdict.objects.filter(owner_organisation=officer.organisation_id, kind=verdict, sighting__isnull=False)
    return found.filter(id__in=own.values("sighting__media_id"))


def _said(found: Found, officer: Officer, scheme: str, code: str, said: str) -> Found:
    if said and said not in SAID:
        return found.none()
    standing = Statement.objects.filter(is_standing=True)
    if scheme:
        standing = standing.filter(scheme=scheme)
    if said == "undecided":
        return found.exclude(id__in=standing.filter(owner_organisation=officer.organisation_id).values("media_id"))
    if said == "disputed":
        slots = standing.values("media_id", "scheme", "slot", "start_ms", "end_ms")
        disputed = slots.annotate(codes=Count("code", distinct=True)).filter(codes__gt=1)
        found = found.filter(id__in=disputed.values("media_id"))
        return found.filter(id__in=standing.filter(code=code).values("media_id")) if code else found
    if code:
        standing = standing.filter(code=code)
    if said == "own":
        standing = standing.filter(owner_organisation=officer.organisation_id)
    if said == "other":
        standing = standing.exclude(owner_organisation=officer.organisation_id)
    return found.filter(id__in=standing.values("media_id"))


def _seen_in(path: str) -> Callable[[Found, Officer, str], Found]:
    def only(found: Found, _officer: Officer, told: str) -> Found:
        return found.filter(id__in=Sighting.objects.filter(**{path: id_told(told)}).values("media_id"))

    return only


def _series(found: Found, _officer: Officer, told: str) -> Found:
    stated = Membership.objects.filter(series=id_told(told))
    denied = stated.filter(belongs=False).values("media_id")
    return found.filter(id__in=stated.filter(belongs=True).exclude(media_id__in=denied).values("media_id"))


def _is(column: str) -> Callable[[Found, Officer, str], Found]:
    return lambda found, _officer, told: found.filter(**{column: told})


def _camera(found: Found, _officer: Officer, make: str, model: str) -> Found:
    found = found.filter(camera_make=make) if make else found
    return found.filter(camera_model=model) if model else found


def _between(found: Found, column: str, low: str, high: str) -> Found:
    """The days named included."""
    for told, side in ((low, "gte"), (high, "lte")):
        day = _day(told)
        if told and day is None:
            return found.none()
        if day is not None:
            found = found.filter(**{f"{column}__{side}": day})
    return found


def _taken(found: Found, _officer: Officer, low: str, high: str) -> Found:
    return _between(found, "taken_on", low, high)


def _seen(found: Found, _officer: Officer, low: str, high: str) -> Found:
    first, last = _day(low), _day(high)
    if (low and first is None) or (high and last is None):
        return found.none()
    seen: Any = Sighting.objects.all()
    if first is not None:
        seen = seen.filter(seen_at__gte=dt.datetime.combine(first, dt.time.min, dt.UTC))
    if last is not None:
        seen = seen.filter(seen_at__lt=dt.datetime.combine(last + dt.timedelta(days=1), dt.time.min, dt.UTC))
    return found.filter(id__in=seen.values("media_id"))


def _box(found: Found, _officer: Officer, told: str) -> Found:
    try:
        south, west, north, east = (float(part) for part in told.split(","))
    except ValueError:
        return found.none()
    found = found.filter(latitude__gte=south, latitude__lte=north)
    if west <= east:
        return found.filter(longitude__gte=west, longitude__lte=east)
    return found.filter(Q(longitude__gte=west) | Q(longitude__lte=east), longitude__isnull=False)


def _size(found: Found, _officer: Officer, band: str) -> Found:
    if band not in SIZES:
        return found.none()
    low, below, _words = SIZES[band]
    found = found.filter(size_bytes__gte=low)
    return found.filter(size_bytes__lt=below) if below is not None else found


class _NumberOf(Subquery):
    """How many rows a query gives."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _prevalence(found: Found, _officer: Officer, band: str) -> Found:
    if band not in PREVALENCES:
        return found.none()
    low, high, _words = PREVALENCES[band]
    seen = Sighting.objects.filter(media=OuterRef("pk")).order_by("submission_id").values("submission_id").distinct()
    found = found.annotate(submissions_seen=_NumberOf(seen[: (high if high is not None else low) + 1]))
    found = found.filter(submissions_seen__gte=low)
    return found.filter(submissions_seen__lte=high) if high is not None else found


#: By the names of the fields that make it.
FILTERS: dict[tuple[str, ...], Callable[..., Found]] = {
    ("kind",): _is("kind"),
    ("make", "model"): _camera,
    ("city",): _is("city"),
    ("country",): _is("country"),
    ("language",): _is("language"),
    ("taken_from", "taken_to"): _taken,
    ("box",): _box,
    ("size",): _size,
    ("case",): _seen_in("submission__case"),
    ("submission",): _seen_in("submission"),
    ("seen_from", "seen_to"): _seen,
    ("series",): _series,
    ("verdict",): _verdict,
    ("scheme", "code", "said"): _said,
    ("prevalence",): _prevalence,
}
