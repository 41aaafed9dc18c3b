"""Row-level security of imprints: for the matching service alone; and which transaction wrote each."""

from django.db import migrations

from clew.access.policies import sequences, service_only


class Migration(migrations.Migration):
    """Policies of imprints."""

    dependencies = [("catalogue", "0004_imprints")]

    operations = [
        service_only("catalogue_imprint"),
        # Readers that keep an index find late committers by it, as with signatures.
        migrations.RunSQL(
            "ALTER TABLE catalogue_imprint ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();"
            "CREATE INDEX catalogue_imprint_made_in ON catalogue_imprint (kind, made_in);"
            # It is compressed already.
            "ALTER TABLE catalogue_imprint ALTER COLUMN content SET STORAGE EXTERNAL;",
            "ALTER TABLE catalogue_imprint DROP COLUMN made_in;",
        ),
        sequences(),
    ]
