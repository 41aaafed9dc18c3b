"""Paging: long lists come a hundred at a time, and what is already counted is not counted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    _Pages = Paginator[Any]
else:
    # Django's paginator is generic to the type checker alone.
    _Pages = Paginator

M = TypeVar("M", bound=Model)

#: What fits on a page and is still read to its end.
PAGE_ROWS = 100


class _Counted(_Pages):
    """A paginator that was told how many rows there are."""

    def __init__(self, rows: Sequence[Any] | QuerySet[Any], total: int) -> None:
        super().__init__(rows, PAGE_ROWS)
        self.count = total


def page_of(request: HttpRequest, rows: QuerySet[M], *, total: int | None = None) -> Page[M]:
    """The page the request asks for (`?page=`); a page that does not exist is the nearest that does."""
    paginator: _Pages = Paginator(rows, PAGE_ROWS) if total is None else _Counted(rows, total)
    page: Page[M] = paginator.get_page(request.GET.get("page"))
    return page
