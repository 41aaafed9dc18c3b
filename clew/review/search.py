"""Searches: what is looked for, as it stands in an address, and the contents that answer it, as far as an officer may see them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from django.db.models import Case, QuerySet, Value, When
from django.http import QueryDict

from clew.access.models import Officer
from clew.access.permissions import Permission
from clew.access.scope import require
from clew.catalogue.models import Media
from clew.kernel.limits import SEARCH_TEXT_CHARACTERS_MAX
from clew.review.likeness import media_alike
from clew.review.search_filters import FILTERS
from clew.review.search_text import with_words


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is empty asks for nothing. Holds no hash and no number of a camera: it stands in addresses, and those in logs.

    What is like something is asked by the id of the question (`clew.review.likeness`).
    """

    text: str = ""
    #: Of one's own submissions: known, resembles, new, unreadable.
    verdict: str = ""
    scheme: str = ""
    code: str = ""
    #: Who says so: own, other, disputed, undecided; anybody where it is empty.
    said: str = ""
    case: str = ""
    submission: str = ""
    series: str = ""
    kind: str = ""
    #: A band of sizes, and of how many submissions have seen it (`search_filters`).
    size: str = ""
    prevalence: str = ""
    make: str = ""
    model: str = ""
    taken_from: str = ""
    taken_to: str = ""
    seen_from: str = ""
    seen_to: str = ""
    #: South, west, north, east in degrees, with commas; west may lie east of east, across the date line.
    box: str = ""
    city: str = ""
    country: str = ""
    language: str = ""
    like: str = ""

    @classmethod
    def from_query(cls, query: QueryDict | dict[str, list[str]]) -> Search:
        """The search that an address, or a step that was kept, asks for; names it does not know are left out."""
        told = {field.name: query.get(field.name, "") for field in fields(cls)}
        told = {name: value[-1] if isinstance(value, list) and value else value for name, value in told.items()}
        return cls(**{name: str(value or "").strip()[:SEARCH_TEXT_CHARACTERS_MAX] for name, value in told.items()})

    def to_query(self) -> dict[str, list[str]]:
        """As it stands in an address."""
        return {field.name: [told] for field in fields(self) if (told := getattr(self, field.name))}

    @property
    def address(self) -> str:
        """The same as text, to stand behind a question mark."""
        return urlencode(self.to_query(), doseq=True)

    @property
    def active(self) -> list[str]:
        """The names of what is asked for."""
        return list(self.to_query())

    def without(self, *names: str) -> Search:
        """The same without these."""
        return replace(self, **dict.fromkeys(names, ""))

    def with_(self, **changes: str) -> Search:
        """The same with these."""
        return replace(self, **changes)


#: A search that asks for nothing in particular.
EVERYTHING = Search()


def media_found(officer: Officer, search: Search = EVERYTHING) -> QuerySet[Media]:
    """The contents that answer a search, each once, as far as the officer may see them: newest first, or what is most alike first.

    Runs inside the officer's scope, where row-level security leaves out everything else. A value that cannot be read finds nothing.
    """
    require(officer, Permission.SEARCH_RUN)
    found = Media.objects.order_by("-id")
    for name, only in FILTERS.items():
        if any(getattr(search, part) for part in name):
            found = only(found, officer, *(getattr(search, part) for part in name))
    if search.text:
        found = with_words(found, search.text)
    if search.like:
        ids = media_alike(officer, search.like)
        order = Case(*(When(id=id_, then=Value(place)) for place, id_ in enumerate(ids)), default=Value(len(ids)))
        found = found.filter(id__in=ids).order_by(order, "-id")
    return found
