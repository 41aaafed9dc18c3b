"""Paging: long lists come a hundred at a time, and are counted to a bound, so that a page costs the same however long its list is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:
    _Pages = Paginator[Any]
    _Page = Page[Any]
else:
    # Django's classes are generic to the type checker alone.
    _Pages, _Page = Paginator, Page

M = TypeVar("M", bound=Model)

#: What fits on a page and is still read to its end.
PAGE_ROWS = 100
#: How far a list is counted: each row that row-level security shows costs as much to count as to show.
COUNTED_MAX = 1_000
#: The last page that can be asked for: to reach it, every row before it is looked at.
PAGES_MAX = 10_000


class _LongPage(_Page):
    """A page of a list whose end may not have been counted."""

    paginator: CountedPages

    def has_next(self) -> bool:
        """Whether there is another page: behind the last one counted, by a look."""
        pages = self.paginator
        return super().has_next() or (
            pages.is_longer and (self.number == pages.num_pages or pages.goes_on_after(self.number))
        )


class CountedPages(_Pages):
    """The pages of a list that is counted to `COUNTED_MAX`; what lies beyond is reached page by page."""

    def __init__(self, rows: QuerySet[Any], total: int | None = None) -> None:
        super().__init__(rows, PAGE_ROWS)
        self._rows, self._total = rows, total

    @cached_property
    def _ids(self) -> list[Any]:
        # One look at the list answers how long it is and what stands on each page of it.
        return list(self._rows.values_list("pk", flat=True)[: COUNTED_MAX + 1]) if self._total is None else []

    @property
    def ids_counted(self) -> list[Any]:
        """The ids of the rows that were counted, in their order: of these something may be said together."""
        return self._ids[:COUNTED_MAX]

    @cached_property
    def is_longer(self) -> bool:
        """Whether the list is longer than it was counted."""
        return len(self._ids) > COUNTED_MAX

    @cached_property
    def count(self) -> int:
        """How many rows there are, or as many as were counted."""
        return min(len(self._ids), COUNTED_MAX) if self._total is None else self._total

    @property
    def count_words(self) -> str:
        """How many rows there are, in words that claim no more than was counted."""
        return f"more than {self.count:,}" if self.is_longer else f"{self.count:,}"

    @property
    def pages_words(self) -> str:
        """How many pages there are, likewise."""
        return f"more than {self.num_pages:,}" if self.is_longer else f"{self.num_pages:,}"

    def goes_on_after(self, number: int) -> bool:
        """Whether anything comes after this page."""
        return number < PAGES_MAX and bool(self._rows[number * PAGE_ROWS :][:1])

    def validate_number(self, number: Any) -> int:
        """The page's number, also of one behind those counted, if it is there."""
        try:
            return int(super().validate_number(number))
        except EmptyPage:
            if self.is_longer and int(number) > self.num_pages and self.goes_on_after(int(number) - 1):
                return int(number)
            raise

    def _get_page(self, *args: Any, **kwargs: Any) -> Page[Any]:
        return _LongPage(*args, **kwargs)

    def page(self, number: Any) -> Page[Any]:
        """The page with this number: of those counted by its rows' ids, of others by their place."""
        valid = self.validate_number(number)
        if self._total is not None:
            return super().page(valid)
        bottom, top = (valid - 1) * PAGE_ROWS, valid * PAGE_ROWS
        if valid <= self.num_pages:
            return self._get_page(self._rows.filter(pk__in=self._ids[bottom : min(top, self.count)]), valid, self)
        return self._get_page(self._rows[bottom:top], valid, self)


def page_of(request: HttpRequest, rows: QuerySet[M], *, total: int | None = None) -> Page[M]:
    """The page the request asks for (`?page=`); a page that does not exist is the nearest that does. `total` if it is known already."""
    page: Page[M] = CountedPages(rows, total).get_page(request.GET.get("page"))
    return page
