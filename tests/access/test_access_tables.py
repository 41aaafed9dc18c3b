"""Every table of the database: shut by row-level security, or named here with the reason why not. A new one is shut until it is."""

import pytest

#: Tables without policies that the web role may read or write, what it may do there, and why.
OPEN = {
    "access_organisation": ({"SELECT"}, "the directory: with whom one may share"),
    "access_unit": ({"SELECT"}, "the directory: units and whom to call there, no persons"),
    "auth_group": ({"SELECT"}, "empty: Django's own groups are not used"),
    "auth_permission": ({"SELECT"}, "names of Django's own permissions, which are not used"),
    "django_content_type": ({"SELECT"}, "names of the models"),
    "django_migrations": ({"SELECT"}, "names of the migrations"),
    "ledger_announcement": ({"INSERT"}, "left for the service; cannot be read back"),
    "ledger_witness": ({"SELECT"}, "which witnesses were asked and what they said: a note for people"),
    "mfa_authenticator": (
        {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "asked before there is a scope; its secrets are sealed with a key that is not in the database",
    ),
}


def _tables(database):
    with database["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, (SELECT array_agg(p) FROM"
            " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p"
            " WHERE has_table_privilege('clew_web', c.oid, p)"
            " OR p <> 'DELETE' AND p <> 'TRUNCATE' AND p <> 'TRIGGER' AND has_any_column_privilege('clew_web', c.oid, p))"
            " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        )
        return {name: (is_forced, set(rights or ())) for name, is_forced, rights in cursor.fetchall()}


def test_every_table_is_shut_by_policies_or_by_rights_or_named_with_its_reason(world, database):
    tables = _tables(database)
    open_ = {name: rights for name, (is_forced, rights) in tables.items() if not is_forced and rights}
    assert open_ == {name: rights for name, (rights, _why) in OPEN.items()}
    assert sum(is_forced for is_forced, _ in tables.values()) > 20


def test_nothing_of_a_table_without_rows_of_ones_own_is_seen_without_a_scope(world, database, pictures, jpeg):
    """Over every forced table that the web role may read: without a scope, no row."""
    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    for name, (is_forced, rights) in _tables(database).items():
        if is_forced and "SELECT" in rights:
            with database["default"].cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {name}")
                assert cursor.fetchone() == (0,), name


def test_officers_of_other_countries_are_not_known(world):
    from clew.access.models import Officer
    from clew.access.scope import acting_as

    with acting_as(world.officer("PT")):
        assert list(Officer.in_scope.all()) == [world.officer("PT")]
    assert Officer.in_scope.count() == 0


def test_keys_of_other_countries_are_not_known_and_no_digest_is(world):
    from django.db import ProgrammingError, transaction

    from clew.access.keys import create_key
    from clew.access.models import ApiKey
    from clew.access.scope import acting_as

    create_key(world.officer("NO"), "x")
    for key, count in (("NO", 1), ("PT", 0)):
        with acting_as(world.officer(key)):
            assert ApiKey.objects.values("label").count() == count
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                list(ApiKey.objects.values("secret_digest"))


@pytest.mark.parametrize("table", ["django_session", "site_cache", "account_emailaddress"])
def test_sessions_are_shut_to_the_web_role(world, database, table):
    from django.db import ProgrammingError

    world.client("NO")
    with pytest.raises(ProgrammingError, match="permission denied"), database["default"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")


def test_what_runs_with_the_owners_rights_finds_nothing_that_a_session_made(world, database):
    """Every such function looks names up in PostgreSQL's own schema alone, and none may be called by everybody."""
    with database["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig, has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        found = {name: (config, is_open) for name, config, is_open in cursor.fetchall()}
    scope = {"clew_enter", "clew_enter_organisation", "clew_enter_rows"}
    guard = {"access_canary_sings", "catalogue_canary_sings"}
    stacks = {"clew_settle_stacks", "clew_stack_state"}
    words = {f"clew_words_{what}_{kind}" for what in ("due", "go") for kind in ("case", "media", "series", "sighting")}
    assert set(found) == scope | guard | stacks | words | {"clew_words_changed_case", "clew_words_changed_series"}
    assert set(map(str, found.values())) == {str((["search_path=pg_catalog, pg_temp"], False))}


#: Types and tables that a session makes for itself, under names that the owner's functions use.
IMPOSTORS = """
CREATE TEMP TABLE seen (who text);
CREATE FUNCTION pg_temp.caught(pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO pg_temp.seen SELECT current_user; RETURN true; END $$;
CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.caught(VALUE::pg_catalog.text));
CREATE TEMP TABLE access_canary (id uuid, owner_organisation_id uuid, subject_id uuid, removed_at timestamptz);
CREATE TEMP TABLE access_guardnotice (LIKE public.access_guardnotice);
"""


def test_a_session_cannot_be_run_as_the_owner_nor_hush_the_guard(world, database, pictures, jpeg):
    from clew.access.canaries import plant_canary
    from clew.access.models import GuardNotice, Officer
    from clew.access.scope import acting_as
    from clew.ledger.actions import record

    officer, record_id = world.officer("NO"), world.submit("NO", {"a.jpg": jpeg(pictures(1))}).id
    Officer.objects.using("service").filter(id=officer.id).update(roles=["auditor"])
    plant_canary(Officer.objects.get(id=officer.id), subject_kind="submission", subject_id=record_id)
    web = database["default"]
    web.close()
    try:
        with web.cursor() as cursor:
            cursor.execute(IMPOSTORS)
        with acting_as(world.officer("PT")):
            record("tests:record:read", actor=world.officer("PT"), using="default", subject_id=record_id)
        with web.cursor() as cursor:
            cursor.execute("SELECT who FROM pg_temp.seen")
            assert cursor.fetchall() == []
    finally:
        web.close()
    assert GuardNotice.objects.using("service").filter(officer_id=world.officer("PT").id).exists()
