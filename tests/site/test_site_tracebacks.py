"""Tracebacks without values: places and kinds stay, what was said of the values goes, all along the chain."""

import logging

from clew.site.tracebacks import LinesWithoutValues, without_values


def _failed():
    try:
        try:
            int("a name")
        except ValueError as first:
            raise KeyError("a hash") from first
    except KeyError as failure:
        return failure


def test_places_and_kinds_are_told_and_words_are_not():
    told = without_values(_failed())
    assert "test_site_tracebacks.py" in told
    assert told.index("builtins.ValueError") < told.index("builtins.KeyError")
    # The source says what was asked for; only the words of the errors are left out.
    assert "invalid literal" not in told
    assert "KeyError: 'a hash'" not in told


def test_a_log_line_holds_no_words_of_an_error():
    failure = _failed()
    line = logging.LogRecord("clew", logging.ERROR, "x", 1, "it failed", (), (type(failure), failure, None))
    written = LinesWithoutValues("{message}", style="{").format(line)
    assert written.startswith("it failed\n")
    assert "invalid literal" not in written


def test_an_error_of_the_database_keeps_its_number(database):
    import pytest
    from django.db import IntegrityError

    with database["owner"].cursor() as cursor, pytest.raises(IntegrityError) as caught:
        cursor.execute("INSERT INTO auth_group (id, name) VALUES (1, 'a name'), (1, 'a name')")
    told = without_values(caught.value)
    assert "SQLSTATE 23505" in told
    assert "Key (" not in told
