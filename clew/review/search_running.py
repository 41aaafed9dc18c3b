"""Running a search: with a purpose and a legal basis, within a bound of time, counted by the guard and on record, and its results page by page."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections, transaction
from django.db.utils import OperationalError
from psycopg.errors import QueryCanceled

from clew.access.models import Officer
from clew.access.paging import CountedPages
from clew.access.permissions import Permission
from clew.access.purposes import Reason
from clew.access.reading_guard import What, spend
from clew.access.scope import require
from clew.catalogue.models import Media
from clew.kernel.errors import ClewError
from clew.kernel.limits import SEARCH_SECONDS_MAX
from clew.ledger.actions import record
from clew.ledger.circumstances import under
from clew.review.search import Search, media_found


class SearchTooLong(ClewError):
    """This search looks through too much and was ended after {seconds} seconds. Nothing was shown. Add a word, a case, a series or a date."""

    status = 422


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what answers a search, and the ids of all that were counted: the newest thousand at most."""

    search: Search
    pages: CountedPages
    media: list[Media]
    number: int
    ids: list[uuid.UUID]

    @property
    def count(self) -> int:
        """How many were counted."""
        return self.pages.count

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.pages.is_longer


@contextmanager
def within_time(seconds: int = SEARCH_SECONDS_MAX) -> Iterator[None]:
    """End what the database looks through for longer. Raises `SearchTooLong`; the transaction goes on as it was before."""
    try:
        with transaction.atomic():
            _patience(seconds)
            yield
            _patience(0)
    except OperationalError as ended:
        if isinstance(ended.__cause__, QueryCanceled):
            raise SearchTooLong(seconds=seconds) from None
        raise


def _patience(seconds: int) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(1000 * seconds)])


def run_search(officer: Officer, search: Search, reason: Reason, *, page: str | int | None = None) -> Results:
    """One page of what answers the search, as far as the officer may see it. Runs inside the officer's scope; the entry commits with it."""
    require(officer, Permission.SEARCH_RUN)
    require(officer, Permission.MEDIA_READ)
    spend(officer, What.RECORDS)
    with within_time():
        pages = CountedPages(media_found(officer, search))
        told = pages.get_page(page)
        results = Results(search, pages, list(told.object_list), told.number, pages.ids_counted)
    with under(purpose=reason.purpose, legal_basis=reason.legal_basis):
        record(
            "review:search:run",
            actor=officer,
            using="default",
            facts={
                "filters": search.active,
                "found": results.count,
                "is_more": results.is_more,
                "page": results.number,
            },
            # What was looked for may name a person: whoever has the key can tell who looked for a word they know.
            sensitive={"search": search.text} if search.text else None,
        )
    return results
