"""Row-level security from the first day: the scope functions, the directory of who is who, and the ledger that nobody changes."""

from django.db import migrations

from clew.access.policies import (
    DROP_SCOPE_FUNCTIONS,
    SCOPE_FUNCTIONS,
    SERVICE_ROLE,
    WEB_ROLE,
    directory,
    sequences,
)

LEDGER = f"""
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_entry_rows BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_entry_table BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_entry_owner ON ledger_entry TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON ledger_entry TO {SERVICE_ROLE};
CREATE POLICY ledger_entry_service ON ledger_entry TO {SERVICE_ROLE} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON ledger_entry TO {WEB_ROLE};
CREATE POLICY ledger_entry_see ON ledger_entry FOR SELECT TO {WEB_ROLE} USING (organisation_id = (SELECT clew_organisation()));
CREATE POLICY ledger_entry_add ON ledger_entry FOR INSERT TO {WEB_ROLE} WITH CHECK (organisation_id = (SELECT clew_organisation()));
GRANT INSERT ON ledger_announcement TO {WEB_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_announcement TO {SERVICE_ROLE};
"""


class Migration(migrations.Migration):
    """Policies of access and ledger."""

    dependencies = [("access", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(f"GRANT USAGE ON SCHEMA public TO {WEB_ROLE}, {SERVICE_ROLE};", migrations.RunSQL.noop),
        migrations.RunSQL(SCOPE_FUNCTIONS, DROP_SCOPE_FUNCTIONS),
        migrations.RunSQL(LEDGER, migrations.RunSQL.noop),
        directory("access_organisation"),
        directory("access_unit"),
        directory("access_officer", web="SELECT, UPDATE (last_login, password)"),
        directory("access_sharinggroup"),
        directory("access_sharinggroup_members"),
        directory("access_apikey", web="SELECT (id, officer_id, label, created_at, revoked_at)"),
        sequences(),
    ]
