"""Words in a search: contents whose path, metadata, series or case holds every term, found by the words that were made of them.

The same word may name ten contents or two million. Of a rare one the contents are read first, and everything else is asked of those; of a common one
the newest contents are looked through until a page is full. Which it is, is asked first, and costs no more than the bound.
"""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from clew.catalogue.models import Media, Membership, Sighting
from clew.kernel.limits import SEARCH_RARE_IDS_MAX
from clew.review.models import SearchWord
from clew.review.search_words import AFTER_ALL, terms_of


def _beginning(term: str) -> Q:
    return Q(word__gte=term, word__lt=term + AFTER_ALL)


def with_words(found: QuerySet[Media], text: str) -> QuerySet[Media]:
    """Those of them that hold every term of a text, or stand in a series or a case whose name does. A text without a word finds nothing."""
    terms = terms_of(text)
    if not terms:
        return found.none()
    in_series = Q(series_id__in=_named(terms, "series_id"), belongs=True)
    in_cases = Q(submission__case_id__in=_named(terms, "case_id"))
    named, rare = _in_what_is_named(in_series, in_cases), _rarest(terms)
    if rare is not None and named is not None:
        return found.filter(id__in=_holding_all(terms, rare) | named)
    meets = Q()
    for term in terms:
        meets &= Q(Exists(_words_of_each(term)))
    if named is None:
        meets |= Q(Exists(Membership.objects.filter(in_series, media=OuterRef("pk"))))
        meets |= Q(Exists(Sighting.objects.filter(in_cases, media=OuterRef("pk"))))
    elif named:
        meets |= Q(id__in=named)
    return found.filter(meets)


def _holding_all(terms: list[str], rare: tuple[str, set[uuid.UUID]]) -> set[uuid.UUID]:
    """Of the contents that hold the rare term those that hold the others too."""
    rarest, ids = rare
    for term in terms:
        if term != rarest and ids:
            rows = SearchWord.objects.filter(_beginning(term), media_id__in=ids)
            ids = {id_ for id_ in rows.values_list("media_id", flat=True).distinct() if id_ is not None}
    return ids


def _words_of_each(term: str) -> QuerySet[SearchWord]:
    return SearchWord.objects.filter(_beginning(term), media_id=OuterRef("pk"))


def _rarest(terms: list[str]) -> tuple[str, set[uuid.UUID]] | None:
    """The first term that names few contents, with those; None where all name many. Long ones are tried first."""
    for term in sorted(terms, key=len, reverse=True):
        rows = SearchWord.objects.filter(_beginning(term), media_id__isnull=False)
        ids = list(rows.values_list("media_id", flat=True)[: SEARCH_RARE_IDS_MAX + 1])
        if len(ids) <= SEARCH_RARE_IDS_MAX:
            return term, {id_ for id_ in ids if id_ is not None}
    return None


def _named(terms: list[str], column: str) -> list[uuid.UUID]:
    """The series, or the cases, whose name holds every term."""
    kept: set[uuid.UUID] | None = None
    for term in terms:
        rows = SearchWord.objects.filter(_beginning(term), media_id__isnull=True, **{f"{column}__isnull": False})
        ids = set(rows.values_list(column, flat=True))
        kept = ids if kept is None else kept & ids
    return list(kept or ())


def _in_what_is_named(in_series: Q, in_cases: Q) -> set[uuid.UUID] | None:
    """The contents of the series and cases that are named so; None where they are many."""
    stated = Membership.objects.filter(in_series).values_list("media_id", flat=True)
    seen = Sighting.objects.filter(in_cases).values_list("media_id", flat=True)
    ids = [*stated[: SEARCH_RARE_IDS_MAX + 1], *seen[: SEARCH_RARE_IDS_MAX + 1]]
    return set(ids) if len(ids) <= SEARCH_RARE_IDS_MAX else None
