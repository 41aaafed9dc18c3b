"""Rights of the two roles on the tables of libraries: sign-in, sessions, cache and jobs."""

from django.db import migrations

from clew.access.policies import SERVICE_ROLE, WEB_ROLE, directory, sequences

ALL = "SELECT, INSERT, UPDATE, DELETE"

CACHE = """
CREATE TABLE site_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX site_cache_expires ON site_cache (expires);
"""

JOBS = f"""
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'procrastinate%' LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {SERVICE_ROLE}', t);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Rights of the web and service roles."""

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("cooperation", "0002_policies"),
        ("intake", "0002_policies"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(CACHE, "DROP TABLE site_cache;"),
        migrations.RunSQL(JOBS, migrations.RunSQL.noop),
        directory("site_cache", web=ALL),
        directory("django_session", web=ALL),
        directory("django_content_type"),
        directory("auth_permission"),
        directory("auth_group"),
        directory("account_emailaddress", web=ALL),
        directory("mfa_authenticator", web=ALL),
        migrations.RunSQL(f"GRANT SELECT ON django_migrations TO {WEB_ROLE}, {SERVICE_ROLE};", migrations.RunSQL.noop),
        sequences(),
    ]
