"""Row-level security as migration operations: which role may do what with which rows, decided in PostgreSQL."""

from __future__ import annotations

from django.db import migrations

from clew.kernel.limits import GLASS_MINUTES_MAX

#: The role of web pages and the API: never the owner of a table, bound by every policy.
WEB_ROLE = "clew_web"
#: The role of the trusted service that matches over everything and of the workers: not the owner, but sees all rows.
SERVICE_ROLE = "clew_service"
#: The role of the store of data subjects' requests: nobody signs in as it. The service steps into it for a data protection officer, and gives up
#: every other right meanwhile.
REQUESTS_ROLE = "clew_requests"

#: Who asks, set per transaction by `access.scope`; unset means nobody, and nobody sees nothing. In plpgsql, since the planner would write a
#: body in SQL out anew in each of dozens of places for each question, which costs more than the answer.
SCOPE_FUNCTIONS = """
CREATE FUNCTION clew_organisation() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE
  AS $$ BEGIN RETURN nullif(current_setting('clew.organisation', true), '')::uuid; END $$;
CREATE FUNCTION clew_is_member() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE
  AS $$ BEGIN RETURN coalesce(current_setting('clew.is_member', true), '') = 'yes'; END $$;
CREATE FUNCTION clew_groups() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE
  AS $$ BEGIN RETURN coalesce(nullif(current_setting('clew.groups', true), ''), '{}')::uuid[]; END $$;
"""

DROP_SCOPE_FUNCTIONS = """
DROP FUNCTION clew_organisation(); DROP FUNCTION clew_is_member(); DROP FUNCTION clew_groups();
"""

#: The scope as it is now: looked up once a transaction, with the rights of the tables' owner, from the officer's id alone. Everything the
#: policies compare with is an array or a word that is then at hand; no policy reads a table to know who asks.
SCOPE = """
CREATE FUNCTION clew_deniers() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE
  AS $$ BEGIN RETURN coalesce(nullif(current_setting('clew.deniers', true), ''), '{}')::uuid[]; END $$;
CREATE FUNCTION clew_clearances() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE
  AS $$ BEGIN RETURN coalesce(nullif(current_setting('clew.clearances', true), ''), '{}')::text[]; END $$;
CREATE FUNCTION clew_enter(officer uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  organisation uuid; member boolean; cleared text;
  ranks constant text[] := '{official,restricted,confidential}';
BEGIN
  SELECT u.organisation_id, o.kind <> 'provider', f.clearance INTO organisation, member, cleared
    FROM public.access_officer f JOIN public.access_unit u ON u.id = f.unit_id
    JOIN public.access_organisation o ON o.id = u.organisation_id WHERE f.id = officer AND f.is_active;
  PERFORM pg_catalog.set_config('clew.organisation', coalesce(organisation::text, ''), true),
    pg_catalog.set_config('clew.is_member', CASE WHEN member THEN 'yes' ELSE '' END, true),
    pg_catalog.set_config('clew.groups', (SELECT coalesce(array_agg(m.sharinggroup_id), '{}')::text
      FROM public.access_sharinggroup_members m WHERE m.organisation_id = organisation), true),
    pg_catalog.set_config('clew.deniers', (SELECT coalesce(array_agg(d.owner_organisation_id), '{}')::text
      FROM public.access_denial d WHERE d.denied_id = organisation), true),
    pg_catalog.set_config('clew.clearances', coalesce(ranks[1:array_position(ranks, cleared)], '{}')::text, true);
END $$;
"""

DROP_SCOPE = "DROP FUNCTION clew_deniers(); DROP FUNCTION clew_clearances(); DROP FUNCTION clew_enter(uuid);"

OWN_ROW = "owner_organisation_id = (SELECT clew_organisation())"
SHARED_ROW = """(
  sharing = 'members' AND (SELECT clew_is_member())
  OR sharing = 'listed' AND (
    (SELECT clew_organisation()) = ANY (audience_organisations) OR audience_groups && (SELECT clew_groups())
  )
)"""

