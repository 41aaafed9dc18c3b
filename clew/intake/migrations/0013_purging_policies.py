"""What is gone from the index: for the matching service alone, and the transaction that took each (see intake/index_removals.py)."""

from django.db import migrations

from clew.access.policies import sequences, service_only


class Migration(migrations.Migration):
    """Policies of purging."""

    dependencies = [("intake", "0012_purging")]

    operations = [
        service_only("intake_indexremoval"),
        migrations.RunSQL(
            "ALTER TABLE intake_indexremoval ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();"
            "CREATE INDEX intake_indexremoval_made_in ON intake_indexremoval (index, made_in);",
            "ALTER TABLE intake_indexremoval DROP COLUMN made_in;",
        ),
        sequences(),
    ]
