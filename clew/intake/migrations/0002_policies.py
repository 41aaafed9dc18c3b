"""Row-level security of intake: files and verdicts are their bringers' alone; stated hashes are read by the matching service alone."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect, service_only

OWN_SUBMISSION = "EXISTS (SELECT 1 FROM catalogue_submission s WHERE s.id = submission_id)"


class Migration(migrations.Migration):
    """Policies of intake."""

    dependencies = [("intake", "0001_initial"), ("catalogue", "0002_policies")]

    operations = [
        protect("intake_receivedfile", visible=OWN_ROW, writable=f"{OWN_ROW} AND {OWN_SUBMISSION}"),
        protect("intake_verdict", visible=OWN_ROW, writable=None),
        protect("intake_match", visible=OWN_ROW, writable=None),
        service_only("intake_statedhash", web_may_add=OWN_ROW),
    ]
