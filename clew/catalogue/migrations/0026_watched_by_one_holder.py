"""A canary is silent to its planter about those who hold the record themselves: that they do is theirs to tell."""

from django.db import migrations

SINGS = """
CREATE OR REPLACE FUNCTION access_canary_sings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.access_guardnotice (id, kind, at, owner_organisation_id, officer_id, planter_organisation_id, canary_id, what)
  SELECT gen_random_uuid(), 'canary', NEW.at, NEW.organisation_id, NEW.officer_id, c.owner_organisation_id, c.id, NEW.verb
  FROM public.access_canary c WHERE c.subject_id = NEW.subject_id AND c.removed_at IS NULL{but};
  RETURN NULL;
END $$;
"""
HOLDS_IT_TOO = """
    AND (c.owner_organisation_id = NEW.organisation_id OR NOT EXISTS (SELECT FROM public.catalogue_sighting s
      WHERE s.media_id = NEW.subject_id AND s.owner_organisation_id = NEW.organisation_id))"""


class Migration(migrations.Migration):
    """The guard's trigger, which now asks the catalogue who holds what was read."""

    dependencies = [("catalogue", "0025_outcomes_policies"), ("access", "0019_no_records_for_providers")]

    operations = [migrations.RunSQL(SINGS.format(but=HOLDS_IT_TOO), SINGS.format(but=""))]