# Owned rows. The text is the same for every table, and says what `ownership.level_for` says; a test holds the two together.
CLEARED_ROW = "confidentiality = ANY ((SELECT clew_clearances())::text[])"
OWN_CLEARED_ROW = f"{OWN_ROW} AND {CLEARED_ROW}"
_NAMED = """(
      (SELECT clew_organisation()) = ANY (audience_organisations) OR audience_groups && (SELECT clew_groups())
    )"""
VISIBLE_ROW = f"""{CLEARED_ROW} AND (
  {OWN_ROW} OR (
    (sharing = 'members' AND (SELECT clew_is_member()) OR sharing = 'listed' AND {_NAMED})
    AND (NOT release_only OR {_NAMED})
    AND NOT under_examination
    AND NOT owner_organisation_id = ANY ((SELECT clew_deniers())::uuid[])
    AND NOT (SELECT clew_organisation()) = ANY (denied_organisations)
  )
)"""

#: Through a broken glass, in an emergency: what this officer opened within the hour, but never what is for named ones alone, doubted, or denied.
GLASS = f"""
CREATE FUNCTION clew_glass() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE
  AS $$ BEGIN RETURN coalesce(nullif(current_setting('clew.glass', true), ''), '{{}}')::uuid[]; END $$;
ALTER FUNCTION clew_enter(uuid) RENAME TO clew_enter_organisation;
REVOKE ALL ON FUNCTION clew_enter_organisation(uuid) FROM PUBLIC;
CREATE FUNCTION clew_enter(officer uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM public.clew_enter_organisation(officer);
  PERFORM pg_catalog.set_config('clew.glass', (SELECT coalesce(array_agg(r), '{{}}')::text
    FROM public.access_glassbreak g JOIN public.access_officer f ON f.id = g.officer_id AND f.is_active, unnest(g.opened_rows) AS r
    WHERE g.officer_id = officer AND g.closed_at IS NULL
      AND g.opened_at > now() - interval '{GLASS_MINUTES_MAX} minutes'), true);
END $$;
"""  # noqa: S608 - a constant
DROP_GLASS = """
DROP FUNCTION clew_enter(uuid); ALTER FUNCTION clew_enter_organisation(uuid) RENAME TO clew_enter; DROP FUNCTION clew_glass();
"""

#: An organisation that is suspended is nobody; one that does not take part yet is no member and in no group.
STANDING = """
CREATE OR REPLACE FUNCTION clew_enter_organisation(officer uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  organisation uuid; member boolean; active boolean; cleared text;
  ranks constant text[] := '{official,restricted,confidential}';
BEGIN
  SELECT u.organisation_id, o.kind <> 'provider' AND o.state = 'active', o.state = 'active', f.clearance
    INTO organisation, member, active, cleared
    FROM public.access_officer f JOIN public.access_unit u ON u.id = f.unit_id
    JOIN public.access_organisation o ON o.id = u.organisation_id
    WHERE f.id = officer AND f.is_active AND o.state <> 'suspended';
  PERFORM pg_catalog.set_config('clew.organisation', coalesce(organisation::text, ''), true),
    pg_catalog.set_config('clew.is_member', CASE WHEN member THEN 'yes' ELSE '' END, true),
    pg_catalog.set_config('clew.groups', (SELECT coalesce(array_agg(m.sharinggroup_id), '{}')::text
      FROM public.access_sharinggroup_members m WHERE m.organisation_id = organisation AND active), true),
    pg_catalog.set_config('clew.deniers', (SELECT coalesce(array_agg(d.owner_organisation_id), '{}')::text
      FROM public.access_denial d WHERE d.denied_id = organisation), true),
    pg_catalog.set_config('clew.clearances', coalesce(ranks[1:array_position(ranks, cleared)], '{}')::text, true);
END $$;
"""
DROP_STANDING = "SELECT 1;"

