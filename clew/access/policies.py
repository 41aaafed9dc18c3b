"""Row-level security as migration operations: which role may do what with which rows, decided in PostgreSQL."""

from __future__ import annotations

from django.db import migrations

#: The role of web pages and the API: never the owner of a table, bound by every policy.
WEB_ROLE = "clew_web"
#: The role of the trusted service that matches over everything and of the workers: not the owner, but sees all rows.
SERVICE_ROLE = "clew_service"

#: Who asks, set per transaction by `access.scope`; unset means nobody, and nobody sees nothing.
SCOPE_FUNCTIONS = """
CREATE FUNCTION clew_organisation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('clew.organisation', true), '')::uuid $$;
CREATE FUNCTION clew_is_member() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('clew.is_member', true), '') = 'yes' $$;
CREATE FUNCTION clew_groups() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('clew.groups', true), ''), '{}')::uuid[] $$;
"""

DROP_SCOPE_FUNCTIONS = """
DROP FUNCTION clew_organisation(); DROP FUNCTION clew_is_member(); DROP FUNCTION clew_groups();
"""

OWN_ROW = "owner_organisation_id = (SELECT clew_organisation())"
SHARED_ROW = """(
  sharing = 'members' AND (SELECT clew_is_member())
  OR sharing = 'listed' AND (
    (SELECT clew_organisation()) = ANY (audience_organisations) OR audience_groups && (SELECT clew_groups())
  )
)"""


def _guarded(table: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {SERVICE_ROLE};
CREATE POLICY {table}_service ON {table} TO {SERVICE_ROLE} USING (true) WITH CHECK (true);
"""


def protect(table: str, *, visible: str, writable: str | None, may_update: bool = False) -> migrations.RunSQL:
    """Shut a table to the web role but for rows where `visible` holds; rows it writes must satisfy `writable` (None: writes nothing)."""
    sql = _guarded(table)
    sql += f"GRANT SELECT ON {table} TO {WEB_ROLE};\nCREATE POLICY {table}_see ON {table} FOR SELECT TO {WEB_ROLE} USING ({visible});\n"
    if writable:
        sql += f"GRANT INSERT ON {table} TO {WEB_ROLE};\n"
        sql += f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {WEB_ROLE} WITH CHECK ({writable});\n"
    if writable and may_update:
        sql += f"GRANT UPDATE ON {table} TO {WEB_ROLE};\n"
        sql += f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {WEB_ROLE} USING ({writable}) WITH CHECK ({writable});\n"
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def service_only(table: str, *, web_may_add: str | None = None) -> migrations.RunSQL:
    """Shut a table to the web role altogether, but for adding rows where `web_may_add` holds."""
    sql = _guarded(table)
    if web_may_add:
        sql += f"GRANT INSERT ON {table} TO {WEB_ROLE};\n"
        sql += f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {WEB_ROLE} WITH CHECK ({web_may_add});\n"
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def directory(table: str, *, web: str = "SELECT", service: str = "SELECT, INSERT, UPDATE, DELETE") -> migrations.RunSQL:
    """Open a table without secrets of any country: names, contacts, sign-in machinery."""
    sql = f"GRANT {web} ON {table} TO {WEB_ROLE}; GRANT {service} ON {table} TO {SERVICE_ROLE};"
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def sequences() -> migrations.RunSQL:
    """Let both roles draw numbers from the sequences made so far."""
    sql = f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB_ROLE}, {SERVICE_ROLE};"
    return migrations.RunSQL(sql, migrations.RunSQL.noop)
