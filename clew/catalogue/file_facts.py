"""Facts that a file tells of itself and people search by, as columns that the database works out from the metadata when a row is written."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func, Value

#: The functions behind the columns. They know no language and no time zone, so that a row says tomorrow what it said today.
FACT_FUNCTIONS = r"""
CREATE FUNCTION clew_told(metadata jsonb, VARIADIC names text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT left(btrim(metadata->>name), 80) FROM unnest(names) WITH ORDINALITY AS asked(name, place)
  WHERE btrim(metadata->>name) <> '' ORDER BY place LIMIT 1 $$;
CREATE FUNCTION clew_number_told(metadata jsonb, VARIADIC names text[]) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (metadata->name)::double precision FROM unnest(names) WITH ORDINALITY AS asked(name, place)
  WHERE jsonb_typeof(metadata->name) = 'number' ORDER BY place LIMIT 1 $$;
CREATE FUNCTION clew_day_told(metadata jsonb, VARIADIC names text[]) RETURNS date LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE name text; told text; first_of_month date; day integer;
BEGIN
  FOREACH name IN ARRAY names LOOP
    told := metadata->>name;
    IF told ~ '^(18|19|20|21)\d\d[-:](0[1-9]|1[0-2])[-:](0[1-9]|[12]\d|3[01])' THEN
      first_of_month := make_date(substr(told, 1, 4)::integer, substr(told, 6, 2)::integer, 1);
      day := substr(told, 9, 2)::integer;
      -- A clock that was never set says 31 February; it then says nothing.
      IF date_trunc('month', (first_of_month + day - 1)::timestamp)::date = first_of_month THEN
        RETURN first_of_month + day - 1;
      END IF;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
"""
DROP_FACT_FUNCTIONS = """
DROP FUNCTION clew_told(jsonb, text[]); DROP FUNCTION clew_number_told(jsonb, text[]); DROP FUNCTION clew_day_told(jsonb, text[]);
"""


def _column(function: str, output: models.Field[Any, Any], names: tuple[str, ...]) -> models.GeneratedField:
    told = Func(F("metadata"), *(Value(name) for name in names), function=function, output_field=output)
    return models.GeneratedField(expression=told, output_field=output, db_persist=True, null=True)


def words_told(*names: str) -> models.GeneratedField:
    """A column with the first of these facts that says anything, at most 80 letters of it."""
    return _column("clew_told", models.CharField(max_length=80, null=True), names)


def number_told(*names: str) -> models.GeneratedField:
    """The same of numbers."""
    return _column("clew_number_told", models.FloatField(null=True), names)


def day_told(*names: str) -> models.GeneratedField:
    """The same of moments: the day that was written, wherever it was; nobody tells in which time zone a camera's clock ran."""
    return _column("clew_day_told", models.DateField(null=True), names)