#: To an organisation that does not take part yet everyone else is as closed as one that denies it: also where somebody named it already.
NOT_YET = """
CREATE OR REPLACE FUNCTION clew_enter_organisation(officer uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  organisation uuid; member boolean; active boolean; cleared text;
  ranks constant text[] := '{official,restricted,confidential}';
BEGIN
  SELECT u.organisation_id, o.kind <> 'provider' AND o.state = 'active', o.state = 'active', f.clearance
    INTO organisation, member, active, cleared
    FROM public.access_officer f JOIN public.access_unit u ON u.id = f.unit_id
    JOIN public.access_organisation o ON o.id = u.organisation_id
    WHERE f.id = officer AND f.is_active AND o.state <> 'suspended';
  PERFORM pg_catalog.set_config('clew.organisation', coalesce(organisation::text, ''), true),
    pg_catalog.set_config('clew.is_member', CASE WHEN member THEN 'yes' ELSE '' END, true),
    pg_catalog.set_config('clew.groups', (SELECT coalesce(array_agg(m.sharinggroup_id), '{}')::text
      FROM public.access_sharinggroup_members m WHERE m.organisation_id = organisation AND active), true),
    pg_catalog.set_config('clew.deniers', (SELECT coalesce(array_agg(closed.id), '{}')::text FROM (
      SELECT d.owner_organisation_id AS id FROM public.access_denial d WHERE d.denied_id = organisation
      UNION ALL SELECT o.id FROM public.access_organisation o WHERE NOT active AND o.id <> organisation) AS closed), true),
    pg_catalog.set_config('clew.clearances', coalesce(ranks[1:array_position(ranks, cleared)], '{}')::text, true);
END $$;
"""
DROP_NOT_YET = STANDING

#: Providers receive lists, never records: to them everyone else is as closed, also where somebody named one. Functions with the rights of the
#: tables' owner find nothing but PostgreSQL's own by its bare name: what the session itself made (`pg_temp`) comes last, or it could put its
#: own types and tables in their place and be run as the owner.
OWNERS_PATH = "SET search_path = pg_catalog, pg_temp"
NO_RECORDS = f"""
CREATE OR REPLACE FUNCTION clew_enter_organisation(officer uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER {OWNERS_PATH} AS $$
DECLARE
  organisation uuid; member boolean; active boolean; cleared text;
  ranks constant text[] := '{{official,restricted,confidential}}';
BEGIN
  SELECT u.organisation_id, o.kind <> 'provider' AND o.state = 'active', o.state = 'active', f.clearance
    INTO organisation, member, active, cleared
    FROM public.access_officer f JOIN public.access_unit u ON u.id = f.unit_id
    JOIN public.access_organisation o ON o.id = u.organisation_id
    WHERE f.id = officer AND f.is_active AND o.state <> 'suspended';
  PERFORM pg_catalog.set_config('clew.organisation', coalesce(organisation::text, ''), true),
    pg_catalog.set_config('clew.is_member', CASE WHEN member THEN 'yes' ELSE '' END, true),
    pg_catalog.set_config('clew.groups', (SELECT coalesce(array_agg(m.sharinggroup_id), '{{}}')::text
      FROM public.access_sharinggroup_members m WHERE m.organisation_id = organisation AND active), true),
    pg_catalog.set_config('clew.deniers', (SELECT coalesce(array_agg(closed.id), '{{}}')::text FROM (
      SELECT d.owner_organisation_id AS id FROM public.access_denial d WHERE d.denied_id = organisation
      UNION ALL SELECT o.id FROM public.access_organisation o WHERE NOT member AND o.id <> organisation) AS closed), true),
    pg_catalog.set_config('clew.clearances', coalesce(ranks[1:array_position(ranks, cleared)], '{{}}')::text, true);
END $$;
ALTER FUNCTION clew_enter(uuid) {OWNERS_PATH};
REVOKE ALL ON FUNCTION clew_enter(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION clew_enter(uuid) TO {WEB_ROLE}, {SERVICE_ROLE};
"""  # noqa: S608 - a constant
DROP_NO_RECORDS = f"GRANT EXECUTE ON FUNCTION clew_enter(uuid) TO PUBLIC; ALTER FUNCTION clew_enter(uuid) RESET search_path; {NOT_YET}"
GLASS_ROW = f"""{CLEARED_ROW} AND id = ANY ((SELECT clew_glass())::uuid[]) AND NOT release_only AND NOT under_examination
  AND NOT owner_organisation_id = ANY ((SELECT clew_deniers())::uuid[])
  AND NOT (SELECT clew_organisation()) = ANY (denied_organisations)"""

