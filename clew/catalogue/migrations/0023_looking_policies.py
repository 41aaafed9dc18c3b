"""Looking in the database: its tables are the service's alone, and a watched record sings as well where one entry names many."""

from django.db import migrations

from clew.access.policies import service_only

# Runs with the tables' owner's rights, like `access_canary_sings`, which knows of the subject alone.
CANARIES = """
CREATE FUNCTION catalogue_canary_sings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.access_guardnotice (id, kind, at, owner_organisation_id, officer_id, planter_organisation_id, canary_id, what)
  SELECT gen_random_uuid(), 'canary', NEW.at, NEW.organisation_id, NEW.officer_id, c.owner_organisation_id, c.id, NEW.verb
  FROM public.access_canary c WHERE c.removed_at IS NULL
    AND c.subject_id::text IN (SELECT jsonb_array_elements_text(NEW.facts->'media'))
    AND (c.owner_organisation_id = NEW.organisation_id OR NOT EXISTS (SELECT FROM public.catalogue_sighting s
      WHERE s.media_id = c.subject_id AND s.owner_organisation_id = NEW.organisation_id));
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION catalogue_canary_sings() FROM PUBLIC;
CREATE TRIGGER ledger_entry_canary_of_many AFTER INSERT ON ledger_entry FOR EACH ROW
  WHEN (NEW.officer_id IS NOT NULL AND NEW.verb = 'catalogue:media:outline' AND jsonb_typeof(NEW.facts->'media') = 'array')
  EXECUTE FUNCTION catalogue_canary_sings();
CREATE INDEX ledger_entry_outlined ON ledger_entry USING gin ((facts->'media')) WHERE verb = 'catalogue:media:outline';
"""


class Migration(migrations.Migration):
    """Policies of looking."""

    dependencies = [("catalogue", "0022_looking"), ("access", "0018_sees_row"), ("ledger", "0002_audit")]

    operations = [
        service_only("catalogue_lookminimum"),
        service_only("catalogue_lookdefault"),
        service_only("catalogue_look"),
        migrations.RunSQL(CANARIES, migrations.RunSQL.noop),
    ]
