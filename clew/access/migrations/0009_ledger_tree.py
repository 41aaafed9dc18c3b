"""The tree over the ledger, its checkpoints and what this installation has witnessed: added to by the service, changed by nobody."""

from django.db import migrations

from clew.access.policies import SERVICE_ROLE, directory

GROWING = ("ledger_leaf", "ledger_node", "ledger_growth", "ledger_checkpoint", "ledger_cosignature", "ledger_seen")


def _growing(table: str) -> str:
    return f"""
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER {table}_table BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON {table} TO {SERVICE_ROLE};
CREATE POLICY {table}_service ON {table} TO {SERVICE_ROLE} USING (true) WITH CHECK (true);
"""


#: A transaction gets its id before an entry of it draws a number: whoever grows the tree can then tell which numbers are settled.
NUMBERED = """
CREATE FUNCTION ledger_take_transaction_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_current_xact_id(); RETURN NULL; END $$;
CREATE TRIGGER ledger_entry_transaction BEFORE INSERT ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_take_transaction_id();
"""


class Migration(migrations.Migration):
    """Policies of the ledger's tree."""

    dependencies = [("access", "0008_glass"), ("ledger", "0002_tree")]

    operations = [
        *(migrations.RunSQL(_growing(table), migrations.RunSQL.noop) for table in GROWING),
        migrations.RunSQL(NUMBERED, migrations.RunSQL.noop),
        # A note for people, of no secret and no proof.
        directory("ledger_witness", web="SELECT", service="SELECT, INSERT, UPDATE, DELETE"),
    ]
