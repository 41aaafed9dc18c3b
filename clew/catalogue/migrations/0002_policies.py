"""Row-level security of the catalogue: what is owned, what is seen through it, and what only the matching service reads."""

from django.db import migrations

from clew.access.policies import OWN_ROW, SHARED_ROW, protect, sequences, service_only

OWN_OR_SHARED = f"{OWN_ROW} OR {SHARED_ROW}"
# A subquery in a policy runs under the policies of the table it reads: what is seen here is seen through what is seen there.
SEEN_SERIES = "EXISTS (SELECT 1 FROM catalogue_series s WHERE s.id = series_id)"
SEEN_MEDIA = (
    "EXISTS (SELECT 1 FROM catalogue_sighting s WHERE s.media_id = catalogue_media.id)"
    " OR EXISTS (SELECT 1 FROM catalogue_membership m WHERE m.media_id = catalogue_media.id)"
)
OWN_UNIT_STATES = (
    "EXISTS (SELECT 1 FROM access_unit u WHERE u.id = stated_by_unit_id AND u.organisation_id = (SELECT clew_organisation()))"
    f" AND {SEEN_SERIES}"
)


class Migration(migrations.Migration):
    """Policies of the catalogue."""

    dependencies = [("catalogue", "0001_initial"), ("access", "0002_policies")]

    operations = [
        protect("catalogue_case", visible=OWN_ROW, writable=OWN_ROW),
        protect("catalogue_submission", visible=OWN_ROW, writable=OWN_ROW, may_update=True),
        protect("catalogue_sighting", visible=OWN_OR_SHARED, writable=None),
        protect("catalogue_series", visible=OWN_OR_SHARED, writable=OWN_ROW, may_update=True),
        protect("catalogue_membership", visible=SEEN_SERIES, writable=OWN_UNIT_STATES),
        protect("catalogue_media", visible=SEEN_MEDIA, writable=None),
        service_only("catalogue_digests"),
        service_only("catalogue_signature"),
        # Which transaction wrote a signature: readers that keep an index find late committers by it (see intake/recognition.py).
        migrations.RunSQL(
            "ALTER TABLE catalogue_signature ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();"
            "CREATE INDEX catalogue_signature_made_in ON catalogue_signature (made_in);",
            "ALTER TABLE catalogue_signature DROP COLUMN made_in;",
        ),
        migrations.RunSQL(
            "CREATE INDEX catalogue_sighting_media ON catalogue_sighting (media_id, owner_organisation_id);",
            "DROP INDEX catalogue_sighting_media;",
        ),
        sequences(),
    ]
