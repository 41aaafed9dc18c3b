"""Paging: a list is counted to a bound, says no more than it counted, and is read to its end all the same."""

import pytest

from clew.kernel.ids import new_id


@pytest.fixture
def short_pages(monkeypatch):
    """Two rows a page, counted to four."""
    from clew.access import paging

    monkeypatch.setattr(paging, "PAGE_ROWS", 2)
    monkeypatch.setattr(paging, "COUNTED_MAX", 4)


def _rows(world, number):
    from clew.catalogue.models import Series

    officer = world.officer("NO")
    Series.objects.using("service").bulk_create(
        Series(id=new_id(), name=f"S{n}", owner_unit=officer.unit, owner_organisation=officer.organisation)
        for n in range(number)
    )
    return Series.objects.using("service").order_by("id")


@pytest.mark.parametrize(
    ("number", "count", "pages"),
    [(0, "0", "1"), (3, "3", "2"), (4, "4", "2"), (5, "more than 4", "more than 2"), (9, "more than 4", "more than 2")],
)
def test_it_says_how_many_as_far_as_it_counted(world, short_pages, number, count, pages):
    from clew.access.paging import CountedPages

    counted = CountedPages(_rows(world, number))
    assert (counted.count_words, counted.pages_words) == (count, pages)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 6, 7, 9, 10])
def test_every_row_is_reached_page_by_page_and_once(world, short_pages, number):
    from clew.access.paging import CountedPages

    counted = CountedPages(_rows(world, number))
    seen, page = [], counted.get_page(None)
    seen += [row.name for row in page]
    while page.has_next():
        page = counted.get_page(page.next_page_number())
        seen += [row.name for row in page]
    assert seen == [f"S{n}" for n in range(number)]


@pytest.mark.parametrize(("asked", "given"), [("4", 4), ("5", 2), ("0", 2), ("-1", 2), ("x", 1), ("9" * 30, 2)])
def test_a_page_that_is_not_there_is_one_that_is(world, short_pages, asked, given):
    from clew.access.paging import CountedPages

    assert CountedPages(_rows(world, 7)).get_page(asked).number == given


def test_what_is_counted_already_is_not_counted_again(world, short_pages, no_questions):
    from clew.access.paging import CountedPages

    rows = _rows(world, 9)
    with no_questions():
        counted = CountedPages(rows, 9)
        assert (counted.count_words, counted.pages_words, counted.page(1).has_next()) == ("9", "5", True)


@pytest.fixture
def no_questions():
    """No question to the database while it lasts."""
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    class Asked(CaptureQueriesContext):
        def __exit__(self, *details):
            super().__exit__(*details)
            assert len(self) == 0

    return lambda: Asked(connections["service"])
