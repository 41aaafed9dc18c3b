"""Row-level security of what is known of the index: for the matching service alone."""

from django.db import migrations

from clew.access.policies import sequences, service_only


class Migration(migrations.Migration):
    """Policies of parkings and recall checks."""

    dependencies = [("intake", "0003_matching_at_scale")]

    operations = [service_only("intake_parking"), service_only("intake_recallcheck"), sequences()]
