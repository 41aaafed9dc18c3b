"""Searches: what is looked for, as it stands in an address, and the contents that answer it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields

from django.db.models import QuerySet
from django.http import QueryDict

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Media, Membership, Sighting


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is empty asks for nothing. Holds no hash and no word that may not stand in an address."""

    case: str = ""
    submission: str = ""
    series: str = ""
    kind: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> Search:
        """The search that an address asks for; names it does not know are left out."""
        return cls(**{field.name: query.get(field.name, "") for field in fields(cls)})

    def to_query(self) -> dict[str, list[str]]:
        """As it stands in an address."""
        return {field.name: [told] for field in fields(self) if (told := getattr(self, field.name))}


#: Everything one may see.
EVERYTHING = Search()


def media_found(officer: Officer, search: Search = EVERYTHING) -> QuerySet[Media]:
    """The contents that answer a search, newest first, as far as the officer may see them. What is no id finds nothing."""
    require(officer, Permission.SEARCH_RUN)
    found = Media.objects.order_by("-id")
    if search.kind:
        found = found.filter(kind=search.kind)
    for name, path in (("case", "submission__case"), ("submission", "submission")):
        if told := getattr(search, name):
            found = found.filter(id__in=Sighting.objects.filter(**{path: _id(told)}).values("media_id"))
    if search.series:
        placed = Membership.objects.filter(series=_id(search.series), belongs=True)
        found = found.filter(id__in=placed.values("media_id"))
    return found


def _id(told: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(told)
    except ValueError:
        return None
