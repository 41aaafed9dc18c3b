"""Providers see nothing of others; what runs with the owner's rights looks nothing up in what a session made; each watches for itself."""

from django.db import migrations, models

from clew.access.policies import DROP_NO_RECORDS, NO_RECORDS, OWNERS_PATH

#: A session's own tables must not stand in for those of the guard.
GUARDED = """
CREATE OR REPLACE FUNCTION access_canary_sings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {path} AS $$
BEGIN
  INSERT INTO {schema}access_guardnotice (id, kind, at, owner_organisation_id, officer_id, planter_organisation_id, canary_id, what)
  SELECT gen_random_uuid(), 'canary', NEW.at, NEW.organisation_id, NEW.officer_id, c.owner_organisation_id, c.id, NEW.verb
  FROM {schema}access_canary c WHERE c.subject_id = NEW.subject_id AND c.removed_at IS NULL;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """The scope once more, the guard's trigger, and a canary for each organisation that holds the record."""

    dependencies = [("access", "0018_sees_row")]

    operations = [
        migrations.RunSQL(NO_RECORDS, DROP_NO_RECORDS),
        migrations.RunSQL(
            GUARDED.format(path=OWNERS_PATH, schema="public."),
            GUARDED.format(path="SET search_path = pg_catalog, public", schema=""),
        ),
        migrations.RemoveConstraint(model_name="canary", name="access_canary_once"),
        migrations.AddConstraint(
            model_name="canary",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at__isnull", True)),
                fields=("subject_id", "owner_organisation"),
                name="access_canary_once",
            ),
        ),
    ]
