"""People and their rights in the database: each country sees its own; what was in use before goes on, with time to put it in order."""

from django.db import migrations

from clew.access.policies import OWN_ROW, WEB_ROLE, protect, sequences, service_only

#: Officers and keys from before certifications and scopes were kept go on for a quarter of a year.
FROM_BEFORE = """
UPDATE access_officer SET certified_until = current_date + 90;
INSERT INTO access_certification (id, owner_organisation_id, officer_id, what, certified_on, expires_on)
  SELECT gen_random_uuid(), u.organisation_id, o.id, 'in use before certifications were kept', current_date, current_date + 90
  FROM access_officer o JOIN access_unit u ON u.id = o.unit_id;
UPDATE access_apikey SET scope = ARRAY[
  'catalogue:media:read', 'catalogue:media:reveal', 'catalogue:series:read', 'cooperation:alert:read',
  'intake:check:run', 'intake:index:read', 'intake:submission:create', 'intake:submission:read'];
"""
KEYS = f"GRANT SELECT (scope, calls_per_hour, expires_at, last_used_at) ON access_apikey TO {WEB_ROLE};"


class Migration(migrations.Migration):
    """Policies of people and their rights."""

    dependencies = [("access", "0010_people")]

    operations = [
        protect("access_onboardingtick", visible=OWN_ROW, writable=None),
        protect("access_certification", visible=OWN_ROW, writable=None),
        protect("access_campaign", visible=OWN_ROW, writable=None),
        protect("access_campaignline", visible=OWN_ROW, writable=None),
        service_only("access_keyuse"),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        migrations.RunSQL(FROM_BEFORE, migrations.RunSQL.noop),
        sequences(),
    ]
