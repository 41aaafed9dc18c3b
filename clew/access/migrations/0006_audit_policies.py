"""The auditor's tables in the database: whose they are to see, and the trigger that leaves word when a watched record is read."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect, sequences, service_only

# Runs with the tables' owner's rights: whoever's entry it is may not see the canary, nor write the notice.
CANARIES = """
CREATE FUNCTION access_canary_sings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO access_guardnotice (id, kind, at, owner_organisation_id, officer_id, planter_organisation_id, canary_id, what)
  SELECT gen_random_uuid(), 'canary', NEW.at, NEW.organisation_id, NEW.officer_id, c.owner_organisation_id, c.id, NEW.verb
  FROM access_canary c WHERE c.subject_id = NEW.subject_id AND c.removed_at IS NULL;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION access_canary_sings() FROM PUBLIC;
CREATE TRIGGER ledger_entry_canary AFTER INSERT ON ledger_entry FOR EACH ROW
  WHEN (NEW.subject_id IS NOT NULL AND NEW.officer_id IS NOT NULL AND NEW.verb NOT LIKE 'ledger:%') EXECUTE FUNCTION access_canary_sings();
"""
PLANTER = "planter_organisation_id = (SELECT clew_organisation())"


class Migration(migrations.Migration):
    """Policies of the auditor's tables."""

    dependencies = [("access", "0005_audit"), ("ledger", "0002_audit")]

    operations = [
        protect("access_spotcheck", visible=OWN_ROW, writable=None),
        protect("access_spotcheckanswer", visible=OWN_ROW, writable=None),
        protect("access_canary", visible=OWN_ROW, writable=None),
        protect("access_guardnotice", visible=f"{OWN_ROW} OR {PLANTER}", writable=None),
        protect("access_budgetraise", visible=OWN_ROW, writable=None),
        service_only("access_reading"),
        sequences(),
        migrations.RunSQL(CANARIES, migrations.RunSQL.noop),
    ]
