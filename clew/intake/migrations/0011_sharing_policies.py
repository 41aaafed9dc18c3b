"""Files and verdicts are seen by those of their country who are cleared for their submission."""

from django.db import migrations

from clew.access.policies import OWN_ROW, protect_anew

# A subquery in a policy runs under the policies of the table it reads.
SEEN_SUBMISSION = f"{OWN_ROW} AND EXISTS (SELECT 1 FROM catalogue_submission s WHERE s.id = submission_id)"
SEEN_VERDICT = f"{OWN_ROW} AND EXISTS (SELECT 1 FROM intake_verdict v WHERE v.file_id = verdict_id)"


class Migration(migrations.Migration):
    """Policies of intake."""

    dependencies = [
        ("intake", "0010_closer_looks_tell_each_content"),
        ("catalogue", "0010_sharing_policies"),
    ]

    operations = [
        protect_anew("intake_receivedfile", visible=SEEN_SUBMISSION),
        protect_anew("intake_verdict", visible=SEEN_SUBMISSION),
        protect_anew("intake_match", visible=SEEN_VERDICT),
    ]