# The same rule once more, as one function in plpgsql: a question about one row spends its time on planning, each sub-select of a policy is a
# plan of its own, and a policy that asks through another table has all of that table's as well. The body of a function is planned once a
# connection. It reads the scope as `clew_enter` left it. One row costs a third of what it did; each of a million costs two to three times as
# much, which nothing asks for: long lists are counted to a bound (`access.paging`).
_ORGANISATION = "nullif(current_setting('clew.organisation', true), '')::uuid"
_IS_MEMBER = "current_setting('clew.is_member', true) = 'yes'"


def _scope_array(name: str, kind: str = "uuid") -> str:
    return f"coalesce(nullif(current_setting('clew.{name}', true), ''), '{{}}')::{kind}[]"


SEES_ROW = f"""
CREATE FUNCTION clew_sees_row(id uuid, owner uuid, confidentiality text, sharing text, audience_organisations uuid[], audience_groups uuid[],
  release_only boolean, denied uuid[], under_examination boolean) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$ BEGIN
  RETURN confidentiality = ANY ({_scope_array("clearances", "text")}) AND (
    owner = {_ORGANISATION} OR (
      NOT under_examination
      AND NOT owner = ANY ({_scope_array("deniers")})
      AND NOT {_ORGANISATION} = ANY (denied)
      AND (
        NOT release_only AND (sharing = 'members' AND {_IS_MEMBER} OR id = ANY ({_scope_array("glass")}))
        OR (sharing = 'listed' OR sharing = 'members' AND {_IS_MEMBER})
          AND ({_ORGANISATION} = ANY (audience_organisations) OR audience_groups && {_scope_array("groups")})
      )
    )
  );
END $$;
"""
DROP_SEES_ROW = "DROP FUNCTION clew_sees_row(uuid, uuid, text, text, uuid[], uuid[], boolean, uuid[], boolean);"
#: What `VISIBLE_ROW` or `GLASS_ROW` says, for tables that have them both.
SEEN_ROW = """clew_sees_row(id, owner_organisation_id, confidentiality, sharing, audience_organisations, audience_groups, release_only,
  denied_organisations, under_examination)"""


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


def protect_anew(
    table: str, *, visible: str, writable: str | None = None, may_update: bool = False
) -> migrations.RunSQL:
    """Replace what `protect` said of a table; `writable` None leaves what the web role may write as it was."""
    sql = f"ALTER POLICY {table}_see ON {table} USING ({visible});\n"
    if writable:
        sql += f"ALTER POLICY {table}_add ON {table} WITH CHECK ({writable});\n"
    if writable and may_update:
        sql += f"ALTER POLICY {table}_change ON {table} USING ({writable}) WITH CHECK ({writable});\n"
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def close_directory(table: str, *, visible: str | None = None) -> migrations.RunSQL:
    """Take back what `directory` gave the web role: from now on it reads the rows where `visible` holds (None: none), and writes none."""
    sql = f"REVOKE ALL ON {table} FROM {WEB_ROLE};{_guarded(table)}"
    if visible:
        sql += f"GRANT SELECT ON {table} TO {WEB_ROLE};\nCREATE POLICY {table}_see ON {table} FOR SELECT TO {WEB_ROLE} USING ({visible});\n"
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


def separate_store(table: str) -> migrations.RunSQL:
    """Shut a table to web and service alike: the store's own role sees the rows of the organisation that is set for it, and no others."""
    own = "organisation_id = nullif(current_setting('clew.requests_of', true), '')::uuid"
    return migrations.RunSQL(
        f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
REVOKE ALL ON {table} FROM PUBLIC, {WEB_ROLE}, {SERVICE_ROLE};
CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT USAGE ON SCHEMA public TO {REQUESTS_ROLE};
GRANT SELECT, INSERT, UPDATE ON {table} TO {REQUESTS_ROLE};
CREATE POLICY {table}_own ON {table} TO {REQUESTS_ROLE} USING ({own}) WITH CHECK ({own});
""",
        migrations.RunSQL.noop,
    )
