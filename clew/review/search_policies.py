"""What the database does of searching by itself: who sees which word, what has no words yet, and that words go with what they are of."""

from __future__ import annotations

from clew.access.policies import OWN_OFFICER_ROW, OWNERS_PATH

# As with media (`clew_sees_media`): the body is planned once a connection, and runs with the rights of whoever asks.
SEES_WORD = """
CREATE FUNCTION clew_sees_word(media uuid, sighting uuid, series uuid, kase uuid) RETURNS boolean
  LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 AS $$ BEGIN
  IF sighting IS NOT NULL THEN
    PERFORM 1 FROM public.catalogue_sighting s WHERE s.id = sighting;
    RETURN FOUND;
  END IF;
  IF media IS NOT NULL THEN RETURN public.clew_sees_media(media); END IF;
  IF series IS NOT NULL THEN
    PERFORM 1 FROM public.catalogue_series s WHERE s.id = series;
    RETURN FOUND;
  END IF;
  PERFORM 1 FROM public.catalogue_case c WHERE c.id = kase;
  RETURN FOUND;
END $$;
"""
DROP_SEES_WORD = "DROP FUNCTION clew_sees_word(uuid, uuid, uuid, uuid);"
SEEN_WORD = "clew_sees_word(media_id, sighting_id, series_id, case_id)"

#: By kind: the table, and the column whose change makes other words. What a file says, and the path under which it was found, are evidence and never change.
SUBJECTS = {
    "media": ("catalogue_media", ""),
    "sighting": ("catalogue_sighting", ""),
    "series": ("catalogue_series", "name"),
    "case": ("catalogue_case", "reference"),
}


def _kept_for(kind: str, table: str, column: str) -> str:
    changed = f"""
CREATE FUNCTION clew_words_changed_{kind}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {OWNERS_PATH} AS $$ BEGIN
  INSERT INTO public.review_wordsdue (kind, subject_id)
    SELECT '{kind}', written.id FROM written JOIN gone USING (id) WHERE written.{column} IS DISTINCT FROM gone.{column};
  RETURN NULL; END $$;
REVOKE ALL ON FUNCTION clew_words_changed_{kind}() FROM PUBLIC;
CREATE TRIGGER {table}_words_changed AFTER UPDATE ON {table} REFERENCING NEW TABLE AS written OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION clew_words_changed_{kind}();
"""  # noqa: S608 - constants
    return f"""
CREATE FUNCTION clew_words_due_{kind}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {OWNERS_PATH} AS $$ BEGIN
  INSERT INTO public.review_wordsdue (kind, subject_id) SELECT '{kind}', written.id FROM written; RETURN NULL; END $$;
CREATE FUNCTION clew_words_go_{kind}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {OWNERS_PATH} AS $$ BEGIN
  DELETE FROM public.review_searchword w USING gone WHERE w.{kind}_id = gone.id; RETURN NULL; END $$;
REVOKE ALL ON FUNCTION clew_words_due_{kind}() FROM PUBLIC;
REVOKE ALL ON FUNCTION clew_words_go_{kind}() FROM PUBLIC;
CREATE TRIGGER {table}_words_due AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION clew_words_due_{kind}();
CREATE TRIGGER {table}_words_go AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION clew_words_go_{kind}();
INSERT INTO review_wordsdue (kind, subject_id) SELECT '{kind}', id FROM {table};
{changed if column else ""}"""  # noqa: S608 - constants


def _left(kind: str, table: str, column: str) -> str:
    return "".join(
        f"DROP TRIGGER {table}_words_{name} ON {table}; DROP FUNCTION clew_words_{name}_{kind}();"
        for name in ("due", "go", *(["changed"] if column else []))
    )


KEEP_WORDS = "".join(_kept_for(kind, table, column) for kind, (table, column) in SUBJECTS.items())
LEAVE_WORDS = "".join(_left(kind, table, column) for kind, (table, column) in SUBJECTS.items())

#: A saved search is its officer's own; shared, their unit may read it too.
SAVED_ROW = f"{OWN_OFFICER_ROW} OR is_shared AND owner_unit_id = (SELECT clew_officer_unit())"
#: What the web role writes is its own officer's, of their organisation.
OWN_WRITTEN = f"{OWN_OFFICER_ROW} AND owner_organisation_id = (SELECT clew_organisation())"
#: An officer notes what they found by searches that they see.
RUN_WRITTEN = f"{OWN_WRITTEN} AND EXISTS (SELECT 1 FROM review_savedsearch s WHERE s.id = saved_id)"  # noqa: S608 - constants
#: What is kept for the unit is kept by one of it.
SAVED_WRITTEN = f"{OWN_WRITTEN} AND owner_unit_id = (SELECT clew_officer_unit())"
