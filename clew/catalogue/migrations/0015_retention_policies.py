"""Retention in the database: whose questions, holds and purges are to see, what a legal hold refuses, and a term for what is held already."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect, sequences, service_only

# Also whoever forgets to ask whether a hold stands deletes nothing that is held.
HOLD_GUARD = """
CREATE FUNCTION catalogue_hold_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM catalogue_legalhold h WHERE h.record_id = OLD.id AND h.lifted_at IS NULL) THEN
    RAISE EXCEPTION 'a legal hold stands on this record' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER catalogue_case_held BEFORE DELETE ON catalogue_case FOR EACH ROW EXECUTE FUNCTION catalogue_hold_guard();
CREATE TRIGGER catalogue_series_held BEFORE DELETE ON catalogue_series FOR EACH ROW EXECUTE FUNCTION catalogue_hold_guard();
CREATE FUNCTION catalogue_hold_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL OR
     (OLD.record_id, OLD.reason, OLD.placed_by_id, OLD.placed_at) IS DISTINCT FROM (NEW.record_id, NEW.reason, NEW.placed_by_id, NEW.placed_at) THEN
    RAISE EXCEPTION 'a hold stays on record as it was placed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER catalogue_legalhold_stays BEFORE UPDATE OR DELETE ON catalogue_legalhold
  FOR EACH ROW EXECUTE FUNCTION catalogue_hold_stays();
"""

# What is held already gets the term of its collection, from the day it came.
TERMS = """
UPDATE catalogue_case SET kept_since = created_at::date, expires_on = (created_at + interval '5 years')::date,
  review_on = least(review_on, (created_at + interval '4 years 6 months')::date);
UPDATE catalogue_series SET collection = 'icse', kept_since = created_at::date, expires_on = (created_at + interval '99 years')::date,
  review_on = least(review_on, (created_at + interval '98 years 6 months')::date);
"""


class Migration(migrations.Migration):
    """Policies of retention."""

    dependencies = [("catalogue", "0014_retention")]

    operations = [
        protect("catalogue_retentiontask", visible=OWN_ROW, writable=None),
        protect("catalogue_legalhold", visible=OWN_ROW, writable=None),
        protect("catalogue_purge", visible=OWN_ROW, writable=None),
        service_only("catalogue_tombstone"),
        service_only("catalogue_doomedblob"),
        sequences(),
        migrations.RunSQL(HOLD_GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(TERMS, migrations.RunSQL.noop),
    ]
